#include <algorithm>

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

// Room for `Count` values on the stack, for more on the heap: names are short and compared by the million.
template <class T, std::size_t Count>
class Scratch {
 public:
  explicit Scratch(std::size_t count) {
    if (count > Count) {
      heap_.resize(count);
      data_ = heap_.data();
    }
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  T* data() { return data_; }

 private:
  T stack_[Count];
  std::vector<T> heap_;
  T* data_ = stack_;
};

std::size_t ToCodePoints(std::string_view text, char32_t* to) {
  std::size_t count = 0;
  for (std::size_t at = 0; at < text.size();) {
    to[count++] = NextCodePoint(text, at);
  }
  return count;
}

// The last three rows of the table are enough.
int Distance(const char32_t* a, std::size_t a_size, const char32_t* b, std::size_t b_size) {
  Scratch<int, 3 * 64> rows(3 * (b_size + 1));
  int* before_last = rows.data();
  int* last = before_last + b_size + 1;
  int* row = last + b_size + 1;
  for (std::size_t j = 0; j <= b_size; ++j) {
    row[j] = static_cast<int>(j);
  }
  for (std::size_t i = 1; i <= a_size; ++i) {
    std::swap(before_last, last);
    std::swap(last, row);
    row[0] = static_cast<int>(i);
    for (std::size_t j = 1; j <= b_size; ++j) {
      const int changed = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, changed});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        row[j] = std::min(row[j], before_last[j - 2] + 1);
      }
    }
  }
  return row[b_size];
}

}  // namespace

int EditDistance(std::string_view a, std::string_view b) {
  Scratch<char32_t, 128> left(a.size()), right(b.size());
  const char32_t* a_points = left.data();
  const char32_t* b_points = right.data();
  std::size_t a_size = ToCodePoints(a, left.data()), b_size = ToCodePoints(b, right.data());
  // What both begin and end with costs nothing.
  while (a_size > 0 && b_size > 0 && *a_points == *b_points) {
    ++a_points, ++b_points, --a_size, --b_size;
  }
  while (a_size > 0 && b_size > 0 && a_points[a_size - 1] == b_points[b_size - 1]) {
    --a_size, --b_size;
  }
  return Distance(a_points, a_size, b_points, b_size);
}

std::optional<std::string> Nearest(std::string_view word, const std::vector<std::string>& candidates) {
  const std::string folded = CaseFold(word);
  const auto length = static_cast<int>(CountCodePoints(folded));
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
