// The first stage of routing, partitioned by source record: see README.md.
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "bus/event_headers.h"
#include "crossbill/v1/document.pb.h"
#include "transforms/routing/clues.h"
#include "transforms/routing/decided_records.h"
#include "transforms/routing/document_facts.h"
#include "transforms/routing/mentions.h"
#include "transforms/routing/routed.h"
#include "transforms/routing/routing.h"
#include "transforms/routing/scan.h"
#include "transforms/sdk/dead_letter.h"
#include "transforms/sdk/source_event.h"
#include "transforms/sdk/wire.h"

namespace crossbill::transforms {
namespace {

// The kinds whose numbers other documents refer to; others are not announced.
std::string_view AnnouncedKind(int kind) {
  switch (kind) {
    case v1::Document::QUOTE:
      return "QUOTE";
    case v1::Document::ORDER:
      return "ORDER";
    case v1::Document::SHIPMENT:
      return "SHIPMENT";
    case v1::Document::INVOICE:
      return "INVOICE";
    case v1::Document::PAYMENT:
      return "PAYMENT";
    default:
      return {};
  }
}

int KindOfName(std::string_view name) {
  if (name == "quote") {
    return v1::Document::QUOTE;
  }
  if (name == "order") {
    return v1::Document::ORDER;
  }
  if (name == "shipment") {
    return v1::Document::SHIPMENT;
  }
  if (name == "invoice") {
    return v1::Document::INVOICE;
  }
  if (name == "payment") {
    return v1::Document::PAYMENT;
  }
  return v1::Document::INTERACTION;
}

// What is known of a source record: its newest version and where that was sent. A deleted record keeps its
// sequence, so that an older version that comes late stays dropped.
struct Place {
  std::int64_t sequence = 0;
  std::string route;      // the routing key; empty: deleted
  std::string announced;  // its number's reference key, when `route` is a party's key; empty: none
  std::string clues;      // what else it is found by there, one a line
  std::string mentioned;  // the numbers of which <prefix>.internal.mention was told, one a line
};

void EncodePlace(const Place& place, std::string& out) {
  out.clear();
  AppendVarint(out, static_cast<std::uint64_t>(place.sequence));
  AppendPart(out, place.route);
  AppendPart(out, place.announced);
  if (!place.clues.empty() || !place.mentioned.empty()) {
    AppendPart(out, place.clues);
  }
  if (!place.mentioned.empty()) {
    AppendPart(out, place.mentioned);
  }
}

bool DecodePlace(std::string_view bytes, Place& place) {
  std::uint64_t sequence = 0;
  std::string_view route, announced, clues, mentioned;
  if (!TakeVarint(bytes, sequence) || !TakePart(bytes, route) || !TakePart(bytes, announced) ||
      (!bytes.empty() && !TakePart(bytes, clues)) || (!bytes.empty() && !TakePart(bytes, mentioned))) {
    return false;
  }
  place = {static_cast<std::int64_t>(sequence), std::string(route), std::string(announced),
           std::string(clues), std::string(mentioned)};
  return true;
}

class Intake final : public Processor {
 public:
  explicit Intake(const bus::Topics& topics)
      : routing_(topics.Routing()),
        reconcile_(topics.Reconcile()),
        dead_letters_(topics.DeadLetters()),
        decisions_(topics.DocumentDecisions()),
        mentions_(topics.Mentions()) {
    for (const std::string& kind : bus::Topics::DocumentKinds()) {
      kinds_[topics.Source(kind)] = KindOfName(kind);
    }
  }

  void AddKeys(std::string_view /*topic*/, const bus::RecordView& record,
               std::vector<std::string>& keys) const override {
    keys.emplace_back(record.key);
  }

  Status Process(std::string_view topic, const bus::RecordView& record, Context& context) override {
    SourceKey source;
    if (!SplitSourceKey(record.key, source)) {
      return Refuse(context, record, "the key is not \"system/stream/key\"");
    }
    if (topic == decisions_) {
      return OnDecision(source, record, context);
    }
    CROSSBILL_TRY(const auto stored, context.state().Get(record.key));
    Place old;
    if (stored && !DecodePlace(*stored, old)) {
      return Damaged(record.key);
    }
    const bool removed = IsDeletion(record);
    std::int64_t sequence = 0;
    if (!ReadSequence(record, sequence)) {
      // The tombstone that follows a typed deletion says nothing new; alone it means what is known by now.
      if (record.value) {
        return Refuse(context, record,
                      "no header ce_sequence with a number: which version is newer is not known");
      }
      if (!stored || old.route.empty()) {
        return Ok();
      }
      sequence = old.sequence;
    } else if (stored && !Counts(record, sequence, old.sequence)) {
      return Ok();
    }
    const bool forgotten = !record.Header(bus::kHeaderErasure).empty();
    if (removed && forgotten && !stored) {
      return Ok();
    }
    facts_ = DocumentFacts();

    Place place;
    place.sequence = sequence;
    Routed routed;
    routed.system = source.system;
    routed.stream = source.stream;
    routed.key = source.key;
    routed.kind = static_cast<std::uint32_t>(kinds_.find(topic)->second);
    routed.sequence = sequence;
    if (!removed) {
      ScannedDocument scanned;
      if (!ScanDocument(*record.value, scanned)) {
        return Refuse(context, record, "the value is not a protobuf message");
      }
      next_places_ = FindPlace(source, scanned, *record.value, static_cast<int>(routed.kind), place);
      routed.document = *record.value;
      routed.next_places = next_places_;
      CROSSBILL_TRY(decided_of_, decided_.Of(record.key, context.state()));
      routed.decisions = decided_of_;
    }
    Move(routed, old, place, record.timestamp_ms, context);
    mentions_.Tell(routed, place.route, facts_, {old.mentioned, place.mentioned}, record.timestamp_ms,
                   context);
    if (removed && forgotten) {  // nothing is kept of it, not even its key
      context.state().Delete(record.key);
      return Ok();
    }
    EncodePlace(place, encoded_);
    context.state().Put(record.key, encoded_);
    return Ok();
  }

  Status Flush(Context&) override { return Ok(); }

 private:
  static Error Damaged(std::string_view record) {
    return Error(Code::kBusCorrupt, "the state of intake is damaged", std::string(record));
  }

  // Kept for whatever comes of the record; where it was sent, the decisions follow it the same way.
  Status OnDecision(const SourceKey& source, const bus::RecordView& record, Context& context) {
    v1::DocumentDecision decision;
    if (!record.value ||
        !decision.ParseFromArray(record.value->data(), static_cast<int>(record.value->size()))) {
      return Refuse(context, record, "not a crossbill.v1.DocumentDecision");
    }
    CROSSBILL_TRY(const bool changed, decided_.Apply(record.key, decision, context.state()));
    CROSSBILL_TRY(const auto stored, context.state().Get(record.key));
    Place place;
    if (stored && !DecodePlace(*stored, place)) {
      return Damaged(record.key);
    }
    if (!changed || place.route.empty()) {
      return Ok();
    }
    CROSSBILL_TRY(decided_of_, decided_.Of(record.key, context.state()));
    Routed routed;
    routed.system = source.system;
    routed.stream = source.stream;
    routed.key = source.key;
    routed.sequence = place.sequence;
    routed.decisions = decided_of_;
    routed.decisions_only = true;
    SendTo(place.route, routed, record.timestamp_ms, context);
    return Ok();
  }

  // What takes the place of an equal version, because a person was forgotten, counts though it is not newer.
  static bool Counts(const bus::RecordView& record, std::int64_t sequence, std::int64_t before) {
    return sequence > before || (sequence == before && !record.Header(bus::kHeaderErasure).empty());
  }

  Status Refuse(Context& context, const bus::RecordView& record, std::string_view why) const {
    EmitDeadLetter(context, dead_letters_, record, Code::kEventDecode, why);
    return Ok();
  }

  // Sets where it goes, and what it is found by there; returns the places to be tried when it is not found
  // there, one a line.
  std::string FindPlace(const SourceKey& source, const ScannedDocument& scanned, std::string_view bytes,
                        int kind, Place& place) {
    if (!scanned.customer_id.empty()) {
      place.route = PartyKey(source.system, scanned.customer_id);
      const std::string_view announced = AnnouncedKind(kind);
      if (!scanned.number.empty() && !announced.empty()) {
        place.announced = ReferenceKey(source.system, announced, scanned.number);
      }
      const bool meets = kind == v1::Document::ORDER || kind == v1::Document::INVOICE;
      if (meets && ReadDocumentFacts(bytes, FactsOf::kDocument, facts_)) {
        place.clues = CluesOf(facts_);
        place.mentioned = NumbersOf(facts_);
      }
      return {};
    }
    const std::string places = PlacesToLook(kind, bytes);
    if (!scanned.reference_kind.empty()) {
      place.route = ReferenceKey(source.system, scanned.reference_kind, scanned.reference_number);
      return places;
    }
    std::string_view rest = places, first;
    if (TakeLine(rest, first)) {
      place.route = first;
      return std::string(rest);
    }
    place.route = OwnKey(source.system, source.stream, source.key);
    return {};
  }

  // Tells the old place and the new one. A party's place announces the number, and takes the old one back.
  void Move(Routed& routed, const Place& old, const Place& place, std::int64_t timestamp_ms,
            Context& context) {
    if (!old.route.empty() && old.route != place.route) {
      Routed removal = routed;
      removal.document = {};
      removal.decisions = {};
      removal.removed = true;
      removal.next_places = {};
      removal.number_key_before = old.announced;
      removal.clues_before = old.clues;
      SendTo(old.route, removal, timestamp_ms, context);
    }
    if (!place.route.empty()) {
      routed.number_key = place.announced;
      if (old.route == place.route && old.announced != place.announced) {
        routed.number_key_before = old.announced;
      }
      routed.clues = place.clues;
      if (old.route == place.route && old.clues != place.clues) {
        routed.clues_before = old.clues;
      }
      SendTo(place.route, routed, timestamp_ms, context);
    }
  }

  void SendTo(const std::string& route, Routed& routed, std::int64_t timestamp_ms, Context& context) {
    routed.via = route;
    // One that leads nowhere stands alone: it needs no join and goes straight on.
    const bool joins = IsPartyKey(route) || IsReferenceKey(route) || IsClueKey(route);
    Send(joins ? routing_ : reconcile_, route, routed, timestamp_ms, context);
  }

  void Send(const std::string& topic, std::string_view key, const Routed& routed, std::int64_t timestamp_ms,
            Context& context) {
    bytes_.clear();
    AppendRouted(routed, bytes_);
    bus::RecordView out;
    out.key = key;
    out.value = bytes_;
    out.timestamp_ms = timestamp_ms;
    context.Emit(topic, out);
  }

  std::string routing_;
  std::string reconcile_;
  std::string dead_letters_;
  std::string decisions_;
  MentionOutlet mentions_;
  std::map<std::string, int, std::less<>> kinds_;
  DecidedRecords decided_;
  DocumentFacts facts_;  // of the record that is processed
  std::string bytes_;    // reused
  std::string encoded_;  // reused
  std::string next_places_;
  std::string decided_of_;
};

}  // namespace

Stage IntakeStage(const bus::Topics& topics) {
  Stage stage;
  stage.name = "intake";
  for (const std::string& kind : bus::Topics::DocumentKinds()) {
    stage.inputs.push_back(topics.Source(kind));
  }
  stage.inputs.push_back(topics.DocumentDecisions());  // partitioned by the same key
  stage.make = [topics](std::int32_t) { return std::make_unique<Intake>(topics); };
  return stage;
}

}  // namespace crossbill::transforms
