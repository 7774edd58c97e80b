#include "facade/decision_book.h"

#include <algorithm>

namespace crossbill::facade {

Status BusDecisionBook::Write(const v1::Decision& decision) {
  return writer_.Write(
      {topics_.Decisions(), 0, decision.name(), decision.SerializeAsString(), "crossbill.v1.Decision"});
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
