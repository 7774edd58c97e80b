// The values of a record that are compared, and what comparing them by the million needs to know of each.
// Values; any thread may read.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace crossbill::linkage {

// A cleaned value. Whoever makes it keeps the text.
struct Term {
  std::string_view text;
  std::uint64_t hash = 0;        // of the text
  std::int64_t number = 0;       // a date's days; a decimal's value in hundredths; else 0
  std::uint64_t characters = 0;  // which it has, by their lowest six bits
  std::uint32_t length = 0;      // in characters
  int rarity = 0;  // hundredths of a bit that an agreement on it weighs more than on one of mean frequency
  bool has_number = false;

  friend bool operator==(const Term& a, const Term& b) { return a.hash == b.hash && a.text == b.text; }
};

// One record: for each field of the model its values. Their hashes stand side by side, so that asking what
// two records have in common reads little memory.
class Profile {
 public:
  // `hashes`: of the values; `ends`: for each field the index behind its last value.
  Profile(std::span<const Term* const> values, std::span<const std::uint64_t> hashes,
          std::span<const std::uint16_t> ends)
      : values_(values), hashes_(hashes), ends_(ends) {}
  std::span<const Term* const> operator[](std::size_t field) const {
    return values_.subspan(Begin(field), ends_[field] - Begin(field));
  }
  std::span<const std::uint64_t> hashes(std::size_t field) const {
    return hashes_.subspan(Begin(field), ends_[field] - Begin(field));
  }
  bool Has(std::size_t field) const { return Begin(field) != ends_[field]; }

 private:
  std::size_t Begin(std::size_t field) const { return field == 0 ? 0 : ends_[field - 1]; }

  std::span<const Term* const> values_;
  std::span<const std::uint64_t> hashes_;
  std::span<const std::uint16_t> ends_;
};

}  // namespace crossbill::linkage
