#include "transforms/identity/identity.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "crossbill/v1/erasure.pb.h"
#include "crossbill/v1/internal.pb.h"
#include "transforms/identity/codec.h"
#include "transforms/identity/decisions.h"
#include "transforms/identity/forgotten.h"
#include "transforms/identity/ledger.h"
#include "transforms/identity/matcher.h"
#include "transforms/identity/resolution.h"
#include "transforms/identity/reviews.h"
#include "transforms/identity/shared_documents.h"
#include "transforms/sdk/dead_letter.h"
#include "transforms/sdk/output_event.h"
#include "transforms/sdk/routing_keys.h"
#include "transforms/sdk/source_event.h"

namespace crossbill::transforms {
namespace {

// Changes with how the state is laid out.
constexpr std::string_view kLayout = "layout 3";
constexpr std::string_view kLayoutWithBlocks = "layout 2";  // had the index in the state
constexpr std::string_view kBlockKinds = "hm";              // first letters of its keys
constexpr std::string_view kOptions = "options";
constexpr std::string_view kNewest = "newest_ms";
constexpr std::size_t kMostArrivals = 512;  // together; a megabyte or two
constexpr std::size_t kMostOfParty = 8;     // records; of a party with more its documents say nothing

class Identity final : public Processor {
 public:
  Identity(const bus::Topics& topics, const IdentityOptions& options)
      : topics_(topics),
        options_(options),
        forgotten_(options.erasure_key),
        ledger_(*options_.comparer),
        matcher_(*options_.comparer,
                 {.find = [this](std::uint64_t number) { return ledger_.Find(number); },
                  .find_all =
                      [this](std::span<const std::uint64_t> numbers) {
                        return ledger_.FindAll(numbers, options_.for_each_part);
                      },
                  .visit_all = [this](const auto& visit) { return ledger_.VisitResidents(visit); }},
                 options_.for_each_part) {}

  void AddKeys(std::string_view topic, const bus::RecordView& record,
               std::vector<std::string>& keys) const override {
    if (topic == evidence_topic_) {
      keys.push_back(SharedDocuments::EntryOf(record.key));
    } else if (topic == parties_topic_) {
      Ledger::AddKeyOfNumber(record.key, keys);
    }
  }

  Status Process(std::string_view topic, const bus::RecordView& record, Context& context) override {
    CROSSBILL_RETURN_IF_ERROR(Use(context.state()));
    CROSSBILL_RETURN_IF_ERROR(LookAtOptions());
    newest_ms_ = std::max(newest_ms_, record.timestamp_ms);
    if (topic == parties_topic_) {
      return TakeParty(record, context);
    }
    CROSSBILL_RETURN_IF_ERROR(EnterArrivals());
    if (topic == erasures_topic_) {
      return TakeErasure(record, context);
    }
    return topic == evidence_topic_ ? TakeEvidence(record, context) : TakeDecision(record, context);
  }

  Status Flush(Context& context) override {
    CROSSBILL_RETURN_IF_ERROR(Use(context.state()));
    CROSSBILL_RETURN_IF_ERROR(LookAtOptions());
    CROSSBILL_RETURN_IF_ERROR(EnterArrivals());
    CROSSBILL_TRY(const auto forgotten, TakeOutForgotten());
    if (changed_.empty()) {
      return Ok();
    }
    ledger_.SetNote(kNewest, std::to_string(newest_ms_));
    const IdentityState state{*options_.comparer, ledger_, matcher_, decisions_, reviews_};
    Resolution resolution(topics_, options_, state, context, newest_ms_);
    CROSSBILL_RETURN_IF_ERROR(resolution.Run(std::exchange(changed_, {}), std::exchange(parties_, {})));
    CROSSBILL_TRY(const std::set<std::uint64_t> affected, resolution.Affected());
    if (!affected.empty()) {
      Resolution related(topics_, options_, state, context, newest_ms_);
      CROSSBILL_RETURN_IF_ERROR(related.Run(affected, {}));
    }
    for (const auto& [number, key] : forgotten) {
      ledger_.Purge(number, key);
    }
    return Ok();
  }

 private:
  Status Use(bus::StateStore& state) {
    state_ = &state;
    ledger_.Use(state);
    matcher_.Use(state);
    decisions_.Use(state);
    reviews_.Use(state);
    documents_.Use(state);
    return forgotten_.Use(state);
  }

  // Another comparer, or other authorities: everything is compared anew.
  Status LookAtOptions() {
    if (looked_) {
      return Ok();
    }
    looked_ = true;
    CROSSBILL_TRY(const std::string newest, ledger_.Note(kNewest));
    std::int64_t newest_ms = 0;
    std::from_chars(newest.data(), newest.data() + newest.size(), newest_ms);
    newest_ms_ = std::max(newest_ms_, newest_ms);
    std::string now = std::string(kLayout) + "|" + options_.comparer->version();
    for (const std::string& system : options_.authority) {
      now += "|" + system;
    }
    CROSSBILL_TRY(const std::string before, ledger_.Note(kOptions));
    if (before == now) {
      return Ok();
    }
    CROSSBILL_RETURN_IF_ERROR(Upgrade(before));
    ledger_.SetNote(kOptions, now);
    return before.empty() ? Ok() : CompareAllAnew();
  }

  // State that an older version laid out otherwise.
  Status Upgrade(std::string_view options) {
    if (options.empty() || options.starts_with(kLayout)) {
      return Ok();
    }
    if (options.starts_with(kLayoutWithBlocks)) {
      for (const char kind : kBlockKinds) {
        CROSSBILL_RETURN_IF_ERROR(DeleteAll(*state_, kind));
      }
      return Ok();
    }
    return Error(Code::kBusCorrupt,
                 "the state of identity was written by an older version, which laid it out otherwise: "
                 "start with an empty state and read the sources again",
                 "identity");
  }

  Status CompareAllAnew() {
    CROSSBILL_RETURN_IF_ERROR(matcher_.Clear());
    std::vector<std::uint64_t> numbers;
    CROSSBILL_RETURN_IF_ERROR(ledger_.VisitRecords([&](const PartyRecord& record) {
      ledger_.Put(record);
      numbers.push_back(record.number);
      return Ok();
    }));
    for (const std::uint64_t number : numbers) {
      CROSSBILL_TRY(const ResidentPtr record, ledger_.Find(number));
      CROSSBILL_RETURN_IF_ERROR(matcher_.Enter(record, changed_));
    }
    CROSSBILL_TRY(const std::vector<SharedDocuments::Pair> pairs, documents_.All());
    for (const auto& [left, right] : pairs) {
      CROSSBILL_RETURN_IF_ERROR(Attest(left, right));
    }
    return Ok();
  }

  Status Refuse(Context& context, const bus::RecordView& record, std::string_view why) const {
    EmitDeadLetter(context, topics_.DeadLetters(), record, Code::kEventDecode, why);
    return Ok();
  }

  Status TakeDecision(const bus::RecordView& record, Context& context) {
    v1::Decision decision;
    if (record.value &&
        !decision.ParseFromArray(record.value->data(), static_cast<int>(record.value->size()))) {
      return Refuse(context, record, "not a crossbill.v1.Decision");
    }
    std::set<std::string> keys;
    CROSSBILL_RETURN_IF_ERROR(decisions_.Apply(record.key, decision, keys));
    for (const std::string& key : keys) {
      CROSSBILL_RETURN_IF_ERROR(Touch(key));
    }
    return Ok();
  }

  Status TakeEvidence(const bus::RecordView& record, Context& context) {
    v1::PartyEvidence evidence;
    if (record.value &&
        !evidence.ParseFromArray(record.value->data(), static_cast<int>(record.value->size()))) {
      return Refuse(context, record, "not a crossbill.v1.PartyEvidence");
    }
    std::set<SharedDocuments::Pair> pairs;
    CROSSBILL_RETURN_IF_ERROR(documents_.Apply(record.key, evidence, pairs));
    for (const auto& [left, right] : pairs) {
      CROSSBILL_RETURN_IF_ERROR(Attest(left, right));
    }
    return Ok();
  }

  // What the documents of two parties say holds for their records.
  Status Attest(const std::string& left, const std::string& right) {
    CROSSBILL_TRY(const auto of_left, ledger_.RecordsOfParty(left));
    CROSSBILL_TRY(const auto of_right, ledger_.RecordsOfParty(right));
    // Of a party with one record too many nothing holds any more; with more of them it was so before.
    const std::size_t most = std::max(of_left.size(), of_right.size());
    if (of_left.empty() || of_right.empty() || most > kMostOfParty + 1) {
      return Ok();
    }
    CROSSBILL_TRY(const int counts, documents_.Between(left, right));
    const int documents = most > kMostOfParty ? 0 : counts;
    CROSSBILL_RETURN_IF_ERROR(matcher_.Load());
    for (const std::string& one : of_left) {
      for (const std::string& other : of_right) {
        CROSSBILL_TRY(const ResidentPtr one_record, ResidentOf(one));
        CROSSBILL_TRY(const ResidentPtr other_record, ResidentOf(other));
        CROSSBILL_RETURN_IF_ERROR(matcher_.Attest(*one_record, *other_record, documents, changed_));
      }
    }
    return Ok();
  }

  Result<ResidentPtr> ResidentOf(const std::string& key) {
    CROSSBILL_TRY(const auto number, ledger_.NumberOf(key));
    return number ? ledger_.Find(*number) : DamagedState("a party's record");
  }

  // What is forgotten goes with the next flush; a forgotten party's documents stand together at a place
  // without its number.
  Status TakeErasure(const bus::RecordView& record, Context& context) {
    CROSSBILL_RETURN_IF_ERROR(forgotten_.Take(record));
    v1::Erasure erasure;
    if (!record.value ||
        !erasure.ParseFromArray(record.value->data(), static_cast<int>(record.value->size())) ||
        erasure.kind() != v1::Erasure::PARTY) {
      return Ok();
    }
    v1::Assignment assignment;
    assignment.set_customer(erasure.name());
    const std::string value = assignment.SerializeAsString();
    const std::string topic = topics_.Assignments();
    OutputEvent event{topic,     erasure.place(), value, "crossbill.v1.Assignment", "crossbill/identity",
                      newest_ms_};
    if (erasure.allowed()) {
      event.value.reset();
    }
    EmitOutput(context, event);
    return Ok();
  }

  // Nothing tells them but the hashes of their keys, so all are looked at.
  Result<std::vector<std::pair<std::uint64_t, std::string>>> TakeOutForgotten() {
    std::vector<std::pair<std::uint64_t, std::string>> forgotten;
    if (!forgotten_.TakeNews()) {
      return forgotten;
    }
    CROSSBILL_RETURN_IF_ERROR(ledger_.VisitKeys([&](std::string_view key, std::uint64_t number) {
      if (forgotten_.IsDropped(key)) {
        forgotten.emplace_back(number, key);
      }
    }));
    for (const auto& [number, key] : forgotten) {
      CROSSBILL_TRY(const PartyRecord old, ledger_.Record(number));
      PartyRecord gone;
      gone.key = key;
      gone.sequence = old.sequence;
      gone.deleted = true;
      CROSSBILL_RETURN_IF_ERROR(Replace(&old, std::move(gone)));
    }
    return forgotten;
  }

  Status Touch(std::string_view key) {
    CROSSBILL_TRY(const auto number, ledger_.NumberOf(key));
    if (number) {
      changed_.insert(*number);
    }
    return Ok();
  }

  Status TakeParty(const bus::RecordView& record, Context& context) {
    SourceKey source;
    if (!SplitSourceKey(record.key, source)) {
      return Refuse(context, record, "the key is not \"system/stream/key\"");
    }
    if (forgotten_.IsDropped(record.key)) {
      return Ok();
    }
    CROSSBILL_TRY(const auto number, ledger_.NumberOf(record.key));
    PartyRecord old;
    if (number) {
      CROSSBILL_TRY(old, ledger_.Record(*number));
    }
    PartyRecord next;
    next.key = record.key;
    next.deleted = IsDeletion(record);
    if (!ReadSequence(record, next.sequence)) {
      // The tombstone that follows a typed deletion says nothing new; alone it means what is known by now.
      if (record.value) {
        return Refuse(context, record,
                      "no header ce_sequence with a number: which version is newer is not known");
      }
      if (!number || old.deleted) {
        return Ok();
      }
      next.sequence = old.sequence;
    } else if (number && next.sequence <= old.sequence) {
      return Ok();
    }
    if (!next.deleted &&
        !next.party.ParseFromArray(record.value->data(), static_cast<int>(record.value->size()))) {
      return Refuse(context, record, "not a crossbill.v1.Party");
    }
    next.party.mutable_source()->set_system(std::string(source.system));
    next.party.mutable_source()->set_stream(std::string(source.stream));
    next.party.mutable_source()->set_key(std::string(source.key));
    return number || next.deleted ? Replace(number ? &old : nullptr, std::move(next))
                                  : Arrive(std::move(next));
  }

  // A party that was never there waits for others: they are cleaned and compared together.
  Status Arrive(PartyRecord next) {
    CROSSBILL_TRY(next.number, ledger_.NextNumber());
    CROSSBILL_RETURN_IF_ERROR(NoteChange(next));
    ledger_.PutRecord(next);
    arrivals_.push_back(std::move(next));
    return arrivals_.size() < kMostArrivals ? Ok() : EnterArrivals();
  }

  // Before anything else is looked at or changed.
  Status EnterArrivals() {
    if (arrivals_.empty()) {
      return Ok();
    }
    CROSSBILL_RETURN_IF_ERROR(matcher_.Load());
    const std::vector<PartyRecord> arrivals = std::exchange(arrivals_, {});
    const std::vector<ResidentPtr> residents = ledger_.PutValues(arrivals, options_.for_each_part);
    CROSSBILL_RETURN_IF_ERROR(matcher_.EnterAll(residents, changed_));
    for (const PartyRecord& record : arrivals) {
      CROSSBILL_RETURN_IF_ERROR(NoteParty(record, true));
    }
    return Ok();
  }

  Status Replace(const PartyRecord* old, PartyRecord next) {
    CROSSBILL_RETURN_IF_ERROR(EnterArrivals());
    CROSSBILL_RETURN_IF_ERROR(matcher_.Load());
    if (old != nullptr) {
      next.number = old->number;
    } else {
      CROSSBILL_TRY(next.number, ledger_.NextNumber());
    }
    CROSSBILL_RETURN_IF_ERROR(NoteChange(next));
    if (old != nullptr && !old->deleted) {
      CROSSBILL_TRY(const ResidentPtr before, ledger_.Find(old->number));
      CROSSBILL_RETURN_IF_ERROR(matcher_.Leave(*before, changed_));
      CROSSBILL_RETURN_IF_ERROR(NoteParty(*old, false));
    }
    const ResidentPtr resident = ledger_.Put(next);
    if (resident == nullptr) {
      return Ok();
    }
    CROSSBILL_RETURN_IF_ERROR(matcher_.Enter(resident, changed_));
    return NoteParty(next, true);
  }

  Status NoteChange(const PartyRecord& record) {
    changed_.insert(record.number);
    // Who hangs together with it by a person's word alone has no pair that says so.
    CROSSBILL_TRY(const std::vector<Verdict> verdicts, decisions_.Of(record.key));
    for (const Verdict& verdict : verdicts) {
      CROSSBILL_RETURN_IF_ERROR(Touch(verdict.other));
    }
    return Ok();
  }

  Status NoteParty(const PartyRecord& record, bool in) {
    if (record.party.id().empty()) {
      return Ok();
    }
    const std::string key = PartyKey(record.party.source().system(), record.party.id());
    parties_.insert(key);
    CROSSBILL_RETURN_IF_ERROR(ledger_.SetParty(key, record.key, in));
    CROSSBILL_TRY(const std::vector<std::string> others, documents_.OthersOf(key));
    for (const std::string& other : others) {
      CROSSBILL_RETURN_IF_ERROR(Attest(key, other));
    }
    return Ok();
  }

  bus::Topics topics_;
  std::string parties_topic_ = topics_.Source("party");
  std::string erasures_topic_ = topics_.Erasures();
  std::string evidence_topic_ = topics_.Evidence();
  IdentityOptions options_;
  bus::StateStore* state_ = nullptr;  // of the call
  Forgotten forgotten_;
  Ledger ledger_;
  Matcher matcher_;
  Decisions decisions_;
  Reviews reviews_;
  SharedDocuments documents_;
  std::vector<PartyRecord> arrivals_;  // not in the index yet
  std::set<std::uint64_t> changed_;    // since the last flush
  std::set<std::string> parties_;
  std::int64_t newest_ms_ = 0;  // of the records read
  bool looked_ = false;         // whether the options are those of the last run
};

}  // namespace

Stage IdentityStage(const bus::Topics& topics, const IdentityOptions& options) {
  Stage stage;
  stage.name = "identity";
  stage.inputs = {topics.Source("party"), topics.Decisions(), topics.Erasures(), topics.Evidence()};
  stage.single = true;
  stage.make = [topics, options](std::int32_t) { return std::make_unique<Identity>(topics, options); };
  return stage;
}

}  // namespace crossbill::transforms
