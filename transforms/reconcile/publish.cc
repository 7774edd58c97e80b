#include "transforms/reconcile/publish.h"

#include <algorithm>
#include <cstring>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/id.h"
#include "crossbill/v1/exception.pb.h"
#include "transforms/reconcile/exception_lives.h"
#include "transforms/sdk/dead_letter.h"
#include "transforms/sdk/output_event.h"
#include "transforms/sdk/wire.h"

namespace crossbill::transforms {
namespace {

constexpr std::size_t kStepRecords = 4096;
constexpr std::string_view kExceptions = "exceptions/";

// A PublishClaim without copies.
struct ClaimView {
  std::string_view owner, topic, value, settled_by;
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
    if (reader.IsBytes(5)) {
      claim.settled_by = reader.bytes();
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
  PublishProcessor(bus::Topics topics, const PublishOptions& options)
      : topics_(std::move(topics)),
        decisions_(topics_.ExceptionDecisions()),
        lives_(options.keep_resolved_days) {}
  void AddKeys(std::string_view topic, const bus::RecordView& record,
               std::vector<std::string>& keys) const override {
    if (topic != decisions_) {
      keys.emplace_back(record.key);
    }
  }
  Status Process(std::string_view topic, const bus::RecordView& record, Context& context) override;
  Status Flush(Context& context) override;
  bool owes() const override { return lives_.owes(); }

 private:
  // A name that this batch touched.
  struct Touched {
    Standing standing;
    std::string value;         // the owner's, when it came with this batch
    std::string topic_before;  // where a value is published; empty: nowhere
    Hash128 hash_before;
    std::string settled_by;  // of an exception that was given up
  };
  class ExceptionWriter final : public ExceptionLives::Writer {
   public:
    ExceptionWriter(PublishProcessor& processor, Context& context)
        : processor_(processor), context_(context) {}
    void Write(const std::string& name, std::optional<std::string_view> value) override {
      processor_.Emit(processor_.topics_.Exceptions(), name, value, context_);
    }
    void Forward(const v1::ExceptionDecision& decision) override {
      const std::string value = decision.SerializeAsString();
      EmitOutput(context_, {processor_.decisions_, decision.exception(), value,
                            "crossbill.v1.ExceptionDecision", "crossbill/publish", processor_.newest_ms_});
    }

   private:
    PublishProcessor& processor_;
    Context& context_;
  };
  Result<Touched*> Touch(std::string_view name, Context& context);
  static void Take(Touched& touched, const ClaimView& claim);
  static void GiveUp(Touched& touched, const ClaimView& claim);
  Status Decide(const bus::RecordView& record, Context& context);
  void Publish(const std::string& name, const Touched& touched, Context& context);
  Status PublishException(const std::string& name, const Touched& touched, Context& context);
  void Emit(const std::string& topic, const std::string& name, std::optional<std::string_view> value,
            Context& context);

  bus::Topics topics_;
  const std::string decisions_;  // their topic
  ExceptionLives lives_;
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

void PublishProcessor::GiveUp(Touched& touched, const ClaimView& claim) {
  Standing& standing = touched.standing;
  if (claim.owner != standing.owner) {
    standing.waiting.erase(std::string(claim.owner));
    return;
  }
  touched.settled_by = claim.settled_by;
  if (standing.waiting.empty()) {
    standing = {};
    return;
  }
  const auto next = standing.waiting.extract(standing.waiting.begin());
  ClaimView heir;
  CROSSBILL_CHECK(ReadClaim(next.mapped(), heir));
  Take(touched, heir);
}

Status PublishProcessor::Process(std::string_view topic, const bus::RecordView& record, Context& context) {
  newest_ms_ = std::max(newest_ms_, record.timestamp_ms);
  if (topic == decisions_) {
    return Decide(record, context);
  }
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
    GiveUp(*touched, claim);
  } else if (owner.empty() || owner == claim.owner) {
    Take(*touched, claim);
  } else {
    touched->standing.waiting.insert_or_assign(std::string(claim.owner), std::string(*record.value));
  }
  return Ok();
}

Status PublishProcessor::Decide(const bus::RecordView& record, Context& context) {
  v1::ExceptionDecision decision;
  const bool parsed =
      record.value && decision.ParseFromArray(record.value->data(), static_cast<int>(record.value->size()));
  if (!parsed || decision.exception() != record.key || !record.key.starts_with(kExceptions)) {
    EmitDeadLetter(context, topics_.DeadLetters(), record, Code::kEventDecode,
                   "expected an ExceptionDecision under its exception's name");
    return Ok();
  }
  return lives_.Decide(context, decision);
}

Status PublishProcessor::Flush(Context& context) {
  for (const auto& [name, touched] : touched_) {
    if (touched.standing.owner.empty()) {
      context.state().Delete(name);
    } else {
      context.state().Put(name, Encode(touched.standing));
    }
    if (name.starts_with(kExceptions)) {
      CROSSBILL_RETURN_IF_ERROR(PublishException(name, touched, context));
    } else {
      Publish(name, touched, context);
    }
  }
  touched_.clear();
  ExceptionWriter writer(*this, context);
  return lives_.Flush(context, newest_ms_, writer);
}

// The finding goes into the exception's life, which is published when the stage settles.
Status PublishProcessor::PublishException(const std::string& name, const Touched& touched, Context& context) {
  const Standing& standing = touched.standing;
  if (!standing.owner.empty()) {
    const bool same = standing.topic == touched.topic_before && standing.hash == touched.hash_before;
    return same ? Ok() : lives_.Find(context.state(), name, touched.value);
  }
  if (touched.topic_before.empty()) {
    return Ok();
  }
  CROSSBILL_TRY(const bool known, lives_.Lose(context.state(), name, touched.settled_by));
  if (!known) {
    Emit(touched.topic_before, name, std::nullopt, context);
  }
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

Stage PublishStage(const bus::Topics& topics, const PublishOptions& options) {
  Stage stage;
  stage.name = "publish";
  stage.step_records = kStepRecords;
  stage.after_sources =
      true;  // an exception for lack of a document that is still to be read would stay as resolved
  stage.inputs = {topics.Publish(), topics.ExceptionDecisions()};
  stage.make = [topics, options](std::int32_t) {
    return std::make_unique<PublishProcessor>(topics, options);
  };
  return stage;
}

}  // namespace crossbill::transforms
