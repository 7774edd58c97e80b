#include "transforms/sdk/owed_keys.h"

namespace crossbill::transforms {

Status OwedKeys::Resume(bus::StateStore& state) {
  return state.Scan(section_, [&](std::string_view key, std::string_view) {
    keys_.emplace(key.substr(section_.size()), true);
    return true;
  });
}

void OwedKeys::Add(std::string_view key) {
  if (keys_.emplace(key, false).second) {
    added_.emplace_back(key);
  }
}

void OwedKeys::Done(bus::StateStore& state, std::string_view key) {
  const auto found = keys_.find(key);
  if (found == keys_.end()) {
    return;
  }
  if (found->second) {
    state.Delete(section_ + found->first);
  }
  keys_.erase(found);
}

std::string OwedKeys::Next() {
  auto next = keys_.upper_bound(last_);
  if (next == keys_.end()) {
    next = keys_.begin();
  }
  last_ = next->first;
  return last_;
}

void OwedKeys::Store(bus::StateStore& state) {
  for (const std::string& key : added_) {
    const auto found = keys_.find(key);
    if (found != keys_.end() && !found->second) {
      state.Put(section_ + key, "");
      found->second = true;
    }
  }
  added_.clear();
}

}  // namespace crossbill::transforms
