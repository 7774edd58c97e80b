#include "app/steward_topics.h"

#include <algorithm>
#include <map>

#include "transforms/sdk/source_event.h"

namespace crossbill::app {

Result<v1::SourceRef> ParseRecord(const std::string& text) {
  transforms::SourceKey parts;
  if (!transforms::SplitSourceKey(text, parts)) {
    return Error(Code::kUsage, "\"" + text + "\" is no record: SYSTEM/STREAM/KEY");
  }
  v1::SourceRef record;
  record.set_system(std::string(parts.system));
  record.set_stream(std::string(parts.stream));
  record.set_key(std::string(parts.key));
  return record;
}

Result<std::vector<v1::Review>> ReadReviews(bus::Bus& bus, const bus::Topics& topics) {
  std::vector<v1::Review> reviews;
  CROSSBILL_RETURN_IF_ERROR(
      bus::ReadCompacted(bus, topics.Reviews(), [&](const bus::RecordView& record) -> Status {
        if (!reviews.emplace_back().ParseFromArray(record.value->data(),
                                                   static_cast<int>(record.value->size()))) {
          return Error(Code::kEventDecode, "not a crossbill.v1.Review", std::string(record.key));
        }
        return Ok();
      }));
  return reviews;
}

Result<v1::Review> FindReview(bus::Bus& bus, const bus::Topics& topics, const std::string& name) {
  CROSSBILL_TRY(const std::vector<v1::Review> reviews, ReadReviews(bus, topics));
  const auto found = std::find_if(reviews.begin(), reviews.end(),
                                  [&](const v1::Review& review) { return review.name() == name; });
  if (found == reviews.end()) {
    return Error(Code::kNotFound, "no open question \"" + name + "\"; `crossbill review` has them");
  }
  return *found;
}

Result<std::vector<v1::Party>> ReadParties(bus::Bus& bus, const bus::Topics& topics,
                                           const std::vector<std::string>& keys) {
  std::map<std::string, v1::Party, std::less<>> found;
  CROSSBILL_RETURN_IF_ERROR(
      bus::ReadCompacted(bus, topics.Source("party"), [&](const bus::RecordView& record) -> Status {
        if (std::find(keys.begin(), keys.end(), record.key) == keys.end()) {
          return Ok();
        }
        if (!found[std::string(record.key)].ParseFromArray(record.value->data(),
                                                           static_cast<int>(record.value->size()))) {
          return Error(Code::kEventDecode, "not a crossbill.v1.Party", std::string(record.key));
        }
        return Ok();
      }));
  std::vector<v1::Party> parties;
  for (const std::string& key : keys) {
    const auto party = found.find(key);
    if (party == found.end()) {
      return Error(Code::kNotFound, "no party record \"" + key + "\"");
    }
    CROSSBILL_TRY(*party->second.mutable_source(), ParseRecord(key));
    parties.push_back(std::move(party->second));
  }
  return parties;
}

}  // namespace crossbill::app
