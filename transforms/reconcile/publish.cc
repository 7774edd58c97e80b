#include "transforms/reconcile/publish.h"

#include <algorithm>
#include <cstring>
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

constexpr std::size_t kStepRecords = 4096;

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

// What is known of one name. The owner's value stands in its topic and is not kept here; of the others it is,
// for when the owner gives the name up.
struct Standing {
  std::string owner;  // whose value is published; empty: nobody claims the name
  std::string topic;
  Hash128 hash;                                             // of the published value
  std::map<std::string, std::string, std::less<>> waiting;  // others: the PublishClaim by its owner
};

std::string Encode(const Standing& standing) {
  std::string out;
  AppendPart(out, standing.owner);
  AppendPart(out, standing.topic);
  out.append(reinterpret_cast<const char*>(&standing.hash.high), sizeof(standing.hash.high));
  out.append(reinterpret_cast<const char*>(&standing.hash.low), sizeof(standing.hash.low));
  for (const auto& [owner, claim] : standing.waiting) {
    AppendPart(out, claim);
  }
  return out;
}

bool Decode(std::string_view bytes, Standing& standing) {
  std::string_view owner, topic, claim_bytes;
  constexpr std::size_t kHash = sizeof(standing.hash.high) + sizeof(standing.hash.low);
  if (!TakePart(bytes, owner) || !TakePart(bytes, topic) || bytes.size() < kHash) {
    return false;
  }
  standing.owner = owner;
  standing.topic = topic;
  std::memcpy(&standing.hash.high, bytes.data(), sizeof(standing.hash.high));
  std::memcpy(&standing.hash.low, bytes.data() + sizeof(standing.hash.high), sizeof(standing.hash.low));
  bytes.remove_prefix(kHash);
  while (!bytes.empty()) {
    ClaimView claim;
    if (!TakePart(bytes, claim_bytes) || !ReadClaim(claim_bytes, claim)) {
      return false;
    }
    standing.waiting.emplace(claim.owner, claim_bytes);
  }
  return true;
}

class PublishProcessor : public Processor {
 public:
  explicit PublishProcessor(bus::Topics topics) : topics_(std::move(topics)) {}
  Status Process(std::string_view topic, const bus::RecordView& record, Context& context) override;
  Status Flush(Context& context) override;

 private:
  // A name that this batch touched.
  struct Touched {
    Standing standing;
    std::string value;         // the owner's, when it came with this batch
    std::string topic_before;  // where a value is published; empty: nowhere
    Hash128 hash_before;
  };
  Result<Touched*> Touch(std::string_view name, Context& context);
  static void Take(Touched& touched, const ClaimView& claim);
  static void GiveUp(Touched& touched, std::string_view owner);
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
  if (stored && !Decode(*stored, touched.standing)) {
    return Error(Code::kBusCorrupt, "the stored claims on " + std::string(name) + " cannot be read");
  }
  touched.topic_before = touched.standing.topic;
  touched.hash_before = touched.standing.hash;
  return &touched_.emplace(std::string(name), std::move(touched)).first->second;
}

void PublishProcessor::Take(Touched& touched, const ClaimView& claim) {
  touched.standing.owner = claim.owner;
  touched.standing.topic = claim.topic;
  touched.standing.hash = Hash128Of(claim.value);
  touched.value = claim.value;
}

void PublishProcessor::GiveUp(Touched& touched, std::string_view owner) {
  Standing& standing = touched.standing;
  if (owner != standing.owner) {
    standing.waiting.erase(std::string(owner));
    return;
  }
  if (standing.waiting.empty()) {
    standing = {};
    return;
  }
  const auto next = standing.waiting.extract(standing.waiting.begin());
  ClaimView claim;
  CROSSBILL_CHECK(ReadClaim(next.mapped(), claim));
  Take(touched, claim);
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
  const std::string& owner = touched->standing.owner;
  if (claim.removed) {
    GiveUp(*touched, claim.owner);
  } else if (owner.empty() || owner == claim.owner) {
    Take(*touched, claim);
  } else {
    touched->standing.waiting.insert_or_assign(std::string(claim.owner), std::string(*record.value));
  }
  return Ok();
}

Status PublishProcessor::Flush(Context& context) {
  for (const auto& [name, touched] : touched_) {
    if (touched.standing.owner.empty()) {
      context.state().Delete(name);
    } else {
      context.state().Put(name, Encode(touched.standing));
    }
    Publish(name, touched, context);
  }
  touched_.clear();
  return Ok();
}

void PublishProcessor::Publish(const std::string& name, const Touched& touched, Context& context) {
  const Standing& standing = touched.standing;
  if (!touched.topic_before.empty() && standing.topic != touched.topic_before) {
    Emit(touched.topic_before, name, std::nullopt, context);
  }
  const bool same = standing.topic == touched.topic_before && standing.hash == touched.hash_before;
  if (!standing.owner.empty() && !same) {
    Emit(standing.topic, name, touched.value, context);
  }
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
  stage.step_records = kStepRecords;
  stage.inputs = {topics.Publish()};
  stage.make = [topics](std::int32_t) { return std::make_unique<PublishProcessor>(topics); };
  return stage;
}

}  // namespace crossbill::transforms
