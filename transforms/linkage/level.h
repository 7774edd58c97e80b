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
    kDays,
    kMistyped,
    kSameYear,
    kPercent,
    kExchanged,
  };
  Kind kind = Kind::kExact;
  double bound = 0;
  std::size_t field = 0;
  std::size_t other = 0;  // kExchanged: the field whose values it may be exchanged with
};

// All of its conditions hold.
struct Level {
  std::string text;  // as the model has it
  std::vector<Condition> conditions;

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
  // The value that both have; nullptr where there is none.
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
  template <class Predicate>
  bool AnyPair(std::size_t field, std::size_t other, const Predicate& predicate) const;

  const Profile& left_;
  const Profile& right_;
  std::array<Measures, kMostFields> measures_;
};

}  // namespace crossbill::linkage
