// When two records agree: the levels of a comparison, from the closest agreement to the loosest. Pure; any
// thread.
//
// Sources: I. Fellegi, A. Sunter, "A theory for record linkage" (1969); levels as in W. Winkler's and
// Splink's models. binary-float (file): probabilities and similarities, of which integers of hundredths of a
// bit are made
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "transforms/linkage/term.h"

namespace crossbill::linkage {

inline constexpr std::size_t kMostFields = 32;  // of a model
inline constexpr double kNearlyEqual = 0.9;     // Jaro–Winkler of values that have changed places

// One field of one record, and another one of the other.
struct CrossedFields {
  std::size_t field = 0;
  std::size_t other = 0;

  friend bool operator==(const CrossedFields&, const CrossedFields&) = default;
};
// By which fields two records have: a bit for each.
inline bool HaveCrossed(const CrossedFields& fields, std::uint32_t left, std::uint32_t right) {
  const std::uint32_t field = std::uint32_t{1} << fields.field, other = std::uint32_t{1} << fields.other;
  return ((left & field) != 0 && (right & other) != 0) || ((right & field) != 0 && (left & other) != 0);
}

// What must hold of the values of one field; of several values any pair.
struct Condition {
  enum class Kind : std::uint8_t {
    kExact,
    kJaroWinkler,
    kDamerau,
    kTypos,
    kWords,
    kNearWords,
    kSameWords,
    kInitial,
    kPrefix,
    kStarts,
    kCutWords,
    kGrams,
    kDays,
    kDaysBefore,
    kMistyped,
    kSameYear,
    kPercent,
    kDifference,
    kExchanged,
  };
  Kind kind = Kind::kExact;
  double bound = 0;
  std::size_t field = 0;
  std::size_t other = 0;  // kExchanged, kDaysBefore: the field with which it is compared

  // The values of one field of one record are compared with those of another field of the other: so it may
  // hold where the records have no field in common.
  bool IsCrossed() const { return kind == Kind::kDaysBefore; }
};

// All of its conditions hold.
struct Level {
  std::string text;  // as the model has it
  std::vector<Condition> conditions;
  // The field of the first condition by which a value has to agree exactly: its rarity counts.
  std::optional<std::size_t> exact_field = std::nullopt;

  // One value agrees, and nothing else is asked for.
  bool IsExact() const {
    return conditions.size() == 1 && conditions.front().kind == Condition::Kind::kExact;
  }
};

// What there is, for the reference: "jaro_winkler >= N".
struct LevelDoc {
  std::string text;
  std::string_view doc;
};
std::vector<LevelDoc> AllLevels();

// "exact and house exact": conditions of the comparison's own field, or of one that is named. `field_of`
// gives a field's number. kConfigValue where it is none.
using FieldOf = std::function<std::optional<std::size_t>(std::string_view name)>;
Result<Level> ParseLevel(std::string_view text, std::size_t field, const FieldOf& field_of);

// Two records while levels are tried: a distance is measured once.
class PairOfRecords {
 public:
  PairOfRecords(const Profile& left, const Profile& right) : left_(left), right_(right) {}

  bool BothHave(std::size_t field) const { return left_.Has(field) && right_.Has(field); }
  bool HaveCrossed(const CrossedFields& fields) const {
    return (left_.Has(fields.field) && right_.Has(fields.other)) ||
           (right_.Has(fields.field) && left_.Has(fields.other));
  }
  // The rarest value that both have; nullptr where there is none.
  const Term* Common(std::size_t field);
  bool Holds(const Level& level);

 private:
  struct Measures {
    const Term* common = nullptr;
    bool looked_for_common = false;
    std::int8_t damerau = -1;  // the least
    double jaro_winkler = -1;  // the greatest
  };

  bool Holds(const Condition& condition);
  bool IsExchanged(const Condition& condition) const;
  bool IsBefore(const Condition& condition) const;
  template <class Predicate>
  bool AnyPair(std::size_t field, std::size_t other, const Predicate& predicate) const;

  const Profile& left_;
  const Profile& right_;
  std::array<Measures, kMostFields> measures_;
};

}  // namespace crossbill::linkage
