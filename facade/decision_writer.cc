#include "facade/decision_writer.h"

#include <array>

#include "bus/event_headers.h"

namespace crossbill::facade {
namespace {

constexpr int kAttempts = 3;  // another process may write at the same moment: the later one fences the first

}  // namespace

Status DecisionWriter::Write(const DecisionRecord& decision) {
  const std::scoped_lock lock(mutex_);
  Status status = Send(decision);
  for (int attempt = 1; attempt < kAttempts && !status.ok() && status.error().code() == Code::kBusFenced;
       ++attempt) {
    status = Send(decision);
  }
  return status;
}

Status DecisionWriter::Send(const DecisionRecord& decision) {
  const std::array<bus::HeaderView, 5> headers = {{{bus::kHeaderSpecVersion, "1.0"},
                                                   {bus::kHeaderType, decision.message},
                                                   {bus::kHeaderSource, "crossbill/steward"},
                                                   {bus::kHeaderSubject, decision.key},
                                                   {bus::kHeaderContentType, "application/protobuf"}}};
  bus::RecordView record;
  record.key = decision.key;
  record.value = decision.value;
  record.headers = headers;
  record.timestamp_ms = clock_.Now().millis();
  CROSSBILL_TRY(const auto producer, bus_.OpenProducer(producer_));
  CROSSBILL_RETURN_IF_ERROR(producer->Begin());
  CROSSBILL_RETURN_IF_ERROR(producer->Send(decision.topic, decision.partition, record));
  return producer->Commit();
}

}  // namespace crossbill::facade
