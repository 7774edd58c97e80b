// binary-float (file): similarities, and bounds that a model gives as such
#include "transforms/linkage/texts.h"

#include <algorithm>
#include <functional>
#include <iterator>
#include <string>

#include "base/code_points.h"
#include "base/distance.h"

namespace crossbill::linkage {
namespace {

std::string_view FirstCharacter(std::string_view text) {
  std::size_t end = std::min<std::size_t>(1, text.size());
  while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) {
    ++end;
  }
  return text.substr(0, end);
}

std::size_t CharactersOf(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(
      text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

// But for one letter; or the other one's initial.
bool IsNearWord(std::string_view a, std::string_view b) {
  constexpr std::size_t kShortest = 4;
  return a == b || IsInitialOf(a, b) ||
         (std::min(a.size(), b.size()) >= kShortest && DamerauLevenshtein(a, b, 1) <= 1);
}

// Of the words of the text with fewer words, how many are in the other.
template <class IsSame>
double ShareOfWords(std::string_view a, std::string_view b, const IsSame& is_same) {
  std::vector<std::string_view> few = SplitAtBlanks(a), many = SplitAtBlanks(b);
  if (few.size() > many.size()) {
    few.swap(many);
  }
  if (few.empty()) {
    return 0;
  }
  std::size_t shared = 0;
  for (const std::string_view word : few) {
    const auto found =
        std::find_if(many.begin(), many.end(), [&](std::string_view other) { return is_same(word, other); });
    if (found != many.end()) {
      many.erase(found);
      ++shared;
    }
  }
  return static_cast<double>(shared) / static_cast<double>(few.size());
}

// Takes out of both what they have in common, each word once.
std::size_t TakeCommon(std::vector<std::string_view>& a, std::vector<std::string_view>& b) {
  std::size_t common = 0;
  for (auto word = a.begin(); word != a.end();) {
    const auto found = std::find(b.begin(), b.end(), *word);
    if (found == b.end()) {
      ++word;
      continue;
    }
    b.erase(found);
    word = a.erase(word);
    ++common;
  }
  return common;
}

// The last words of two texts, without what both have: each may be the beginning of a word of the other.
std::size_t SharedByCut(const std::vector<std::string_view>& a, std::string_view last_of_a,
                        const std::vector<std::string_view>& b, std::string_view last_of_b) {
  const auto has = [](const std::vector<std::string_view>& words, std::string_view word) {
    return std::find(words.begin(), words.end(), word) != words.end();
  };
  const bool a_is_left = has(a, last_of_a), b_is_left = has(b, last_of_b);
  // In another word than the last, which may stand there twice.
  const auto goes_on = [&](const std::vector<std::string_view>& words, std::string_view last,
                           std::string_view cut) {
    const auto starting = std::count_if(words.begin(), words.end(),
                                        [&](std::string_view word) { return word.starts_with(cut); });
    return starting > (last.starts_with(cut) && has(words, last) ? 1 : 0);
  };
  const std::size_t others = (a_is_left && goes_on(b, last_of_b, last_of_a) ? 1U : 0U) +
                             (b_is_left && goes_on(a, last_of_a, last_of_b) ? 1U : 0U);
  const bool each_other =
      a_is_left && b_is_left && (last_of_a.starts_with(last_of_b) || last_of_b.starts_with(last_of_a));
  return std::max<std::size_t>(others, each_other ? 1 : 0);
}

// Every three characters that stand side by side; of a shorter text all of them.
std::vector<std::u32string_view> GramsOf(std::u32string_view text) {
  constexpr std::size_t kCharacters = 3;
  std::vector<std::u32string_view> grams;
  for (std::size_t i = 0; i + kCharacters <= text.size(); ++i) {
    grams.push_back(text.substr(i, kCharacters));
  }
  if (grams.empty() && !text.empty()) {
    grams.push_back(text);
  }
  std::sort(grams.begin(), grams.end());
  return grams;
}

}  // namespace

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

bool IsInitialOf(std::string_view a, std::string_view b) {
  return a.size() < b.size() ? a == FirstCharacter(b) : b.size() < a.size() && b == FirstCharacter(a);
}

// In a short text another letter makes another word.
bool IsMistypedText(std::string_view a, std::string_view b, int most) {
  constexpr std::size_t kFirst = 4, kEach = 5;
  const std::size_t shorter = std::min(CharactersOf(a), CharactersOf(b));
  const int allowed = shorter < kFirst ? 0 : static_cast<int>(1 + (shorter - kFirst) / kEach);
  return allowed > 0 && DamerauLevenshtein(a, b, most) <= std::min(allowed, most);
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

bool IsPrefixOf(std::string_view a, std::string_view b, double least) {
  const std::string_view shorter = a.size() < b.size() ? a : b, longer = a.size() < b.size() ? b : a;
  return static_cast<double>(shorter.size()) >= least && longer.starts_with(shorter);
}

bool StartAlike(std::string_view a, std::string_view b, double least) {
  const auto differ = std::mismatch(a.begin(), a.end(), b.begin(), b.end()).first;
  std::string_view shared(a.begin(), differ);
  // A character of which only the first bytes are the same is none that both have.
  while (!shared.empty() && shared.size() < a.size() &&
         (static_cast<unsigned char>(a[shared.size()]) & 0xC0) == 0x80) {
    shared.remove_suffix(1);
  }
  return static_cast<double>(CharactersOf(shared)) >= least;
}

double SharedWords(std::string_view a, std::string_view b) { return ShareOfWords(a, b, std::equal_to<>()); }

double SharedNearWords(std::string_view a, std::string_view b) { return ShareOfWords(a, b, IsNearWord); }

double SharedCutWords(std::string_view a, std::string_view b) {
  std::vector<std::string_view> left = SplitAtBlanks(a), right = SplitAtBlanks(b);
  const std::size_t fewer = std::min(left.size(), right.size());
  if (fewer == 0) {
    return 0;
  }
  const std::string_view last_of_left = left.back(), last_of_right = right.back();
  const std::size_t common = TakeCommon(left, right);
  const std::size_t cut = SharedByCut(left, last_of_left, right, last_of_right);
  return static_cast<double>(common + cut) / static_cast<double>(fewer);
}

double SharedGrams(std::string_view a, std::string_view b) {
  const CodePointsOf left(a), right(b);
  const auto x = GramsOf({left.span().data(), left.span().size()}),
             y = GramsOf({right.span().data(), right.span().size()});
  std::vector<std::u32string_view> shared;
  std::set_intersection(x.begin(), x.end(), y.begin(), y.end(), std::back_inserter(shared));
  const std::size_t fewer = std::min(x.size(), y.size());
  return fewer == 0 ? 0 : static_cast<double>(shared.size()) / static_cast<double>(fewer);
}

}  // namespace crossbill::linkage
