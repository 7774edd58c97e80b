// What of a record is enough to tell most pairs apart: of each value sixteen bytes, without its text. From
// them follows the most that a pair can weigh (Scorer::MayWeigh). Values; any thread may read.
// binary-float (file): bounds of similarities that are binary floats
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "transforms/linkage/level.h"
#include "transforms/linkage/term.h"

namespace crossbill::linkage {

struct Outline {
  static constexpr std::uint8_t kVague = 255;  // a length: of this value only the hash tells anything

  std::uint64_t counts = 0;  // characters of each of sixteen kinds, four bits each
  std::uint32_t hash = 0;    // the lower half of the text's
  std::int16_t rarity = 0;   // as in Term
  std::uint8_t length = 0;   // in characters
  std::uint8_t first = 0;    // the lowest eight bits of the first character
};

Outline OutlineOf(const Term& term);

// The outlines of one record's values.
class RecordOutline {
 public:
  RecordOutline(std::span<const Outline> values, std::span<const std::uint16_t> ends, std::uint32_t has)
      : values_(values), ends_(ends), has_(has) {}
  std::span<const Outline> operator[](std::size_t field) const {
    const std::size_t begin = field == 0 ? 0 : ends_[field - 1];
    return values_.subspan(begin, ends_[field] - begin);
  }
  std::uint32_t has() const { return has_; }  // a bit for each field with values

 private:
  std::span<const Outline> values_;
  std::span<const std::uint16_t> ends_;  // for each field the index behind its last value
  std::uint32_t has_;
};

// A record's outlines in one piece of memory.
class OwnedOutline {
 public:
  OwnedOutline() = default;
  OwnedOutline(const Profile& profile, std::size_t fields);
  bool empty() const { return bytes_ == nullptr; }
  // Asks for the memory of what is soon looked at.
  void Prefetch() const {
    constexpr std::size_t kLine = 64, kLines = 4;  // most have no more
    for (std::size_t line = 0; line < kLines; ++line) {
      __builtin_prefetch(bytes_.get() + line * kLine);
    }
  }
  // Not of an empty one.
  RecordOutline view() const;
  // As bytes, in the form of this kind of machine; and back: an empty one where they are none of Encode's.
  std::string Encode() const;
  static OwnedOutline Decode(std::string_view bytes);

 private:
  struct Shape {
    std::uint32_t has = 0;
    std::uint16_t values = 0;
    std::uint16_t fields = 0;
    std::size_t bytes() const { return values * sizeof(Outline) + fields * sizeof(std::uint16_t); }
  };

  bool EndsFit() const;

  std::unique_ptr<std::byte[]> bytes_;  // the values, then the ends
  Shape shape_;
};

// Whether two records may be at a level, by their outlines. False only where they surely are not.
bool MayHold(const Level& level, const RecordOutline& left, const RecordOutline& right);
// The greatest rarity of a value of the field that both may have; nothing: they have none in common.
std::optional<int> MostCommonRarity(std::size_t field, const RecordOutline& left, const RecordOutline& right);

}  // namespace crossbill::linkage
