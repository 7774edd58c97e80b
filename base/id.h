// Identifiers made from content, and strong types for them.
#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <string>
#include <string_view>

namespace crossbill {

// An identifier that converts to nothing by itself: StrongId<struct CustomerTag>.
template <class Tag>
class StrongId {
 public:
  StrongId() = default;
  explicit StrongId(std::string value) : value_(std::move(value)) {}
  const std::string& value() const { return value_; }
  bool empty() const { return value_.empty(); }
  friend auto operator<=>(const StrongId&, const StrongId&) = default;

 private:
  std::string value_;
};

struct Hash128 {
  std::uint64_t high = 0;
  std::uint64_t low = 0;
  std::string ToHex() const;  // 32 lower-case hex digits
  void ToHex(std::string& text) const;
  friend auto operator<=>(const Hash128&, const Hash128&) = default;
};

std::uint64_t HashOf(std::string_view bytes,
                     std::uint64_t seed = 0);  // XXH3, 64 bits; stable across machines
Hash128 Hash128Of(std::string_view bytes);     // XXH3, 128 bits
// Parts are hashed with their lengths, so that ("a","bc") differs from ("ab","c").
Hash128 Hash128Of(std::initializer_list<std::string_view> parts);
// A short, readable id: `length` characters of Crockford's base 32 in lower case (no i, l, o, u), from the
// hash's high bits.
std::string ShortId(const Hash128& hash, int length = 13);

}  // namespace crossbill

template <class Tag>
struct std::hash<crossbill::StrongId<Tag>> {
  std::size_t operator()(const crossbill::StrongId<Tag>& id) const { return crossbill::HashOf(id.value()); }
};
template <>
struct std::hash<crossbill::Hash128> {
  std::size_t operator()(const crossbill::Hash128& h) const { return h.low; }
};
