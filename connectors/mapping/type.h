// The static types of expressions: {null, bool, int, decimal, text, date, timestamp, money, list<T>, map,
// record, dyn}. Every type includes null. dyn is a value whose type is only known when a row is there.
// Values; any thread.
#pragma once

#include <cstdint>
#include <deque>
#include <string>

#include "connectors/sdk/value.h"

namespace crossbill::mapping {

using connectors::Arena;
using connectors::MapEntry;
using connectors::Schema;
using connectors::Value;
using connectors::ValueType;

enum class Kind : std::uint8_t {
  kNull,
  kBool,
  kInt,
  kDecimal,
  kText,
  kDate,
  kTimestamp,
  kMoney,
  kList,
  kMap,
  kRecord,
  kDyn
};

struct Type {
  Kind kind = Kind::kDyn;
  const Type* element = nullptr;   // of a list; nullptr: dyn
  const Schema* schema = nullptr;  // of a record
};

inline constexpr Type kDynType{Kind::kDyn};
inline constexpr Type kNullType{Kind::kNull};
inline constexpr Type kBoolType{Kind::kBool};
inline constexpr Type kIntType{Kind::kInt};
inline constexpr Type kDecimalType{Kind::kDecimal};
inline constexpr Type kTextType{Kind::kText};
inline constexpr Type kDateType{Kind::kDate};
inline constexpr Type kTimestampType{Kind::kTimestamp};
inline constexpr Type kMoneyType{Kind::kMoney};
inline constexpr Type kMapType{Kind::kMap};
inline constexpr Type kTextListType{Kind::kList, &kTextType};

// Sets of kinds: what a parameter takes.
using Kinds = std::uint16_t;
constexpr Kinds Bit(Kind kind) { return static_cast<Kinds>(1u << static_cast<unsigned>(kind)); }
constexpr Kinds Bit(ValueType type) { return static_cast<Kinds>(1u << static_cast<unsigned>(type)); }
inline constexpr Kinds kText = Bit(Kind::kText);
inline constexpr Kinds kInt = Bit(Kind::kInt);
inline constexpr Kinds kNumber = Bit(Kind::kInt) | Bit(Kind::kDecimal);
inline constexpr Kinds kDate = Bit(Kind::kDate);
inline constexpr Kinds kTime = Bit(Kind::kTimestamp);
inline constexpr Kinds kBool = Bit(Kind::kBool);
inline constexpr Kinds kMoney = Bit(Kind::kMoney);
inline constexpr Kinds kList = Bit(Kind::kList);
inline constexpr Kinds kMapping = Bit(Kind::kMap) | Bit(Kind::kRecord);
inline constexpr Kinds kScalar = kText | kNumber | kDate | kTime | kBool | kMoney;
inline constexpr Kinds kAny = kScalar | kList | kMapping;

std::string NameOf(const Type& type);  // "list<text>"
std::string NamesOf(Kinds kinds);      // "text, int or decimal"
bool Same(const Type& a, const Type& b);
const Type& ElementOf(const Type& list);  // dyn where it is not known
Type OfColumn(ValueType type);            // kNull: dyn; lists and maps have dyn members

// Types that others point to live as long as the pool.
class TypePool {
 public:
  const Type* Keep(const Type& type);
  Type ListOf(const Type& element) { return {Kind::kList, Keep(element)}; }
  // The type of "either a or b": null joins everything, int joins decimal, what differs is dyn.
  Type Join(const Type& a, const Type& b);

 private:
  std::deque<Type> types_;
};

}  // namespace crossbill::mapping
