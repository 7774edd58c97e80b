#include "transforms/reconcile/publish.h"

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/id.h"
#include "transforms/sdk/dead_letter.h"
#include "transforms/sdk/output_event.h"
#include "transforms/sdk/wire.h"

namespace crossbill::transforms {
namespace {

// A PublishClaim without copies.
struct ClaimView {
  std::string_view owner, topic, value;
  bool removed = false;
};

bool ReadClaim(std::string_view bytes, ClaimView& claim) {
  WireReader reader(bytes);
  while (reader.Next()) {
    if (reader.IsBytes(1)) {
      claim.owner = reader.bytes();
    }
    if (reader.IsBytes(2)) {
      claim.topic = reader.bytes();
    }
    if (reader.IsBytes(3)) {
      claim.value = reader.bytes();
    }
    if (reader.IsVarint(4)) {
      claim.removed = reader.varint() != 0;
    }
  }
  return reader.ok();
}

// The claims on one name: the serialised PublishClaim by its owner. Stored one behind the other.
using Claims = std::map<std::string, std::string, std::less<>>;

std::string Encode(const Claims& claims) {
  std::string out;
  for (const auto& [owner, claim] : claims) {
    AppendPart(out, claim);
  }
  return out;
}

bool Decode(std::string_view bytes, Claims& claims) {
  std::string_view part;
  while (!bytes.empty()) {
    ClaimView claim;
    if (!TakePart(bytes, part) || !ReadClaim(part, claim)) {
      return false;
    }
    claims.insert_or_assign(std::string(claim.owner), std::string(part));
  }
  return true;
}

// The smallest owner's; empty when there is none.
ClaimView WinnerOf(const Claims& claims) {
  ClaimView winner;
  if (!claims.empty()) {
    CROSSBILL_CHECK(ReadClaim(claims.begin()->second, winner));
  }
  return winner;
}

class PublishProcessor : public Processor {
 public:
  explicit PublishProcessor(bus::Topics topics) : topics_(std::move(topics)) {}
  Status Process(std::string_view topic, const bus::RecordView& record, Context& context) override;
  Status Flush(Context& context) override;

 private:
  // A name that this batch touched.
  struct Touched {
    Claims claims;
    std::string topic;  // of the value that is published; empty: none is
    Hash128 value;      // its hash
  };
  Result<Touched*> Touch(std::string_view name, Context& context);
  void Publish(const std::string& name, const Touched& touched, Context& context);
  void Emit(const std::string& topic, const std::string& name, std::optional<std::string_view> value,
            Context& context);

  bus::Topics topics_;
  std::map<std::string, Touched, std::less<>>
      touched_;  // sorted: outputs do not depend on the order within a batch
  std::int64_t newest_ms_ = 0;
};

Result<PublishProcessor::Touched*> PublishProcessor::Touch(std::string_view name, Context& context) {
  const auto found = touched_.find(name);
  if (found != touched_.end()) {
    return &found->second;
  }
  Touched touched;
  CROSSBILL_TRY(const std::optional<std::string> stored, context.state().Get(name));
  if (stored && !Decode(*stored, touched.claims)) {
    return Error(Code::kBusCorrupt, "the stored claims on " + std::string(name) + " cannot be read");
  }
  const ClaimView before = WinnerOf(touched.claims);
  touched.topic = before.topic;
  touched.value = Hash128Of(before.value);
  return &touched_.emplace(std::string(name), std::move(touched)).first->second;
}

Status PublishProcessor::Process(std::string_view /*topic*/, const bus::RecordView& record,
                                 Context& context) {
  newest_ms_ = std::max(newest_ms_, record.timestamp_ms);
  ClaimView claim;
  const bool parsed = record.value && ReadClaim(*record.value, claim);
  if (!parsed || record.key.empty() || (!claim.removed && claim.topic.empty())) {
    EmitDeadLetter(context, topics_.DeadLetters(), record, Code::kEventDecode,
                   "expected a PublishClaim under a resource's name");
    return Ok();
  }
  CROSSBILL_TRY(Touched* const touched, Touch(record.key, context));
  if (claim.removed) {
    touched->claims.erase(std::string(claim.owner));
  } else {
    touched->claims.insert_or_assign(std::string(claim.owner), std::string(*record.value));
  }
  return Ok();
}

Status PublishProcessor::Flush(Context& context) {
  for (const auto& [name, touched] : touched_) {
    if (touched.claims.empty()) {
      context.state().Delete(name);
    } else {
      context.state().Put(name, Encode(touched.claims));
    }
    Publish(name, touched, context);
  }
  touched_.clear();
  return Ok();
}

void PublishProcessor::Publish(const std::string& name, const Touched& touched, Context& context) {
  const ClaimView winner = WinnerOf(touched.claims);
  if (!touched.topic.empty() && winner.topic != touched.topic) {
    Emit(touched.topic, name, std::nullopt, context);
  }
  if (touched.claims.empty() || (winner.topic == touched.topic && Hash128Of(winner.value) == touched.value)) {
    return;
  }
  Emit(std::string(winner.topic), name, winner.value, context);
}

void PublishProcessor::Emit(const std::string& topic, const std::string& name,
                            std::optional<std::string_view> value, Context& context) {
  const std::string_view message =
      topic == topics_.Exceptions() ? "crossbill.v1.Exception" : "crossbill.v1.UnifiedDocument";
  EmitOutput(context, {topic, name, value, message, "crossbill/publish", newest_ms_});
}

}  // namespace

Stage PublishStage(const bus::Topics& topics) {
  Stage stage;
  stage.name = "publish";
  stage.inputs = {topics.Publish()};
  stage.make = [topics](std::int32_t) { return std::make_unique<PublishProcessor>(topics); };
  return stage;
}

}  // namespace crossbill::transforms
