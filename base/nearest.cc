#include <algorithm>

#include "base/distance.h"
#include "base/text.h"
#include "base/utf8.h"

namespace crossbill {
namespace {

std::size_t CountCodePoints(std::string_view text) {
  std::size_t count = 0;
  for (std::size_t at = 0; at < text.size(); ++count) {
    NextCodePoint(text, at);
  }
  return count;
}

}  // namespace

std::optional<std::string> Nearest(std::string_view word, const std::vector<std::string>& candidates) {
  const std::string folded = CaseFold(word);
  const auto length = static_cast<int>(CountCodePoints(folded));
  // A third of the word may be mistyped; of a word of two letters a mistake leaves nothing to go by.
  int best = length < 3 ? 0 : std::min(3, std::max(1, length / 3));
  const std::string* nearest = nullptr;
  for (const std::string& candidate : candidates) {
    const int distance = DamerauLevenshtein(folded, CaseFold(candidate));
    if (distance < best || (distance == best && nearest == nullptr)) {
      best = distance;
      nearest = &candidate;
    }
  }
  return nearest == nullptr ? std::nullopt : std::optional<std::string>(*nearest);
}

}  // namespace crossbill
