#include "transforms/reconcile/publish.h"

#include <algorithm>
#include <array>
#include <map>
#include <string>
#include <utility>

#include "base/id.h"
#include "bus/event_headers.h"
#include "crossbill/v1/internal.pb.h"
#include "transforms/sdk/dead_letter.h"

namespace crossbill::transforms {
namespace {

// The claims on one name, by owner; stored as PublishClaims one behind the other, each with its length in front.
using Claims = std::map<std::string, v1::PublishClaim, std::less<>>;

void AppendLength(std::string& out, std::size_t size) {
  for (int shift = 0; shift < 32; shift += 8) { out += static_cast<char>(size >> shift & 0xFF); }
}

std::string Encode(const Claims& claims) {
  std::string out;
  for (const auto& [owner, claim] : claims) {
    AppendLength(out, claim.ByteSizeLong());
    claim.AppendToString(&out);
  }
  return out;
}

bool Decode(std::string_view bytes, Claims& claims) {
  while (!bytes.empty()) {
    if (bytes.size() < 4) { return false; }
    std::size_t size = 0;
    for (std::size_t i = 0; i < 4; ++i) { size |= static_cast<std::size_t>(static_cast<unsigned char>(bytes[i])) << (8 * i); }
    bytes.remove_prefix(4);
    v1::PublishClaim claim;
    if (size > bytes.size() || !claim.ParseFromArray(bytes.data(), static_cast<int>(size))) { return false; }
    bytes.remove_prefix(size);
    std::string owner = claim.owner();
    claims.insert_or_assign(std::move(owner), std::move(claim));
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
    Claims claims;
    std::string topic;                 // of the value that is published; empty: none is
    std::string value;
  };
  Result<Touched*> Touch(std::string_view name, Context& context);
  void Publish(const std::string& name, const Touched& touched, Context& context);
  void Emit(const std::string& topic, const std::string& name, const std::string* value, Context& context);

  bus::Topics topics_;
  std::map<std::string, Touched, std::less<>> touched_;    // sorted: outputs do not depend on the order within a batch
  std::int64_t newest_ms_ = 0;
};

Result<PublishProcessor::Touched*> PublishProcessor::Touch(std::string_view name, Context& context) {
  const auto found = touched_.find(name);
  if (found != touched_.end()) { return &found->second; }
  Touched touched;
  CROSSBILL_TRY(const std::optional<std::string> stored, context.state().Get(name));
  if (stored && !Decode(*stored, touched.claims)) {
    return Error(Code::kBusCorrupt, "the stored claims on " + std::string(name) + " cannot be read");
  }
  if (!touched.claims.empty()) {
    touched.topic = touched.claims.begin()->second.topic();
    touched.value = touched.claims.begin()->second.value();
  }
  return &touched_.emplace(std::string(name), std::move(touched)).first->second;
}

Status PublishProcessor::Process(std::string_view /*topic*/, const bus::RecordView& record, Context& context) {
  newest_ms_ = std::max(newest_ms_, record.timestamp_ms);
  v1::PublishClaim claim;
  const bool parsed = record.value && claim.ParseFromArray(record.value->data(), static_cast<int>(record.value->size()));
  if (!parsed || record.key.empty() || (!claim.removed() && claim.topic().empty())) {
    EmitDeadLetter(context, topics_.DeadLetters(), record, Code::kEventDecode, "expected a PublishClaim under a resource's name");
    return Ok();
  }
  CROSSBILL_TRY(Touched* const touched, Touch(record.key, context));
  if (claim.removed()) {
    touched->claims.erase(claim.owner());
  } else {
    std::string owner = claim.owner();
    touched->claims.insert_or_assign(std::move(owner), std::move(claim));
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
  const v1::PublishClaim* winner = touched.claims.empty() ? nullptr : &touched.claims.begin()->second;
  if (!touched.topic.empty() && (winner == nullptr || winner->topic() != touched.topic)) { Emit(touched.topic, name, nullptr, context); }
  if (winner == nullptr || (winner->topic() == touched.topic && winner->value() == touched.value)) { return; }
  Emit(winner->topic(), name, &winner->value(), context);
}

void PublishProcessor::Emit(const std::string& topic, const std::string& name, const std::string* value, Context& context) {
  std::string type = topic == topics_.Exceptions() ? "crossbill.v1.Exception" : "crossbill.v1.UnifiedDocument";
  if (value == nullptr) { type += bus::kDeletedSuffix; }
  const std::string id = ShortId(Hash128Of({name, value != nullptr ? std::string_view(*value) : std::string_view()}), 26);
  const std::array<bus::HeaderView, 6> headers = {{{bus::kHeaderSpecVersion, "1.0"},
                                                   {bus::kHeaderId, id},
                                                   {bus::kHeaderType, type},
                                                   {bus::kHeaderSource, "crossbill/publish"},
                                                   {bus::kHeaderSubject, name},
                                                   {bus::kHeaderContentType, "application/protobuf"}}};
  bus::RecordView record;
  record.key = name;
  if (value != nullptr) { record.value = *value; }
  record.headers = headers;
  record.timestamp_ms = newest_ms_;
  context.Emit(topic, record);
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
