// binary-float (file): probabilities and similarities, of which integers of hundredths of a bit are made
#include "transforms/linkage/level.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <vector>

#include "base/distance.h"

namespace crossbill::linkage {
namespace {

constexpr int kFarDamerau = 4;  // more is not told apart

constexpr std::string_view kField = "FIELD";  // instead of a sign: a field's name follows
constexpr double kNearlyEqual = 0.9;          // Jaro–Winkler

struct Word {
  std::string_view name;
  Level::Kind kind;
  std::string_view sign;  // "" where the level has no bound
  std::string_view doc;
};
constexpr Word kWords[] = {
    {"exact", Level::Kind::kExact, "", "Equal."},
    {"jaro_winkler", Level::Kind::kJaroWinkler, ">=", "Jaro-Winkler similarity, from 0 to 1."},
    {"damerau", Level::Kind::kDamerau,
     "<=", "Letters inserted, left out, changed, or exchanged with the next; at most 4."},
    {"words", Level::Kind::kWords,
     ">=", "Share of the words of the text with fewer words that the other has, from 0 to 1."},
    {"same_words", Level::Kind::kSameWords, "", "The same words in any order."},
    {"initial", Level::Kind::kInitial, "", "One is the first letter of the other."},
    {"prefix", Level::Kind::kPrefix, ">=", "One begins with the other, which has at least so many bytes."},
    {"days", Level::Kind::kDays, "<=", "Dates so many days apart."},
    {"mistyped", Level::Kind::kMistyped, "",
     "Dates with one digit wrong, or with day and month, or two digits, exchanged."},
    {"same_year", Level::Kind::kSameYear, "", "Dates of one year."},
    {"percent", Level::Kind::kPercent, "<=", "Numbers so far apart, in percent of the larger one."},
    {"exchanged", Level::Kind::kExchanged, kField,
     "The values of this field and that one have changed places, but for a letter or so."},
};

std::size_t PartsOf(const Word& word) { return word.sign.empty() ? 1 : word.sign == kField ? 2 : 3; }

std::string TextOf(const Word& word) {
  std::string text(word.name);
  if (!word.sign.empty()) {
    text.append(" ").append(word.sign).append(word.sign == kField ? "" : " N");
  }
  return text;
}

std::vector<std::string_view> SplitAtBlanks(std::string_view text) {
  std::vector<std::string_view> parts;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    if (end > 0) {
      parts.push_back(text.substr(0, end));
    }
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return parts;
}

Error NoLevel(std::string_view text) {
  std::string names;
  for (const Word& word : kWords) {
    names += (names.empty() ? "" : ", ") + TextOf(word);
  }
  return Error(Code::kConfigValue, "\"" + std::string(text) + "\" is no level; there are " + names);
}

// Of the words of the text with fewer words, how many are in the other.
double SharedWords(std::string_view a, std::string_view b) {
  std::vector<std::string_view> few = SplitAtBlanks(a), many = SplitAtBlanks(b);
  if (few.size() > many.size()) {
    few.swap(many);
  }
  if (few.empty()) {
    return 0;
  }
  std::size_t shared = 0;
  for (const std::string_view word : few) {
    const auto found = std::find(many.begin(), many.end(), word);
    if (found != many.end()) {
      many.erase(found);
      ++shared;
    }
  }
  return static_cast<double>(shared) / static_cast<double>(few.size());
}

bool HasSameWords(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) {
    return false;
  }
  std::vector<std::string_view> left = SplitAtBlanks(a), right = SplitAtBlanks(b);
  std::sort(left.begin(), left.end());
  std::sort(right.begin(), right.end());
  return left == right;
}

std::string_view FirstCharacter(std::string_view text) {
  std::size_t end = std::min<std::size_t>(1, text.size());
  while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) {
    ++end;
  }
  return text.substr(0, end);
}

bool IsInitialOf(std::string_view a, std::string_view b) {
  return a.size() < b.size() ? a == FirstCharacter(b) : b.size() < a.size() && b == FirstCharacter(a);
}

// "2026-10-31" and "2026-31-10" cannot both be, but "2026-10-11" and "2026-11-10" can.
bool IsMistyped(std::string_view a, std::string_view b) {
  constexpr std::size_t kMonth = 5, kDay = 8, kTwo = 2;
  if (a.size() != b.size() || a.size() < kDay + kTwo) {
    return false;
  }
  const bool exchanged = a.substr(0, kMonth) == b.substr(0, kMonth) &&
                         a.substr(kMonth, kTwo) == b.substr(kDay, kTwo) &&
                         a.substr(kDay, kTwo) == b.substr(kMonth, kTwo);
  return exchanged || DamerauLevenshtein(a, b, 1) <= 1;
}

}  // namespace

std::vector<LevelDoc> AllLevels() {
  std::vector<LevelDoc> levels;
  for (const Word& word : kWords) {
    levels.push_back({TextOf(word), word.doc});
  }
  return levels;
}

Result<Level> ParseLevel(std::string_view text) {
  const std::vector<std::string_view> parts = SplitAtBlanks(text);
  const auto word = std::find_if(std::begin(kWords), std::end(kWords),
                                 [&](const Word& w) { return !parts.empty() && w.name == parts.front(); });
  if (word == std::end(kWords) || parts.size() != PartsOf(*word)) {
    return NoLevel(text);
  }
  Level level;
  level.kind = word->kind;
  level.text = text;
  if (word->sign == kField) {
    level.other = parts[1];
  } else if (!word->sign.empty()) {
    const std::string_view bound = parts[2];
    const auto [end, error] = std::from_chars(bound.data(), bound.data() + bound.size(), level.bound);
    const bool too_far = word->kind == Level::Kind::kDamerau && level.bound > kFarDamerau;
    if (too_far || parts[1] != word->sign || error != std::errc() || end != bound.data() + bound.size()) {
      return NoLevel(text);
    }
  }
  return level;
}

bool PairOfTerms::Holds(const Level& level) {
  switch (level.kind) {
    case Level::Kind::kExact:
      return a_ == b_;
    case Level::Kind::kJaroWinkler:
      if (jaro_winkler_ < 0) {
        jaro_winkler_ = JaroWinkler(a_.text, b_.text);
      }
      return jaro_winkler_ >= level.bound;
    case Level::Kind::kDamerau:
      if (damerau_ < 0) {
        damerau_ = DamerauLevenshtein(a_.text, b_.text, kFarDamerau);
      }
      return damerau_ <= level.bound;
    case Level::Kind::kWords:
      return SharedWords(a_.text, b_.text) >= level.bound;
    case Level::Kind::kSameWords:
      return HasSameWords(a_.text, b_.text);
    case Level::Kind::kInitial:
      return IsInitialOf(a_.text, b_.text);
    case Level::Kind::kPrefix: {
      const auto& [shorter, longer] =
          std::minmax(a_.text, b_.text, [](auto x, auto y) { return x.size() < y.size(); });
      return static_cast<double>(shorter.size()) >= level.bound && longer.starts_with(shorter);
    }
    case Level::Kind::kDays:
      return a_.has_number && b_.has_number &&
             static_cast<double>(std::llabs(a_.number - b_.number)) <= level.bound;
    case Level::Kind::kMistyped:
      return IsMistyped(a_.text, b_.text);
    case Level::Kind::kSameYear:
      return a_.text.substr(0, 4) == b_.text.substr(0, 4);
    case Level::Kind::kPercent: {
      const double most = static_cast<double>(std::max(std::llabs(a_.number), std::llabs(b_.number)));
      return a_.has_number && b_.has_number &&
             static_cast<double>(std::llabs(a_.number - b_.number)) * 100 <= level.bound * most;
    }
    case Level::Kind::kExchanged:
      break;
  }
  return false;
}

bool IsExchanged(const Level& level, std::size_t field, const Profile& left, const Profile& right) {
  const auto have_near = [](std::span<const Term* const> a, std::span<const Term* const> b) {
    return std::any_of(a.begin(), a.end(), [&](const Term* x) {
      return std::any_of(b.begin(), b.end(), [&](const Term* y) {
        return *x == *y || JaroWinkler(x->text, y->text) >= kNearlyEqual;
      });
    });
  };
  return have_near(left[field], right[level.other_field]) && have_near(left[level.other_field], right[field]);
}

}  // namespace crossbill::linkage
