// binary-float (file): probabilities and similarities, of which integers of hundredths of a bit are made
#include "transforms/linkage/level.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <vector>

#include "base/distance.h"
#include "transforms/linkage/distance_bounds.h"
#include "transforms/linkage/texts.h"

namespace crossbill::linkage {
namespace {

constexpr int kFarDamerau = 4;  // more is not told apart

constexpr std::string_view kField = "FIELD";  // instead of a sign: a field's name follows
constexpr std::size_t kYear = 4;              // digits
constexpr double kHundredths = 100;           // of a decimal's number

struct Word {
  std::string_view name;
  Condition::Kind kind;
  std::string_view sign;  // "" where the level has no bound
  std::string_view doc;
  bool with_field = false;  // a field's name stands before the sign
};
constexpr Word kWords[] = {
    {"exact", Condition::Kind::kExact, "", "Equal."},
    {"jaro_winkler", Condition::Kind::kJaroWinkler, ">=", "Jaro-Winkler similarity, from 0 to 1."},
    {"damerau", Condition::Kind::kDamerau,
     "<=", "Letters inserted, left out, changed, or exchanged with the next; at most 4."},
    {"typos", Condition::Kind::kTypos,
     "<=", "The same, in a text of four letters at least, and of five more for each further one; at most 4."},
    {"words", Condition::Kind::kWords,
     ">=", "Share of the words of the text with fewer words that the other has, from 0 to 1."},
    {"near_words", Condition::Kind::kNearWords, ">=",
     "The same, where words of four letters or more may have one letter wrong, and a letter stands for a "
     "word."},
    {"same_words", Condition::Kind::kSameWords, "", "The same words in any order."},
    {"initial", Condition::Kind::kInitial, "", "One is the first letter of the other."},
    {"prefix", Condition::Kind::kPrefix,
     ">=", "One begins with the other, which has at least so many bytes."},
    {"starts", Condition::Kind::kStarts, ">=", "Both begin with the same characters, so many at least."},
    {"cut_words", Condition::Kind::kCutWords, ">=",
     "Share of the words of the text with fewer words that the other has, from 0 to 1, where a text's last "
     "word may be cut."},
    {"grams", Condition::Kind::kGrams,
     ">=", "Share of the pieces of three characters of the text with fewer that the other has, from 0 to 1."},
    {"days", Condition::Kind::kDays, "<=", "Dates so many days apart."},
    {"days_before", Condition::Kind::kDaysBefore, "<=",
     "A date of one record is that of FIELD in the other, or so many days before it; never after it.", true},
    {"mistyped", Condition::Kind::kMistyped, "",
     "Dates with one digit wrong, or with day and month, or two digits, exchanged."},
    {"same_year", Condition::Kind::kSameYear, "", "Dates of one year."},
    {"percent", Condition::Kind::kPercent, "<=", "Numbers so far apart, in percent of the larger one."},
    {"difference", Condition::Kind::kDifference,
     "<=", "Numbers so far apart, in whole units and hundredths."},
    {"exchanged", Condition::Kind::kExchanged, kField,
     "The values of this field and that one have changed places, but for a letter or so."},
};

std::size_t PartsOf(const Word& word) {
  return (word.sign.empty() ? 1 : word.sign == kField ? 2 : 3) + (word.with_field ? 1 : 0);
}

std::string TextOf(const Word& word) {
  std::string text(word.name);
  if (word.with_field) {
    text.append(" ").append(kField);
  }
  if (!word.sign.empty()) {
    text.append(" ").append(word.sign).append(word.sign == kField ? "" : " N");
  }
  return text;
}

Error NoLevel(std::string_view text) {
  std::string names;
  for (const Word& word : kWords) {
    names += (names.empty() ? "" : ", ") + TextOf(word);
  }
  return Error(Code::kConfigValue, "\"" + std::string(text) + "\" is no level; there are " + names +
                                       ", joined by \"and\", with another field's name in front");
}

const Word* FindWord(std::string_view name) {
  const auto word =
      std::find_if(std::begin(kWords), std::end(kWords), [&](const Word& w) { return w.name == name; });
  return word == std::end(kWords) ? nullptr : word;
}

bool ReadBound(const Word& word, std::string_view sign, std::string_view text, double& bound) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), bound);
  const bool counts_letters = word.kind == Condition::Kind::kDamerau || word.kind == Condition::Kind::kTypos;
  const bool too_far = counts_letters && bound > kFarDamerau;
  return sign == word.sign && error == std::errc() && end == text.data() + text.size() && !too_far;
}

// The parts of one condition: [FIELD] KIND [SIGN N | FIELD | FIELD SIGN N].
bool ReadCondition(std::span<const std::string_view> parts, const FieldOf& field_of, Condition& condition) {
  if (!parts.empty() && FindWord(parts.front()) == nullptr) {
    const auto field = field_of(parts.front());
    if (!field) {
      return false;
    }
    condition.field = *field;
    parts = parts.subspan(1);
  }
  const Word* const word = parts.empty() ? nullptr : FindWord(parts.front());
  if (word == nullptr || parts.size() != PartsOf(*word)) {
    return false;
  }
  condition.kind = word->kind;
  parts = parts.subspan(1);
  if (word->sign == kField || word->with_field) {
    const auto other = field_of(parts.front());
    condition.other = other.value_or(0);
    if (!other) {
      return false;
    }
    parts = parts.subspan(1);
  }
  return parts.empty() || ReadBound(*word, parts[0], parts[1], condition.bound);
}

bool HaveNumbers(const Term& a, const Term& b) { return a.has_number && b.has_number; }
double Apart(const Term& a, const Term& b) { return static_cast<double>(std::llabs(a.number - b.number)); }
double Larger(const Term& a, const Term& b) {
  return static_cast<double>(std::max(std::llabs(a.number), std::llabs(b.number)));
}

}  // namespace

std::vector<LevelDoc> AllLevels() {
  std::vector<LevelDoc> levels;
  for (const Word& word : kWords) {
    levels.push_back({TextOf(word), word.doc});
  }
  return levels;
}

Result<Level> ParseLevel(std::string_view text, std::size_t field, const FieldOf& field_of) {
  const std::vector<std::string_view> parts = SplitAtBlanks(text);
  Level level{std::string(text), {}, std::nullopt};
  for (auto begin = parts.begin();; ++begin) {
    const auto end = std::find(begin, parts.end(), "and");
    Condition condition;
    condition.field = field;
    if (!ReadCondition({begin, end}, field_of, condition)) {
      return NoLevel(text);
    }
    level.conditions.push_back(condition);
    if (condition.kind == Condition::Kind::kExact && !level.exact_field) {
      level.exact_field = condition.field;
    }
    if (end == parts.end()) {
      return level;
    }
    begin = end;
  }
}

template <class Predicate>
bool PairOfRecords::AnyPair(std::size_t field, std::size_t other, const Predicate& predicate) const {
  const auto a = left_[field], b = right_[other];
  return std::any_of(a.begin(), a.end(), [&](const Term* x) {
    return std::any_of(b.begin(), b.end(), [&](const Term* y) { return predicate(*x, *y); });
  });
}

const Term* PairOfRecords::Common(std::size_t field) {
  Measures& measures = measures_[field];
  if (!measures.looked_for_common) {
    measures.looked_for_common = true;
    const auto left = left_.hashes(field), right = right_.hashes(field);
    for (std::size_t i = 0; i < left.size(); ++i) {
      const Term* const term = left_[field][i];
      if (measures.common != nullptr && measures.common->rarity >= term->rarity) {
        continue;
      }
      for (std::size_t j = 0; j < right.size(); ++j) {
        if (left[i] == right[j] && *term == *right_[field][j]) {
          measures.common = term;
          break;
        }
      }
    }
  }
  return measures.common;
}

bool PairOfRecords::Holds(const Level& level) {
  return std::all_of(level.conditions.begin(), level.conditions.end(),
                     [&](const Condition& condition) { return Holds(condition); });
}

bool PairOfRecords::Holds(const Condition& condition) {
  const auto any = [&](const auto& predicate) {
    return AnyPair(condition.field, condition.field, predicate);
  };
  Measures& measures = measures_[condition.field];
  switch (condition.kind) {
    case Condition::Kind::kExact:
      return Common(condition.field) != nullptr;
    case Condition::Kind::kJaroWinkler:
      if (measures.jaro_winkler < 0 &&
          !any([&](const Term& x, const Term& y) { return MostJaroWinkler(x, y) >= condition.bound; })) {
        return false;
      }
      if (measures.jaro_winkler < 0) {
        measures.jaro_winkler = 0;
        any([&](const Term& x, const Term& y) {
          measures.jaro_winkler = std::max(measures.jaro_winkler, JaroWinkler(x.text, y.text));
          return false;
        });
      }
      return BothHave(condition.field) && measures.jaro_winkler >= condition.bound;
    case Condition::Kind::kDamerau:
      if (measures.damerau < 0 &&
          !any([&](const Term& x, const Term& y) { return LeastDamerau(x, y) <= condition.bound; })) {
        return false;
      }
      if (measures.damerau < 0) {
        measures.damerau = kFarDamerau + 1;
        any([&](const Term& x, const Term& y) {
          const int distance = DamerauLevenshtein(x.text, y.text, kFarDamerau);
          measures.damerau = static_cast<std::int8_t>(std::min<int>(measures.damerau, distance));
          return false;
        });
      }
      return measures.damerau <= condition.bound;
    case Condition::Kind::kTypos:
      return any([&](const Term& x, const Term& y) {
        return IsMistypedText(x.text, y.text, static_cast<int>(condition.bound));
      });
    case Condition::Kind::kWords:
      return any(
          [&](const Term& x, const Term& y) { return SharedWords(x.text, y.text) >= condition.bound; });
    case Condition::Kind::kNearWords:
      return any(
          [&](const Term& x, const Term& y) { return SharedNearWords(x.text, y.text) >= condition.bound; });
    case Condition::Kind::kSameWords:
      return any([](const Term& x, const Term& y) { return HasSameWords(x.text, y.text); });
    case Condition::Kind::kInitial:
      return any([](const Term& x, const Term& y) { return IsInitialOf(x.text, y.text); });
    case Condition::Kind::kPrefix:
      return any([&](const Term& x, const Term& y) { return IsPrefixOf(x.text, y.text, condition.bound); });
    case Condition::Kind::kStarts:
      return any([&](const Term& x, const Term& y) { return StartAlike(x.text, y.text, condition.bound); });
    case Condition::Kind::kCutWords:
      return any(
          [&](const Term& x, const Term& y) { return SharedCutWords(x.text, y.text) >= condition.bound; });
    case Condition::Kind::kGrams:
      return any(
          [&](const Term& x, const Term& y) { return SharedGrams(x.text, y.text) >= condition.bound; });
    case Condition::Kind::kDaysBefore:
      return IsBefore(condition);
    case Condition::Kind::kDays:
      return any(
          [&](const Term& x, const Term& y) { return HaveNumbers(x, y) && Apart(x, y) <= condition.bound; });
    case Condition::Kind::kMistyped:
      return any([](const Term& x, const Term& y) { return IsMistyped(x.text, y.text); });
    case Condition::Kind::kSameYear:
      return any(
          [](const Term& x, const Term& y) { return x.text.substr(0, kYear) == y.text.substr(0, kYear); });
    case Condition::Kind::kPercent:
      return any([&](const Term& x, const Term& y) {
        return HaveNumbers(x, y) && Apart(x, y) * 100 <= condition.bound * Larger(x, y);
      });
    case Condition::Kind::kDifference:
      return any([&](const Term& x, const Term& y) {
        return HaveNumbers(x, y) && Apart(x, y) <= condition.bound * kHundredths;
      });
    case Condition::Kind::kExchanged:
      return IsExchanged(condition);
  }
  return false;
}

bool PairOfRecords::IsBefore(const Condition& condition) const {
  const auto is_before = [&](const Term& x, const Term& y) {
    return HaveNumbers(x, y) && x.number <= y.number && Apart(x, y) <= condition.bound;
  };
  const auto is_after = [&](const Term& y, const Term& x) { return is_before(x, y); };
  return AnyPair(condition.field, condition.other, is_before) ||
         AnyPair(condition.other, condition.field, is_after);
}

bool PairOfRecords::IsExchanged(const Condition& condition) const {
  const auto nearly = [](const Term& x, const Term& y) {
    return x == y || (MostJaroWinkler(x, y) >= kNearlyEqual && JaroWinkler(x.text, y.text) >= kNearlyEqual);
  };
  return AnyPair(condition.field, condition.other, nearly) &&
         AnyPair(condition.other, condition.field, nearly);
}

}  // namespace crossbill::linkage
