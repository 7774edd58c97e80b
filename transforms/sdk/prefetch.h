// Going through many things whose state is read: some hundred of them have theirs looked up together, which
// is much cheaper than one by one (bus::StateStore::Prefetch). Any thread.
#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "bus/bus.h"

namespace crossbill::transforms {

// More would be dropped from the store's cache before they are read.
inline constexpr std::size_t kPrefetched = 512;

// `add_keys(thing, keys)` says what `visit(thing)` will read. `visit` must not change the range.
template <class Range, class AddKeys, class Visit>
Status VisitPrefetched(const Range& range, bus::StateStore& state, AddKeys add_keys, Visit visit) {
  for (auto next = range.begin(); next != range.end();) {
    auto first = next;
    std::vector<std::string> keys;
    for (std::size_t i = 0; i < kPrefetched && next != range.end(); ++i, ++next) {
      add_keys(*next, keys);
    }
    if (!keys.empty()) {
      state.Prefetch(std::move(keys));
    }
    for (; first != next; ++first) {
      CROSSBILL_RETURN_IF_ERROR(visit(*first));
    }
  }
  return Ok();
}

}  // namespace crossbill::transforms
