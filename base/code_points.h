// A text's code points in an array, on the stack where they are few.
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

namespace crossbill {

class CodePointsOf {
 public:
  explicit CodePointsOf(std::string_view text);
  CodePointsOf(const CodePointsOf&) = delete;
  CodePointsOf& operator=(const CodePointsOf&) = delete;

  std::span<const char32_t> span() const { return {data_, size_}; }

 private:
  static constexpr std::size_t kOnStack = 64;
  std::array<char32_t, kOnStack> stack_;  // not filled: only what size_ says counts
  std::vector<char32_t> heap_;
  char32_t* data_ = stack_.data();
  std::size_t size_ = 0;
};

}  // namespace crossbill
