#include "transforms/evidence/evidence.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "crossbill/v1/internal.pb.h"
#include "transforms/evidence/number_places.h"
#include "transforms/evidence/testimony.h"
#include "transforms/sdk/dead_letter.h"
#include "transforms/sdk/prefetch.h"

namespace crossbill::transforms {
namespace {

class Evidence final : public Processor {
 public:
  explicit Evidence(const bus::Topics& topics)
      : evidence_(topics.Evidence()), dead_letters_(topics.DeadLetters()) {}

  Status Process(std::string_view, const bus::RecordView& record, Context& context) override {
    v1::NumberMention mention;
    if (!record.value ||
        !mention.ParseFromArray(record.value->data(), static_cast<int>(record.value->size()))) {
      EmitDeadLetter(context, dead_letters_, record, Code::kEventDecode, "not a crossbill.v1.NumberMention");
      return Ok();
    }
    newest_ms_ = std::max(newest_ms_, record.timestamp_ms);
    mentions_[std::string(record.key)].push_back(std::move(mention));
    return Ok();
  }

  // A number's place is read and written once for all that a step says of it.
  Status Flush(Context& context) override {
    CROSSBILL_RETURN_IF_ERROR(VisitPrefetched(
        mentions_, context.state(),
        [](const auto& entry, std::vector<std::string>& keys) { NumberPlaces::AddKeys(entry.first, keys); },
        [&](const auto& entry) { return Apply(entry.first, entry.second, context); }));
    mentions_.clear();
    return Ok();
  }

 private:
  Status Apply(const std::string& number, const std::vector<v1::NumberMention>& mentions, Context& context) {
    CROSSBILL_TRY(const NumberPlaces::Change change, NumberPlaces::Apply(number, mentions, context.state()));
    const std::string before = FindEvidence(change.before).SerializeAsString();
    const std::string now = FindEvidence(change.after).SerializeAsString();
    if (before != now) {
      context.Emit(evidence_, {number, now, {}, newest_ms_});
    }
    return Ok();
  }

  // What came since the last flush, in order of numbers: outputs do not depend on the order within a batch.
  std::map<std::string, std::vector<v1::NumberMention>> mentions_;
  std::int64_t newest_ms_ = 0;
  std::string evidence_;
  std::string dead_letters_;
};

}  // namespace

Stage EvidenceStage(const bus::Topics& topics) {
  Stage stage;
  stage.name = "evidence";
  stage.inputs = {topics.Mentions()};
  stage.make = [topics](std::int32_t) { return std::make_unique<Evidence>(topics); };
  return stage;
}

}  // namespace crossbill::transforms
