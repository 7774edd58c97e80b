// Where each character stands in a text, as bits: what the bit-parallel distances look up. One word holds 64
// places of the text.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace crossbill {

// Of a text of at most 64 code points. A table on the stack for ASCII, which is cleared where it was used
// only; a few pairs, searched one after another, for the others.
class CharacterPlaces {
 public:
  explicit CharacterPlaces(std::span<const char32_t> text);
  std::uint64_t Of(char32_t character) const {
    if (character < kTable) {
      return (used_[character / 64] >> (character % 64) & 1) != 0 ? table_[character] : 0;
    }
    for (std::size_t i = 0; i < others_; ++i) {
      if (other_[i].first == character) {
        return other_[i].second;
      }
    }
    return 0;
  }

 private:
  static constexpr std::size_t kTable = 128;
  void Add(char32_t character, std::uint64_t bit);

  std::array<std::uint64_t, 2> used_ = {0, 0};  // which of table_ hold something
  std::array<std::uint64_t, kTable> table_;
  std::array<std::pair<char32_t, std::uint64_t>, 64> other_;
  std::size_t others_ = 0;
};

}  // namespace crossbill
