// The writing half of the read model: records of the topics become records and index entries, in one batch
// with the offsets. The result depends only on the newest value of each key: a rebuild from compacted topics
// gives the same read model.
#include <fmt/format.h>

#include "base/text.h"
#include "crossbill/v1/customer.pb.h"
#include "crossbill/v1/customer_value.pb.h"
#include "crossbill/v1/exception.pb.h"
#include "crossbill/v1/party.pb.h"
#include "crossbill/v1/unified_document.pb.h"
#include "facade/views/ranks.h"
#include "facade/views/views_impl.h"
#include "transforms/sdk/source_event.h"

namespace crossbill::facade {
namespace {

constexpr std::uint64_t kTrimStep = 10'000;  // changes that are trimmed at most in one batch
constexpr std::size_t kMaxProblems = 1000;

enum class TopicKind { kCustomer, kDocument, kException, kValue, kMarket, kAffinity, kParty, kOther };

struct TopicMeaning {
  TopicKind kind = TopicKind::kOther;
  std::string collection;
};

TopicMeaning MeaningOf(const bus::Topics& topics, const std::string& topic) {
  if (topic == topics.Unified("customer")) {
    return {TopicKind::kCustomer, std::string(kCollectionCustomers)};
  }
  if (topic == topics.Exceptions()) {
    return {TopicKind::kException, std::string(kCollectionExceptions)};
  }
  if (topic == topics.Value()) {
    return {TopicKind::kValue, std::string(kCollectionCustomers)};
  }
  if (topic == topics.Markets()) {
    return {TopicKind::kMarket, ""};
  }
  if (topic == topics.Affinity()) {
    return {TopicKind::kAffinity, ""};
  }
  if (topic == topics.Source("party")) {
    return {TopicKind::kParty, ""};
  }
  for (const std::string& kind : bus::Topics::DocumentKinds()) {
    if (topic == topics.Unified(kind)) {
      return {TopicKind::kDocument, kind == "quote" ? "quotes/" : kind + "s/"};
    }
  }
  return {};
}

template <class Message>
Result<Entries> EntriesOfBytes(const std::optional<std::string>& bytes, std::string_view name) {
  if (!bytes) {
    return Entries();
  }
  Message message;
  CROSSBILL_RETURN_IF_ERROR(Decode(*bytes, name, message));
  return EntriesOf(message);
}

// Replaces the record of a name and exactly its index entries. The old ones are made from the old value.
template <class Message>
Result<bool> Replace(StoreBatch& batch, char space, std::string_view name, const Message* now) {
  const std::string key = Key(space, name);
  CROSSBILL_TRY(const std::optional<std::string> old, batch.Get(key));
  const std::string bytes = now != nullptr ? now->SerializeAsString() : std::string();
  if (now == nullptr ? !old.has_value() : old == bytes) {
    return false;
  }
  CROSSBILL_TRY(const Entries before, EntriesOfBytes<Message>(old, name));
  const Entries after = now != nullptr ? EntriesOf(*now) : Entries();
  for (const auto& [entry, value] : before) {
    if (!after.contains(entry)) {
      batch.Delete(entry);
    }
  }
  for (const auto& [entry, value] : after) {
    const auto same = before.find(entry);
    if (same == before.end() || same->second != value) {
      batch.Put(entry, value);
    }
  }
  if (now != nullptr) {
    batch.Put(key, bytes);
  } else {
    batch.Delete(key);
  }
  return true;
}

class Applier {
 public:
  Applier(Store& store, const PartyIndex* parties, const bus::Topics& topics, std::uint64_t last_change,
          std::uint64_t feed_begin)
      : batch_(store),
        store_(store),
        parties_(parties),
        topics_(topics),
        last_change_(last_change),
        feed_begin_(feed_begin) {}

  Status Run(const bus::Batch& input) {
    std::vector<TopicMeaning> meanings;
    for (const bus::TopicPartition& source : input.sources) {
      meanings.push_back(MeaningOf(topics_, source.topic));
    }
    for (const bus::FetchedRecord& fetched : input.records) {
      CROSSBILL_RETURN_IF_ERROR(
          ApplyRecord(meanings[fetched.source], input.sources[fetched.source], fetched));
    }
    for (const auto& [partition, offset] : input.next_offsets) {
      batch_.Put(OffsetKey(partition), BytesOf(static_cast<std::uint64_t>(offset)));
    }
    batch_.Put(kTopicPrefixKey, topics_.prefix());
    for (std::uint64_t trimmed = 0;
         last_change_ - feed_begin_ + 1 > Views::kFeedRetention && trimmed < kTrimStep; ++trimmed) {
      batch_.Delete(FeedKey(feed_begin_++));
    }
    batch_.Put(kFeedBeginKey, BytesOf(feed_begin_) + BytesOf(last_change_));
    return batch_.Commit();
  }

  std::uint64_t last_change() const { return last_change_; }
  std::uint64_t feed_begin() const { return feed_begin_; }

 private:
  Status ApplyRecord(const TopicMeaning& meaning, const bus::TopicPartition& source,
                     const bus::FetchedRecord& fetched) {
    const bus::RecordView& record = fetched.record;
    const auto where = [&] {
      return fmt::format("{}/{} offset {}", source.topic, source.partition, fetched.offset);
    };
    // A key is the name, or its last part.
    std::string name(record.key);
    if (!name.starts_with(meaning.collection)) {
      name = meaning.collection + name;
    }
    switch (meaning.kind) {
      case TopicKind::kCustomer:
        return ApplyCustomer(name, record, where);
      case TopicKind::kDocument:
        return ApplyMessage<v1::UnifiedDocument>('d', name, record, where);
      case TopicKind::kException:
        return ApplyMessage<v1::Exception>('e', name, record, where);
      case TopicKind::kValue:
        return ApplyValue(name, record, where);
      case TopicKind::kMarket:
        return ApplyMessage<v1::MarketFigures>('k', name, record, where);
      case TopicKind::kAffinity:
        return ApplyMessage<v1::AffinityFigures>('a', name, record, where);
      case TopicKind::kParty:
        return parties_ != nullptr ? ApplyParty(record, where) : Ok();
      case TopicKind::kOther:
        return Ok();
    }
    return Ok();
  }

  // Nothing: the record was left out, as a problem that can be asked for.
  template <class Message, class Where>
  Result<std::optional<Message>> DecodeRecord(const std::string& name, std::string_view bytes,
                                              const Where& where) {
    Message message;
    if (!message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
      CROSSBILL_RETURN_IF_ERROR(AddProblem(
          where(), fmt::format("the value of key \"{}\" is no {}", Printable(name), message.GetTypeName())));
      return std::optional<Message>();
    }
    if (message.name().empty()) {
      message.set_name(name);
    }
    if (message.name() != name) {
      CROSSBILL_RETURN_IF_ERROR(AddProblem(where(), fmt::format("the value of key \"{}\" has the name \"{}\"",
                                                                Printable(name), Printable(message.name()))));
      return std::optional<Message>();
    }
    return std::optional<Message>(std::move(message));
  }

  Status AddProblem(const std::string& where, const std::string& what) {
    std::size_t known = 0;
    CROSSBILL_RETURN_IF_ERROR(store_.Scan(
        kProblemPrefix, "", [&](std::string_view, std::string_view) { return ++known < kMaxProblems; }));
    if (known + added_problems_ >= kMaxProblems) {
      return Ok();
    }
    ++added_problems_;
    batch_.Put(std::string(kProblemPrefix) + where, where + ": " + what);
    return Ok();
  }

  template <class Message, class Where>
  Status ApplyMessage(char space, const std::string& name, const bus::RecordView& record,
                      const Where& where) {
    std::optional<Message> message;
    if (record.value) {
      CROSSBILL_TRY(message, DecodeRecord<Message>(name, *record.value, where));
      if (!message) {
        return Ok();
      }
    }
    CROSSBILL_TRY(const bool changed, Replace(batch_, space, name, message ? &*message : nullptr));
    (void)changed;
    return Ok();
  }

  // With the counters by which ranks are found: they change by what the entries do.
  template <class Where>
  Status ApplyValue(const std::string& name, const bus::RecordView& record, const Where& where) {
    std::optional<v1::CustomerValue> value;
    if (record.value) {
      CROSSBILL_TRY(value, DecodeRecord<v1::CustomerValue>(name, *record.value, where));
      if (!value) {
        return Ok();
      }
    }
    CROSSBILL_TRY(const std::optional<std::string> old, batch_.Get(Key('v', name)));
    v1::CustomerValue before;
    if (old) {
      CROSSBILL_RETURN_IF_ERROR(Decode(*old, name, before));
    }
    CROSSBILL_TRY(const bool changed, Replace(batch_, 'v', name, value ? &*value : nullptr));
    if (!changed) {
      return Ok();
    }
    for (const RankEntry& entry : RanksOf(before)) {
      CROSSBILL_RETURN_IF_ERROR(CountRank(batch_, entry, -1));
    }
    for (const RankEntry& entry : RanksOf(value.value_or(v1::CustomerValue()))) {
      CROSSBILL_RETURN_IF_ERROR(CountRank(batch_, entry, 1));
    }
    return Ok();
  }

  // A customer that was merged away keeps its last event under another key, for its redirects; it is listed
  // no more.
  template <class Where>
  Status ApplyCustomer(const std::string& name, const bus::RecordView& record, const Where& where) {
    std::optional<v1::Customer> customer;
    if (record.value) {
      CROSSBILL_TRY(customer, DecodeRecord<v1::Customer>(name, *record.value, where));
      if (!customer) {
        return Ok();
      }
    }
    const bool merged = customer && !customer->merged_into().empty();
    const v1::Customer* now = customer ? &*customer : nullptr;
    // The place that it leaves first: both write the redirects.
    CROSSBILL_TRY(const bool left, Replace<v1::Customer>(batch_, merged ? 'c' : 'g', name, nullptr));
    CROSSBILL_TRY(const bool came, Replace(batch_, merged ? 'g' : 'c', name, now));
    if (merged ? left : came) {
      batch_.Put(FeedKey(++last_change_), (now == nullptr || merged ? "r" : "c") + name);
    }
    return Ok();
  }

  // A record that identity refuses is in no customer.
  template <class Where>
  Status ApplyParty(const bus::RecordView& record, const Where& where) {
    transforms::SourceKey source;
    if (!transforms::SplitSourceKey(record.key, source)) {
      return Ok();
    }
    if (transforms::IsDeletion(record)) {
      return parties_->Remove(batch_, record.key);
    }
    v1::Party party;
    if (!party.ParseFromArray(record.value->data(), static_cast<int>(record.value->size()))) {
      return AddProblem(where(), fmt::format("the value of key \"{}\" is no {}", Printable(record.key),
                                             party.GetTypeName()));
    }
    party.mutable_source()->set_system(std::string(source.system));
    party.mutable_source()->set_stream(std::string(source.stream));
    party.mutable_source()->set_key(std::string(source.key));
    std::int64_t sequence = 0;
    if (!transforms::ReadSequence(record, sequence)) {
      sequence = 0;
    }
    CROSSBILL_TRY(const bool kept, parties_->Put(batch_, record.key, sequence, party));
    return kept ? Ok()
                : AddProblem(where(), fmt::format("the key \"{}\" has the hash of another one: this party "
                                                  "cannot be found by ResolveParty",
                                                  Printable(record.key)));
  }

  StoreBatch batch_;
  Store& store_;
  const PartyIndex* parties_;
  const bus::Topics& topics_;
  std::uint64_t last_change_;
  std::uint64_t feed_begin_;
  std::size_t added_problems_ = 0;
};

}  // namespace

Status ViewsImpl::Apply(const bus::Topics& topics, const bus::Batch& batch) {
  CROSSBILL_TRY(const std::string prefix, TopicPrefix());
  if (!prefix.empty() && prefix != topics.prefix()) {
    return Error(
        Code::kViewsStale,
        fmt::format("the read model was built from the topics {}.*, not from {}.*", prefix, topics.prefix()));
  }
  Applier applier(*store_, parties(), topics, last_change_.load(), feed_begin_.load());
  CROSSBILL_RETURN_IF_ERROR(applier.Run(batch));
  {
    std::lock_guard lock(mutex_);
    feed_begin_ = applier.feed_begin();
    last_change_ = applier.last_change();
  }
  changed_.notify_all();
  return Ok();
}

}  // namespace crossbill::facade
