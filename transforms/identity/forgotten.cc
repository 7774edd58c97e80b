#include "transforms/identity/forgotten.h"

#include <utility>

#include "transforms/identity/codec.h"

namespace crossbill::transforms {
namespace {

constexpr char kErasure = 'x';  // first letter of the state's keys

}  // namespace

Status Forgotten::Use(bus::StateStore& state) {
  state_ = &state;
  if (read_) {
    return Ok();
  }
  read_ = true;
  Status applied;
  const auto apply = [&](std::string_view key, std::string_view value) {
    applied = erasures_.Apply({key, value, {}, 0});
    return applied.ok();
  };
  // The key of the hashes first: all others were made with it.
  CROSSBILL_TRY(const auto key, state.Get(StateKey(kErasure, "", kErasureKey)));
  if (key && !apply(kErasureKey, *key)) {
    return applied;
  }
  const std::string prefix = StateKey(kErasure, "");
  CROSSBILL_RETURN_IF_ERROR(state.Scan(prefix, [&](std::string_view stored, std::string_view value) {
    return apply(stored.substr(prefix.size()), value);
  }));
  return applied;
}

Status Forgotten::Take(const bus::RecordView& record) {
  CROSSBILL_RETURN_IF_ERROR(erasures_.Apply(record));
  const auto entry = erasures_.entries().find(std::string(record.key));
  const bool of_record = entry != erasures_.entries().end() && entry->second.kind() == v1::Erasure::RECORD;
  if (record.value && (of_record || record.key == kErasureKey)) {
    state_->Put(StateKey(kErasure, "", record.key), *record.value);
  }
  news_ = news_ || (of_record && !entry->second.allowed());
  return Ok();
}

}  // namespace crossbill::transforms
