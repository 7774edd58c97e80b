#include "facade/decision_writer.h"

#include <array>

#include "bus/event_headers.h"

namespace crossbill::facade {
namespace {

constexpr int kAttempts = 3;  // another process may write at the same moment: the later one fences the first

Status SendOne(bus::Producer& producer, const DecisionRecord& decision, std::int64_t now_ms) {
  const std::array<bus::HeaderView, 5> headers = {{{bus::kHeaderSpecVersion, "1.0"},
                                                   {bus::kHeaderType, decision.message},
                                                   {bus::kHeaderSource, "crossbill/steward"},
                                                   {bus::kHeaderSubject, decision.key},
                                                   {bus::kHeaderContentType, "application/protobuf"}}};
  bus::RecordView record;
  record.key = decision.key;
  record.value = decision.value;
  record.headers = headers;
  record.timestamp_ms = now_ms;
  return producer.Send(decision.topic, decision.partition, record);
}

}  // namespace

Status DecisionWriter::Write(std::span<const DecisionRecord> records) {
  const std::scoped_lock lock(mutex_);
  Status status = Send(records);
  for (int attempt = 1; attempt < kAttempts && !status.ok() && status.error().code() == Code::kBusFenced;
       ++attempt) {
    status = Send(records);
  }
  return status;
}

Status DecisionWriter::Send(std::span<const DecisionRecord> records) {
  CROSSBILL_TRY(const auto producer, bus_.OpenProducer(producer_));
  CROSSBILL_RETURN_IF_ERROR(producer->Begin());
  for (const DecisionRecord& record : records) {
    CROSSBILL_RETURN_IF_ERROR(SendOne(*producer, record, clock_.Now().millis()));
  }
  return producer->Commit();
}

}  // namespace crossbill::facade
