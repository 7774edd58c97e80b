// binary-float (file): bounds of similarities that are binary floats
#include "transforms/linkage/outline.h"

#include <algorithm>
#include <cstring>
#include <limits>
#include <new>
#include <type_traits>

#include "base/code_points.h"

namespace crossbill::linkage {
namespace {

constexpr unsigned kKinds = 16, kBits = 4, kMostOfKind = 15;
constexpr std::uint64_t kLowNibbles = 0x0F0F0F0F0F0F0F0FULL, kEachByte = 0x0101010101010101ULL;

std::uint64_t KindOf(char32_t character) { return character % kKinds; }

// The lesser of each byte; bytes are at most 127.
std::uint64_t LesserBytes(std::uint64_t a, std::uint64_t b) {
  constexpr std::uint64_t kHigh = kEachByte << 7;
  const std::uint64_t not_less = (((b | kHigh) - a) & kHigh) >> 7;  // 1 where b >= a
  const std::uint64_t mask = not_less * 0xFF;
  return (a & mask) | (b & ~mask);
}

std::uint32_t SumOfBytes(std::uint64_t bytes) { return static_cast<std::uint32_t>(bytes * kEachByte >> 56); }

bool IsVague(const Outline& a, const Outline& b) {
  return a.length == Outline::kVague || b.length == Outline::kVague;
}

// Characters that both have, at most.
std::uint32_t MostMatched(const Outline& a, const Outline& b) {
  const std::uint64_t even = LesserBytes(a.counts & kLowNibbles, b.counts & kLowNibbles);
  const std::uint64_t odd = LesserBytes(a.counts >> kBits & kLowNibbles, b.counts >> kBits & kLowNibbles);
  return SumOfBytes(even + odd);
}

std::uint32_t LeastDamerau(const Outline& a, const Outline& b) {
  return std::max(a.length, b.length) - MostMatched(a, b);
}

double MostJaroWinkler(const Outline& a, const Outline& b) {
  constexpr double kRounding = 1e-9, kShare = 0.1, kLongest = 4;
  const double m = MostMatched(a, b);
  if (m == 0) {
    return 0;
  }
  const double jaro = (m / a.length + m / b.length + 1) / 3, prefix = a.first == b.first ? kLongest : 0;
  return jaro + prefix * kShare * (1 - jaro) + kRounding;
}

// Letters of a text of words, at least.
std::uint32_t LeastLetters(const Outline& a) {
  const auto blanks = static_cast<std::uint32_t>(a.counts >> (kBits * KindOf(' ')) & kMostOfKind);
  return a.length - blanks;
}

// All words of the text with fewer words are in the other.
bool MayHoldAllWords(const Outline& a, const Outline& b) {
  return std::min(LeastLetters(a), LeastLetters(b)) <= MostMatched(a, b);
}

bool MayBeInitial(const Outline& a, const Outline& b) {
  return a.first == b.first && std::min(a.length, b.length) <= 1;
}

bool MayBeMistyped(const Outline& a, const Outline& b) { return LeastDamerau(a, b) <= 1; }

bool MayBeNearlyEqual(const Outline& a, const Outline& b) {
  return IsVague(a, b) || MostJaroWinkler(a, b) >= kNearlyEqual;
}

// Of two values that are not vague.
bool MayHold(const Condition& condition, const Outline& a, const Outline& b) {
  switch (condition.kind) {
    case Condition::Kind::kExact:
      return a.hash == b.hash;
    case Condition::Kind::kJaroWinkler:
      return MostJaroWinkler(a, b) >= condition.bound;
    case Condition::Kind::kDamerau:
    case Condition::Kind::kTypos:
      return LeastDamerau(a, b) <= condition.bound;
    case Condition::Kind::kWords:
      return condition.bound >= 1 ? MayHoldAllWords(a, b) : condition.bound <= 0 || MostMatched(a, b) > 0;
    case Condition::Kind::kNearWords:
    case Condition::Kind::kCutWords:
    case Condition::Kind::kGrams:
      return condition.bound <= 0 || MostMatched(a, b) > 0;
    case Condition::Kind::kStarts:
      return condition.bound <= 0 || (a.first == b.first && MostMatched(a, b) >= condition.bound);
    case Condition::Kind::kSameWords:
      return a.length == b.length && MostMatched(a, b) == a.length;
    case Condition::Kind::kInitial:
      return MayBeInitial(a, b);
    case Condition::Kind::kPrefix:
      return a.first == b.first && MostMatched(a, b) >= std::min(a.length, b.length);
    case Condition::Kind::kMistyped:
      return MayBeMistyped(a, b);
    case Condition::Kind::kSameYear:
      return a.first == b.first;
    case Condition::Kind::kDays:
    case Condition::Kind::kDaysBefore:
    case Condition::Kind::kPercent:
    case Condition::Kind::kDifference:
    case Condition::Kind::kExchanged:
      return true;
  }
  return true;
}

template <class Predicate>
bool AnyPair(std::span<const Outline> left, std::span<const Outline> right, const Predicate& predicate) {
  return std::any_of(left.begin(), left.end(), [&](const Outline& a) {
    return std::any_of(right.begin(), right.end(), [&](const Outline& b) { return predicate(a, b); });
  });
}

bool MayHold(const Condition& condition, const RecordOutline& left, const RecordOutline& right) {
  if (condition.IsCrossed()) {
    return HaveCrossed({condition.field, condition.other}, left.has(), right.has());
  }
  if (condition.kind == Condition::Kind::kExchanged) {
    return AnyPair(left[condition.field], right[condition.other], MayBeNearlyEqual) &&
           AnyPair(left[condition.other], right[condition.field], MayBeNearlyEqual);
  }
  const bool is_exact = condition.kind == Condition::Kind::kExact;
  return AnyPair(left[condition.field], right[condition.field], [&](const Outline& a, const Outline& b) {
    return (!is_exact && IsVague(a, b)) || MayHold(condition, a, b);
  });
}

}  // namespace

Outline OutlineOf(const Term& term) {
  Outline outline;
  outline.hash = static_cast<std::uint32_t>(term.hash);
  constexpr int kMostRarity = std::numeric_limits<std::int16_t>::max();
  outline.rarity = static_cast<std::int16_t>(std::clamp(term.rarity, -kMostRarity, kMostRarity));
  const CodePointsOf characters(term.text);
  const std::span<const char32_t> span = characters.span();
  bool vague = span.empty() || span.size() >= Outline::kVague;
  for (const char32_t character : span) {
    const std::uint64_t shift = kBits * KindOf(character);
    vague = vague || (outline.counts >> shift & kMostOfKind) == kMostOfKind;
    if (vague) {
      break;
    }
    outline.counts += std::uint64_t{1} << shift;
  }
  outline.length = vague ? Outline::kVague : static_cast<std::uint8_t>(span.size());
  outline.first = span.empty() ? 0 : static_cast<std::uint8_t>(span.front());
  return outline;
}

OwnedOutline::OwnedOutline(const Profile& profile, std::size_t fields) {
  shape_.fields = static_cast<std::uint16_t>(fields);
  for (std::size_t field = 0; field < fields; ++field) {
    shape_.values = static_cast<std::uint16_t>(shape_.values + profile[field].size());
    shape_.has |= profile.Has(field) ? std::uint32_t{1} << field : 0;
  }
  bytes_ = std::make_unique<std::byte[]>(shape_.bytes());
  std::byte* value_bytes = bytes_.get();
  std::byte* end_bytes = value_bytes + shape_.values * sizeof(Outline);
  std::uint16_t end = 0;
  for (std::size_t field = 0; field < fields; ++field) {
    for (const Term* term : profile[field]) {
      new (value_bytes + sizeof(Outline) * end++) Outline(OutlineOf(*term));
    }
    new (end_bytes + sizeof end * field) std::uint16_t(end);
  }
}

RecordOutline OwnedOutline::view() const {
  const auto* values = std::launder(reinterpret_cast<const Outline*>(bytes_.get()));
  const auto* ends =
      std::launder(reinterpret_cast<const std::uint16_t*>(bytes_.get() + shape_.values * sizeof(Outline)));
  return {{values, shape_.values}, {ends, shape_.fields}, shape_.has};
}

std::string OwnedOutline::Encode() const {
  if (empty()) {
    return {};
  }
  std::string bytes(sizeof shape_ + shape_.bytes(), '\0');
  std::memcpy(bytes.data(), &shape_, sizeof shape_);
  std::memcpy(bytes.data() + sizeof shape_, bytes_.get(), shape_.bytes());
  return bytes;
}

OwnedOutline OwnedOutline::Decode(std::string_view bytes) {
  static_assert(std::has_unique_object_representations_v<Outline> &&
                std::has_unique_object_representations_v<Shape>);
  OwnedOutline outline;
  if (bytes.size() < sizeof outline.shape_) {
    return {};
  }
  std::memcpy(&outline.shape_, bytes.data(), sizeof outline.shape_);
  bytes.remove_prefix(sizeof outline.shape_);
  if (outline.shape_.fields == 0 || bytes.size() != outline.shape_.bytes()) {
    return {};
  }
  outline.bytes_ = std::make_unique<std::byte[]>(bytes.size());
  std::memcpy(outline.bytes_.get(), bytes.data(), bytes.size());
  return outline.EndsFit() ? std::move(outline) : OwnedOutline();
}

bool OwnedOutline::EndsFit() const {
  const auto* ends =
      std::launder(reinterpret_cast<const std::uint16_t*>(bytes_.get() + shape_.values * sizeof(Outline)));
  const std::span<const std::uint16_t> all(ends, shape_.fields);
  return std::is_sorted(all.begin(), all.end()) && all.back() == shape_.values;
}

bool MayHold(const Level& level, const RecordOutline& left, const RecordOutline& right) {
  return std::all_of(level.conditions.begin(), level.conditions.end(),
                     [&](const Condition& condition) { return MayHold(condition, left, right); });
}

std::optional<int> MostCommonRarity(std::size_t field, const RecordOutline& left,
                                    const RecordOutline& right) {
  std::optional<int> most;
  for (const Outline& a : left[field]) {
    for (const Outline& b : right[field]) {
      if (a.hash == b.hash) {
        most = std::max(most.value_or(a.rarity), std::max<int>(a.rarity, b.rarity));
      }
    }
  }
  return most;
}

}  // namespace crossbill::linkage
