#include "facade/document_book.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "bus/read_topic.h"
#include "transforms/sdk/source_event.h"

namespace crossbill::facade {

// One event for each record on the left, together: each goes where its record goes.
Status BusDocumentBook::Write(const v1::DocumentDecision& decision) {
  std::set<std::string> keys;
  for (const v1::RecordPair& pair : decision.pairs()) {
    keys.insert(transforms::RecordKey(pair.left()));
  }
  const std::string value = decision.SerializeAsString();
  std::vector<DecisionRecord> records;
  for (const std::string& key : keys) {
    records.push_back({topic_, -1, key, value, "crossbill.v1.DocumentDecision"});
  }
  return writer_.Write(records);
}

Result<v1::DocumentDecision> BusDocumentBook::Find(std::string_view name) {
  CROSSBILL_TRY(const std::vector<v1::DocumentDecision> all, All());
  const auto found = std::find_if(all.begin(), all.end(),
                                  [&](const v1::DocumentDecision& each) { return each.name() == name; });
  if (found == all.end()) {
    return Error(Code::kNotFound, "no decision of documents \"" + std::string(name) + "\"");
  }
  return *found;
}

Result<std::vector<v1::DocumentDecision>> BusDocumentBook::All() {
  std::map<std::string, v1::DocumentDecision> by_name;
  CROSSBILL_RETURN_IF_ERROR(
      bus::ReadTopic(bus_, topic_ + ".reader", topic_, [&](const bus::FetchedRecord& fetched) -> Status {
        v1::DocumentDecision decision;
        const auto& value = fetched.record.value;
        if (!value || !decision.ParseFromArray(value->data(), static_cast<int>(value->size()))) {
          return Error(Code::kEventDecode, "not a crossbill.v1.DocumentDecision",
                       std::string(fetched.record.key));
        }
        const auto [known, is_new] = by_name.try_emplace(decision.name(), decision);
        if (!is_new && decision.undone()) {
          known->second = std::move(decision);
        }
        return Ok();
      }));
  std::vector<v1::DocumentDecision> all;
  for (auto& [name, decision] : by_name) {
    all.push_back(std::move(decision));
  }
  const auto time = [](const v1::DocumentDecision& decision) {
    const auto parsed = Timestamp::Parse(decision.decided_at());
    return parsed.ok() ? parsed->micros() : 0;
  };
  std::stable_sort(all.begin(), all.end(), [&](const v1::DocumentDecision& a, const v1::DocumentDecision& b) {
    return time(a) < time(b);
  });
  return all;
}

}  // namespace crossbill::facade
