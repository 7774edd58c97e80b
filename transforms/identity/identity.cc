#include "transforms/identity/identity.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "transforms/identity/ledger.h"
#include "transforms/identity/resolution.h"
#include "transforms/sdk/dead_letter.h"
#include "transforms/sdk/routing_keys.h"
#include "transforms/sdk/source_event.h"

namespace crossbill::transforms {
namespace {

// Changes with what features, scores or clusters are made of.
constexpr std::string_view kModel = "2";
constexpr std::string_view kOptions = "options";
constexpr std::string_view kNewest = "newest_ms";

class Identity final : public Processor {
 public:
  Identity(const bus::Topics& topics, IdentityOptions options)
      : topics_(topics), options_(std::move(options)), ledger_(options_.default_country) {}

  Status Process(std::string_view, const bus::RecordView& record, Context& context) override {
    ledger_.Use(context.state());
    newest_ms_ = std::max(newest_ms_, record.timestamp_ms);
    SourceKey source;
    if (!SplitSourceKey(record.key, source)) {
      return Refuse(context, record, "the key is not \"system/stream/key\"");
    }
    CROSSBILL_TRY(const PartyRecordPtr old, ledger_.Find(record.key));
    const bool removed = IsDeletion(record);
    std::int64_t sequence = 0;
    if (!ReadSequence(record, sequence)) {
      // The tombstone that follows a typed deletion says nothing new; alone it means what is known by now.
      if (record.value) {
        return Refuse(context, record,
                      "no header ce_sequence with a number: which version is newer is not known");
      }
      if (!old || old->deleted) {
        return Ok();
      }
      sequence = old->sequence;
    } else if (old && sequence <= old->sequence) {
      return Ok();
    }
    PartyRecord next;
    next.key = record.key;
    next.sequence = sequence;
    next.deleted = removed;
    if (!removed &&
        !next.party.ParseFromArray(record.value->data(), static_cast<int>(record.value->size()))) {
      return Refuse(context, record, "not a crossbill.v1.Party");
    }
    next.party.mutable_source()->set_system(std::string(source.system));
    next.party.mutable_source()->set_stream(std::string(source.stream));
    next.party.mutable_source()->set_key(std::string(source.key));
    if (!removed) {
      next.features = MakeFeatures(next.party, options_.default_country);
    }
    return Replace(old.get(), std::move(next));
  }

  Status Flush(Context& context) override {
    ledger_.Use(context.state());
    if (!looked_) {
      CROSSBILL_RETURN_IF_ERROR(LookAtOptions());
    }
    if (changed_.empty()) {
      return Ok();
    }
    ledger_.SetNote(kNewest, std::to_string(newest_ms_));
    Resolution resolution(topics_, options_, ledger_, context, newest_ms_);
    return resolution.Run(std::exchange(changed_, {}), std::exchange(parties_, {}));
  }

 private:
  // Other options or another making of features and scores: everything is compared anew.
  Status LookAtOptions() {
    looked_ = true;
    CROSSBILL_TRY(const std::string newest, ledger_.Note(kNewest));
    std::int64_t newest_ms = 0;
    std::from_chars(newest.data(), newest.data() + newest.size(), newest_ms);
    newest_ms_ = std::max(newest_ms_, newest_ms);
    std::string now =
        std::string(kModel) + "|" + std::to_string(options_.threshold) + "|" + options_.default_country;
    for (const std::string& system : options_.authority) {
      now += "|" + system;
    }
    CROSSBILL_TRY(const std::string before, ledger_.Note(kOptions));
    if (before == now) {
      return Ok();
    }
    ledger_.SetNote(kOptions, now);
    if (before.empty()) {
      return Ok();
    }
    CROSSBILL_TRY(const std::vector<std::string> records, ledger_.AllRecords());
    for (const std::string& record : records) {
      CROSSBILL_RETURN_IF_ERROR(ledger_.MakeAnew(record));
    }
    changed_.insert(records.begin(), records.end());
    return Ok();
  }

  Status Refuse(Context& context, const bus::RecordView& record, std::string_view why) const {
    EmitDeadLetter(context, topics_.DeadLetters(), record, Code::kEventDecode, why);
    return Ok();
  }

  Status Replace(const PartyRecord* old, PartyRecord next) {
    std::vector<std::string> touched;
    if (old != nullptr) {
      next.age = old->age;
      next.customer = old->customer;
      next.component = old->component;
    } else {
      CROSSBILL_TRY(next.age, ledger_.NextNumber());
    }
    if (old != nullptr && !old->deleted) {
      CROSSBILL_RETURN_IF_ERROR(ledger_.Index(*old, false, touched));
      NoteParty(*old, false);
    }
    if (!next.deleted) {
      CROSSBILL_RETURN_IF_ERROR(ledger_.Index(next, true, touched));
      NoteParty(next, true);
    }
    changed_.insert(next.key);
    ledger_.Put(std::move(next));
    changed_.insert(touched.begin(), touched.end());
    return Ok();
  }

  void NoteParty(const PartyRecord& record, bool in) {
    if (record.party.id().empty()) {
      return;
    }
    const std::string key = PartyKey(record.party.source().system(), record.party.id());
    ledger_.SetParty(key, record.key, in);
    parties_.insert(key);
  }

  bus::Topics topics_;
  IdentityOptions options_;
  Ledger ledger_;
  std::set<std::string> changed_;  // since the last flush
  std::set<std::string> parties_;
  std::int64_t newest_ms_ = 0;  // of the records read
  bool looked_ = false;         // whether the options are those of the last run
};

}  // namespace

Stage IdentityStage(const bus::Topics& topics, const IdentityOptions& options) {
  Stage stage;
  stage.name = "identity";
  stage.inputs = {topics.Source("party")};
  stage.single = true;
  stage.make = [topics, options](std::int32_t) { return std::make_unique<Identity>(topics, options); };
  return stage;
}

}  // namespace crossbill::transforms
