#include "base/distance.h"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <span>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/character_places.h"
#include "base/code_points.h"

namespace crossbill {
namespace {

using Text = std::span<const char32_t>;
constexpr std::size_t kWord = 64;

// What both begin and end with costs nothing.
void CutCommonEnds(Text& a, Text& b) {
  std::size_t front = 0;
  const std::size_t shorter = std::min(a.size(), b.size());
  while (front < shorter && a[front] == b[front]) {
    ++front;
  }
  a = a.subspan(front);
  b = b.subspan(front);
  std::size_t back = 0;
  while (back < a.size() && back < b.size() && a[a.size() - 1 - back] == b[b.size() - 1 - back]) {
    ++back;
  }
  a = a.first(a.size() - back);
  b = b.first(b.size() - back);
}

// Hyyrö's recurrence: the differences between neighbouring cells of a column of the table, as bits. `pattern`
// has 1 to 64 code points.
int OneWordDistance(Text pattern, Text text) {
  const CharacterPlaces places(pattern);
  const std::uint64_t last = std::uint64_t{1} << (pattern.size() - 1);
  std::uint64_t up = ~std::uint64_t{0}, down = 0, diagonal = 0, matched_before = 0;
  auto distance = static_cast<int>(pattern.size());
  for (const char32_t character : text) {
    const std::uint64_t matched = places.Of(character);
    const std::uint64_t turned = ((~diagonal & matched) << 1) & matched_before;
    diagonal = (((matched & up) + up) ^ up) | matched | down | turned;
    std::uint64_t right_up = down | ~(diagonal | up);
    std::uint64_t right_down = diagonal & up;
    distance += (right_up & last) != 0 ? 1 : 0;
    distance -= (right_down & last) != 0 ? 1 : 0;
    right_up = right_up << 1 | 1;
    right_down <<= 1;
    up = right_down | ~(diagonal | right_up);
    down = right_up & diagonal;
    matched_before = matched;
  }
  return distance;
}

// The same over several words: bits that leave one go into the next.
class ManyWords {
 public:
  explicit ManyWords(Text pattern) : words_((pattern.size() + kWord - 1) / kWord), size_(pattern.size()) {
    for (std::size_t i = 0; i < pattern.size(); ++i) {
      auto& places = places_.try_emplace(pattern[i], words_.size()).first->second;
      places[i / kWord] |= std::uint64_t{1} << (i % kWord);
    }
  }

  int Distance(Text text) {
    auto distance = static_cast<int>(size_);
    for (const char32_t character : text) {
      distance += Step(character);
    }
    return distance;
  }

 private:
  struct Word {
    std::uint64_t up = ~std::uint64_t{0}, down = 0, diagonal = 0, matched_before = 0;
  };

  // How the last cell of the column changes.
  int Step(char32_t character) {
    static const std::vector<std::uint64_t> kNone;
    const auto found = places_.find(character);
    const std::vector<std::uint64_t>& places = found == places_.end() ? kNone : found->second;
    std::uint64_t up_in = 1, down_in = 0, turned_in = 0;
    int change = 0;
    for (std::size_t w = 0; w < words_.size(); ++w) {
      Word& word = words_[w];
      const std::uint64_t matched = places.empty() ? 0 : places[w];
      const std::uint64_t free = ~word.diagonal & matched;
      const std::uint64_t turned = (free << 1 | turned_in) & word.matched_before;
      turned_in = free >> (kWord - 1);
      const std::uint64_t carried = matched | down_in;
      word.diagonal = (((carried & word.up) + word.up) ^ word.up) | carried | word.down | turned;
      std::uint64_t right_up = word.down | ~(word.diagonal | word.up);
      std::uint64_t right_down = word.diagonal & word.up;
      if (w + 1 == words_.size()) {
        const std::uint64_t last = std::uint64_t{1} << ((size_ - 1) % kWord);
        change = ((right_up & last) != 0 ? 1 : 0) - ((right_down & last) != 0 ? 1 : 0);
      }
      const std::uint64_t up_out = right_up >> (kWord - 1), down_out = right_down >> (kWord - 1);
      right_up = right_up << 1 | std::exchange(up_in, up_out);
      right_down = right_down << 1 | std::exchange(down_in, down_out);
      word.up = right_down | ~(word.diagonal | right_up);
      word.down = right_up & word.diagonal;
      word.matched_before = matched;
    }
    return change;
  }

  std::vector<Word> words_;
  std::size_t size_;
  std::unordered_map<char32_t, std::vector<std::uint64_t>> places_;
};

int Distance(Text a, Text b) {
  CutCommonEnds(a, b);
  if (a.size() > b.size()) {
    std::swap(a, b);
  }
  if (a.empty()) {
    return static_cast<int>(b.size());
  }
  return a.size() <= kWord ? OneWordDistance(a, b) : ManyWords(a).Distance(b);
}

struct Common {
  int count = 0;
  int turned = 0;  // of them stand in another order
};

// Each character of `text` in turn takes the first free equal one of `pattern` within `reach`. Both have at
// most 64 code points.
Common FindCommon(Text pattern, Text text, std::size_t reach) {
  const CharacterPlaces places(pattern);
  std::uint64_t window = reach + 1 >= kWord ? ~std::uint64_t{0} : (std::uint64_t{1} << (reach + 1)) - 1;
  std::uint64_t in_pattern = 0, in_text = 0;
  for (std::size_t j = 0; j < text.size(); ++j) {
    const std::uint64_t free = places.Of(text[j]) & window & ~in_pattern;
    in_pattern |= free & (~free + 1);
    in_text |= std::uint64_t{free != 0 ? 1u : 0u} << j;
    window = j < reach ? window << 1 | 1 : window << 1;
  }
  Common common;
  common.count = std::popcount(in_text);
  for (; in_text != 0; in_text &= in_text - 1, in_pattern &= in_pattern - 1) {
    const char32_t character = text[static_cast<std::size_t>(std::countr_zero(in_text))];
    common.turned += (places.Of(character) & in_pattern & (~in_pattern + 1)) == 0 ? 1 : 0;
  }
  return common;
}

// The same, place by place, for longer texts.
Common FindCommonLong(Text pattern, Text text, std::size_t reach) {
  std::vector<bool> taken(pattern.size());
  std::vector<char32_t> of_text;
  for (std::size_t j = 0; j < text.size(); ++j) {
    const std::size_t from = j > reach ? j - reach : 0;
    const std::size_t to = std::min(pattern.size(), j + reach + 1);
    for (std::size_t i = from; i < to; ++i) {
      if (!taken[i] && pattern[i] == text[j]) {
        taken[i] = true;
        of_text.push_back(text[j]);
        break;
      }
    }
  }
  Common common;
  common.count = static_cast<int>(of_text.size());
  auto next = of_text.begin();
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (taken[i]) {
      common.turned += pattern[i] != *next++ ? 1 : 0;
    }
  }
  return common;
}

double JaroOf(Text a, Text b) {
  if (a.empty() || b.empty()) {
    return a.empty() && b.empty() ? 1 : 0;
  }
  if (a.size() > b.size() ||
      (a.size() == b.size() && std::lexicographical_compare(b.begin(), b.end(), a.begin(), a.end()))) {
    std::swap(a, b);
  }
  const std::size_t reach = std::max<std::size_t>(b.size() / 2, 1) - 1;
  const Common common = b.size() <= kWord ? FindCommon(b, a, reach) : FindCommonLong(b, a, reach);
  if (common.count == 0) {
    return 0;
  }
  const auto count = static_cast<double>(common.count);
  const int transposed = common.turned / 2;  // two of them make one transposition
  const auto in_order = static_cast<double>(common.count - transposed);
  return (count / static_cast<double>(a.size()) + count / static_cast<double>(b.size()) + in_order / count) /
         3;
}

}  // namespace

int DamerauLevenshtein(std::string_view a, std::string_view b, int most) {
  if (a == b) {
    return 0;
  }
  const CodePointsOf left(a), right(b);
  const auto apart =
      static_cast<std::ptrdiff_t>(left.span().size()) - static_cast<std::ptrdiff_t>(right.span().size());
  if (apart > most || -apart > most) {
    return most + 1;
  }
  return std::min(Distance(left.span(), right.span()), most + 1);
}

double Jaro(std::string_view a, std::string_view b) {
  const CodePointsOf left(a), right(b);
  return JaroOf(left.span(), right.span());
}

double JaroWinkler(std::string_view a, std::string_view b) {
  constexpr double kLeast = 0.7, kShare = 0.1;
  constexpr std::size_t kLongest = 4;
  const CodePointsOf left(a), right(b);
  const double jaro = JaroOf(left.span(), right.span());
  if (jaro < kLeast) {
    return jaro;
  }
  std::size_t common = 0;
  const std::size_t longest = std::min({kLongest, left.span().size(), right.span().size()});
  while (common < longest && left.span()[common] == right.span()[common]) {
    ++common;
  }
  return jaro + static_cast<double>(common) * kShare * (1 - jaro);
}

}  // namespace crossbill
