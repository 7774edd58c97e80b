#include "facade/decision_book.h"

#include <algorithm>
#include <array>

#include "bus/event_headers.h"

namespace crossbill::facade {
namespace {

constexpr int kAttempts = 3;  // another process may write at the same moment: the later one fences the first

}  // namespace

Status BusDecisionBook::Write(const v1::Decision& decision) {
  const std::scoped_lock lock(mutex_);
  const std::string value = decision.SerializeAsString();
  const std::array<bus::HeaderView, 5> headers = {{{bus::kHeaderSpecVersion, "1.0"},
                                                   {bus::kHeaderType, "crossbill.v1.Decision"},
                                                   {bus::kHeaderSource, "crossbill/steward"},
                                                   {bus::kHeaderSubject, decision.name()},
                                                   {bus::kHeaderContentType, "application/protobuf"}}};
  bus::RecordView record;
  record.key = decision.name();
  record.value = value;
  record.headers = headers;
  record.timestamp_ms = clock_.Now().millis();
  const auto send = [&]() -> Status {
    CROSSBILL_TRY(const auto producer, bus_.OpenProducer(topics_.prefix() + ".steward"));
    CROSSBILL_RETURN_IF_ERROR(producer->Begin());
    CROSSBILL_RETURN_IF_ERROR(producer->Send(topics_.Decisions(), 0, record));
    return producer->Commit();
  };
  Status status = send();
  for (int attempt = 1; attempt < kAttempts && !status.ok() && status.error().code() == Code::kBusFenced;
       ++attempt) {
    status = send();
  }
  return status;
}

Result<v1::Decision> BusDecisionBook::Find(std::string_view name) {
  CROSSBILL_TRY(const std::vector<v1::Decision> all, All());
  const auto found =
      std::find_if(all.begin(), all.end(), [&](const v1::Decision& each) { return each.name() == name; });
  if (found == all.end()) {
    return Error(Code::kNotFound, "no decision \"" + std::string(name) + "\"");
  }
  return *found;
}

Result<std::vector<v1::Decision>> BusDecisionBook::All() {
  std::vector<v1::Decision> all;
  CROSSBILL_RETURN_IF_ERROR(
      bus::ReadCompacted(bus_, topics_.Decisions(), [&](const bus::RecordView& record) -> Status {
        if (!all.emplace_back().ParseFromArray(record.value->data(),
                                               static_cast<int>(record.value->size()))) {
          return Error(Code::kEventDecode, "not a crossbill.v1.Decision", std::string(record.key));
        }
        return Ok();
      }));
  const auto place = [](const v1::Decision& decision) {
    const auto time = Timestamp::Parse(decision.decided_at());
    return std::pair(time.ok() ? time->micros() : 0, decision.name());
  };
  std::sort(all.begin(), all.end(),
            [&](const v1::Decision& a, const v1::Decision& b) { return place(a) < place(b); });
  return all;
}

}  // namespace crossbill::facade
