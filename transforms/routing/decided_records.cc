#include "transforms/routing/decided_records.h"

#include "transforms/sdk/record_decisions.h"

namespace crossbill::transforms {
namespace {

constexpr std::string_view kPrefix = "\2";

std::string KeyOf(std::string_view record) { return std::string(kPrefix) + std::string(record); }

Error Damaged(std::string_view record) {
  return Error(Code::kBusCorrupt, "what was decided of a record is damaged", std::string(record));
}

}  // namespace

Result<bool> DecidedRecords::Apply(std::string_view record, const v1::DocumentDecision& decision,
                                   bus::StateStore& state) {
  CROSSBILL_RETURN_IF_ERROR(Load(state));
  v1::RecordDecisions known;
  CROSSBILL_TRY(const auto stored, state.Get(KeyOf(record)));
  if (stored && !known.ParseFromString(*stored)) {
    return Damaged(record);
  }
  if (!AddDecision(decision, record, known)) {
    return false;
  }
  state.Put(KeyOf(record), known.SerializeAsString());
  records_.emplace(record);
  return true;
}

Result<std::string> DecidedRecords::Of(std::string_view record, bus::StateStore& state) {
  CROSSBILL_RETURN_IF_ERROR(Load(state));
  if (!records_.contains(record)) {
    return std::string();
  }
  v1::RecordDecisions known;
  CROSSBILL_TRY(const auto stored, state.Get(KeyOf(record)));
  if (!stored || !known.ParseFromString(*stored)) {
    return Damaged(record);
  }
  return StandingDecisions(known);
}

Status DecidedRecords::Load(bus::StateStore& state) {
  if (loaded_) {
    return Ok();
  }
  CROSSBILL_RETURN_IF_ERROR(state.Scan(kPrefix, [&](std::string_view key, std::string_view) {
    records_.emplace(key.substr(kPrefix.size()));
    return true;
  }));
  loaded_ = true;
  return Ok();
}

}  // namespace crossbill::transforms
