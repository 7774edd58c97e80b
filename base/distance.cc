#include <algorithm>

#include "base/text.h"
#include "base/utf8.h"

namespace crossbill {
namespace {

std::u32string CodePoints(std::string_view text) {
  std::u32string points;
  points.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    points += NextCodePoint(text, at);
  }
  return points;
}

}  // namespace

int EditDistance(std::string_view a, std::string_view b) {
  const std::u32string left = CodePoints(a), right = CodePoints(b);
  std::vector<int> before_last(right.size() + 1), last(right.size() + 1), row(right.size() + 1);
  for (std::size_t j = 0; j <= right.size(); ++j) {
    row[j] = static_cast<int>(j);
  }
  for (std::size_t i = 1; i <= left.size(); ++i) {
    std::swap(before_last, last);
    std::swap(last, row);
    row[0] = static_cast<int>(i);
    for (std::size_t j = 1; j <= right.size(); ++j) {
      const int changed = last[j - 1] + (left[i - 1] == right[j - 1] ? 0 : 1);
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, changed});
      if (i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1]) {
        row[j] = std::min(row[j], before_last[j - 2] + 1);
      }
    }
  }
  return row[right.size()];
}

std::optional<std::string> Nearest(std::string_view word, const std::vector<std::string>& candidates) {
  const std::string folded = CaseFold(word);
  const auto length = static_cast<int>(CodePoints(folded).size());
  // A third of the word may be mistyped; of a word of two letters a mistake leaves nothing to go by.
  int best = length < 3 ? 0 : std::min(3, std::max(1, length / 3));
  const std::string* nearest = nullptr;
  for (const std::string& candidate : candidates) {
    const int distance = EditDistance(folded, CaseFold(candidate));
    if (distance < best || (distance == best && nearest == nullptr)) {
      best = distance;
      nearest = &candidate;
    }
  }
  return nearest == nullptr ? std::nullopt : std::optional<std::string>(*nearest);
}

}  // namespace crossbill
