#include "transforms/reconcile/waiting_records.h"

#include <utility>

#include "transforms/reconcile/state_keys.h"

namespace crossbill::transforms {
namespace {

constexpr std::size_t kMostInMemory = 16384;

}  // namespace

void WaitingRecords::Add(bus::StateStore& state, std::string_view customer, std::string_view record) {
  state.Put(CustomerPrefix(section_, customer).append(record), "");
  if (more_in_state_) {
    return;  // it is read with them
  }
  if (next_.size() < kMostInMemory) {
    next_.emplace_back(record);
  } else {
    more_in_state_ = true;
  }
}

Result<std::optional<std::string>> WaitingRecords::Next(bus::StateStore& state, std::string_view customer) {
  if (next_.empty() && more_in_state_) {
    CROSSBILL_RETURN_IF_ERROR(ReadAhead(state, customer));
  }
  std::optional<std::string> record;
  if (!next_.empty()) {
    record = std::move(next_.front());
    next_.pop_front();
  }
  return record;
}

Status WaitingRecords::ReadAhead(bus::StateStore& state, std::string_view customer) {
  const std::string prefix = CustomerPrefix(section_, customer);
  CROSSBILL_RETURN_IF_ERROR(state.Scan(prefix, [&](std::string_view key, std::string_view) {
    next_.emplace_back(key.substr(prefix.size()));
    return next_.size() < kMostInMemory;
  }));
  more_in_state_ = next_.size() == kMostInMemory;
  return Ok();
}

}  // namespace crossbill::transforms
