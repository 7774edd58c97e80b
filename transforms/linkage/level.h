// When two values agree: the levels of a comparison, from the closest agreement to the loosest. Pure; any
// thread.
//
// Sources: I. Fellegi, A. Sunter, "A theory for record linkage" (1969); levels as in W. Winkler's and
// Splink's models.
// binary-float (file): probabilities and similarities, of which integers of hundredths of a bit are made
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "transforms/linkage/term.h"

namespace crossbill::linkage {

struct Level {
  enum class Kind : std::uint8_t {
    kExact,
    kJaroWinkler,
    kDamerau,
    kWords,
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
  std::string other;            // kExchanged: the field whose values it may be exchanged with
  std::size_t other_field = 0;  // its number in the model
  std::string text;             // as the model has it
};

// What there is, for the reference: "jaro_winkler >= N".
struct LevelDoc {
  std::string text;
  std::string_view doc;
};
std::vector<LevelDoc> AllLevels();

// kConfigValue where it is none.
Result<Level> ParseLevel(std::string_view text);

// A pair of values while its levels are tried: distances are measured once.
class PairOfTerms {
 public:
  PairOfTerms(const Term& a, const Term& b) : a_(a), b_(b) {}
  // Of all levels but kExchanged, which is no matter of one pair: see IsExchanged.
  bool Holds(const Level& level);

 private:
  const Term& a_;
  const Term& b_;
  double jaro_winkler_ = -1;
  int damerau_ = -1;
};

// Whether what one record has in the field the other has in `level.other`, and the other way round, nearly.
bool IsExchanged(const Level& level, std::size_t field, const Profile& left, const Profile& right);

}  // namespace crossbill::linkage
