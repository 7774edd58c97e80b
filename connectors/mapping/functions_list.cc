// Lists. Null elements are passed over by join, sum, min and max.
#include <fmt/format.h>

#include "connectors/mapping/functions.h"
#include "connectors/mapping/operators.h"

namespace crossbill::mapping {
namespace {

bool First(const Call&, std::span<const Value> a, Value& out) {
  return Give(out, a[0].AsList().empty() ? Value() : a[0].AsList().front());
}
bool Last(const Call&, std::span<const Value> a, Value& out) {
  return Give(out, a[0].AsList().empty() ? Value() : a[0].AsList().back());
}

bool Nth(const Call&, std::span<const Value> a, Value& out) {
  const auto list = a[0].AsList();
  const std::int64_t n = a[1].AsInt();
  return Give(out, n >= 0 && n < static_cast<std::int64_t>(list.size()) ? list[static_cast<std::size_t>(n)]
                                                                        : Value());
}

bool Sum(const Call& call, std::span<const Value> a, Value& out) {
  Value sum;
  for (const Value& item : a[0].AsList()) {
    if (item.IsNull()) {
      continue;
    }
    if ((Bit(item.type()) & (kNumber | kMoney)) == 0) {
      return call.Fail(fmt::format("sum() adds numbers or money, not {}", Shown(item)));
    }
    if (sum.IsNull()) {
      sum = item;
    } else if (!Apply(call.context, Op::kAdd, sum, item, sum)) {
      return false;
    }
  }
  return Give(out, sum);
}

bool Extreme(const Call& call, std::span<const Value> list, Op op, Value& out) {
  Value best;
  for (const Value& item : list) {
    if (item.IsNull()) {
      continue;
    }
    Value better;
    if (best.IsNull()) {
      best = item;
    } else if (!Apply(call.context, op, item, best, better)) {
      return false;
    } else if (better.AsBool()) {
      best = item;
    }
  }
  return Give(out, best);
}
bool Min(const Call& call, std::span<const Value> a, Value& out) {
  return Extreme(call, a[0].AsList(), Op::kLess, out);
}
bool Max(const Call& call, std::span<const Value> a, Value& out) {
  return Extreme(call, a[0].AsList(), Op::kGreater, out);
}

bool Join(const Call& call, std::span<const Value> a, Value& out) {
  const std::string_view separator = a.size() > 1 ? a[1].AsText() : std::string_view();
  std::string joined;
  bool any = false;
  for (const Value& item : a[0].AsList()) {
    if (item.IsNull()) {
      continue;
    }
    if ((Bit(item.type()) & kScalar) == 0) {
      return call.Fail(fmt::format("join() joins texts, not {}", Shown(item)));
    }
    joined.append(any ? separator : std::string_view()).append(TextOf(item, call.arena()));
    any = true;
  }
  return GiveText(call, joined, out);
}

bool Distinct(const Call& call, std::span<const Value> a, Value& out) {
  constexpr std::size_t kMost = 1000;  // compared in pairs
  const auto list = a[0].AsList();
  if (list.size() > kMost) {
    return call.Fail(fmt::format("distinct() takes at most {} elements", kMost));
  }
  Value* kept = call.arena().New<Value>(list.size());
  std::size_t n = 0;
  for (const Value& item : list) {
    bool known = item.IsNull();
    for (std::size_t i = 0; i < n && !known; ++i) {
      known = Equal(kept[i], item);
    }
    if (!known) {
      kept[n++] = item;
    }
  }
  return Give(out, Value::List({kept, n}));
}

constexpr FunctionDef kFunctions[] = {
    {"first",
     "first(list) → element",
     "The first element; null of an empty list.",
     "first([7, 8])",
     "7",
     {kList},
     1,
     1,
     ElementOfFirst,
     First},
    {"last",
     "last(list) → element",
     "The last element; null of an empty list.",
     "last([7, 8])",
     "8",
     {kList},
     1,
     1,
     ElementOfFirst,
     Last},
    {"nth",
     "nth(list, n) → element",
     "The n-th element from 0; null when there are fewer.",
     "nth([7, 8], 5) == null",
     "true",
     {kList, kInt},
     2,
     2,
     ElementOfFirst,
     Nth},
    {"sum",
     "sum(list) → number | money",
     "The sum of numbers, or of money of one currency. Null elements are passed over; null of nothing.",
     "sum([1, 2.50])",
     "3.50",
     {kList},
     1,
     1,
     ElementOfFirst,
     Sum},
    {"min",
     "min(list) → element",
     "The smallest element; null elements are passed over.",
     "min([3, 1, 2])",
     "1",
     {kList},
     1,
     1,
     ElementOfFirst,
     Min},
    {"max",
     "max(list) → element",
     "The largest element; null elements are passed over.",
     "max([3, 1, 2])",
     "3",
     {kList},
     1,
     1,
     ElementOfFirst,
     Max},
    {"join",
     "join(list[, separator]) → text",
     "The elements as one text; null elements are passed over.",
     "join([\"a\", \"b\"], \", \")",
     "a, b",
     {kList, kText},
     1,
     2,
     Always<kTextType>,
     Join},
    {"distinct",
     "distinct(list) → list",
     "Without null and without what was there before.",
     "join(distinct([1, 2, 1]), \" \")",
     "1 2",
     {kList},
     1,
     1,
     SameAsFirst,
     Distinct},
};

}  // namespace

std::span<const FunctionDef> ListFunctions() { return kFunctions; }

}  // namespace crossbill::mapping
