#include "transforms/evidence/evidence.h"

#include <string>
#include <string_view>

#include "crossbill/v1/internal.pb.h"
#include "transforms/evidence/number_places.h"
#include "transforms/evidence/testimony.h"
#include "transforms/sdk/dead_letter.h"

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
    CROSSBILL_TRY(const NumberPlaces::Change change,
                  NumberPlaces::Apply(record.key, mention, context.state()));
    const std::string before = FindEvidence(change.before).SerializeAsString();
    const std::string now = FindEvidence(change.after).SerializeAsString();
    if (before != now) {
      bus::RecordView out;
      out.key = record.key;
      out.value = now;
      out.timestamp_ms = record.timestamp_ms;
      context.Emit(evidence_, out);
    }
    return Ok();
  }

  Status Flush(Context&) override { return Ok(); }

 private:
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
