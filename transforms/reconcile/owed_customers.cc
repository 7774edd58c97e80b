#include "transforms/reconcile/owed_customers.h"

namespace crossbill::transforms {
namespace {

constexpr std::string_view kSection = "o";

std::string KeyOf(std::string_view customer) {
  std::string key(kSection);
  key += customer;
  return key;
}

}  // namespace

Status OwedCustomers::Resume(bus::StateStore& state) {
  return state.Scan(kSection, [&](std::string_view key, std::string_view) {
    customers_.emplace(key.substr(kSection.size()), true);
    return true;
  });
}

void OwedCustomers::Add(std::string_view customer) {
  if (customers_.emplace(customer, false).second) {
    added_.emplace_back(customer);
  }
}

void OwedCustomers::Done(bus::StateStore& state, std::string_view customer) {
  const auto found = customers_.find(customer);
  if (found == customers_.end()) {
    return;
  }
  if (found->second) {
    state.Delete(KeyOf(customer));
  }
  customers_.erase(found);
}

std::string OwedCustomers::Next() {
  auto next = customers_.upper_bound(last_);
  if (next == customers_.end()) {
    next = customers_.begin();
  }
  last_ = next->first;
  return last_;
}

void OwedCustomers::Store(bus::StateStore& state) {
  for (const std::string& customer : added_) {
    const auto found = customers_.find(customer);
    if (found != customers_.end() && !found->second) {
      state.Put(KeyOf(customer), "");
      found->second = true;
    }
  }
  added_.clear();
}

}  // namespace crossbill::transforms
