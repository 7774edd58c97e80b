#include "base/character_places.h"

namespace crossbill {

CharacterPlaces::CharacterPlaces(std::span<const char32_t> text) {
  std::uint64_t bit = 1;
  for (const char32_t character : text) {
    Add(character, bit);
    bit <<= 1;
  }
}

void CharacterPlaces::Add(char32_t character, std::uint64_t bit) {
  if (character < kTable) {
    std::uint64_t& used = used_[character / 64];
    const std::uint64_t mark = std::uint64_t{1} << (character % 64);
    table_[character] = (used & mark) != 0 ? table_[character] | bit : bit;
    used |= mark;
    return;
  }
  for (std::size_t i = 0; i < others_; ++i) {
    if (other_[i].first == character) {
      other_[i].second |= bit;
      return;
    }
  }
  other_[others_++] = {character, bit};
}

}  // namespace crossbill
