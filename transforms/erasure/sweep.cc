#include "transforms/erasure/sweep.h"

#include <algorithm>
#include <tuple>
#include <unordered_map>
#include <utility>

#include "base/id.h"
#include "bus/dead_letter.h"
#include "bus/event_headers.h"
#include "bus/read_topic.h"
#include "crossbill/v1/dead_letter.pb.h"
#include "transforms/erasure/empty_document.h"
#include "transforms/sdk/source_event.h"

namespace crossbill::transforms {
namespace {

Status ReadTopic(bus::Bus& bus, const std::string& topic,
                 const std::function<Status(const bus::FetchedRecord&)>& visit) {
  return bus::ReadTopic(bus, topic + ".erasure", topic, visit);
}

// The newest version of one record.
struct Newest {
  std::int64_t sequence = -1;
  bool outdated = false;
  OutdatedEvent event;
};

OutdatedEvent EventOf(const std::string& topic, const std::string& kind, const bus::RecordView& record) {
  OutdatedEvent event;
  event.topic = topic;
  event.kind = kind;
  event.key = record.key;
  event.timestamp_ms = record.timestamp_ms;
  for (const bus::HeaderView& header : record.headers) {
    event.headers.emplace_back(header.name, header.value);
  }
  return event;
}

void Look(const std::string& topic, const std::string& kind, const bus::RecordView& record,
          const Erasures& erasures, std::unordered_map<std::string, Newest>& newest) {
  const Treatment treatment = erasures.Of(kind, record.key, record.value);
  const auto known = newest.find(std::string(record.key));
  if (treatment.kind == Treatment::Kind::kAsIs && known == newest.end()) {
    return;
  }
  std::int64_t sequence = 0;
  Newest& entry = known != newest.end() ? known->second : newest[std::string(record.key)];
  if (!ReadSequence(record, sequence) || sequence < entry.sequence) {
    return;
  }
  entry.sequence = sequence;
  entry.outdated = false;
  if (!record.value || treatment.kind == Treatment::Kind::kAsIs) {
    return;
  }
  entry.event = EventOf(topic, kind, record);
  if (treatment.kind == Treatment::Kind::kDrop) {
    entry.event.dropped = entry.outdated = true;
    return;
  }
  auto emptied = EmptyDocument(*record.value, treatment.pseudonym);
  if (emptied.ok()) {  // else intake put it aside
    entry.event.value = std::move(emptied).value();
    entry.outdated = entry.event.value != *record.value;
  }
}

Status Send(bus::Producer& producer, const OutdatedEvent& event) {
  std::vector<bus::HeaderView> headers;
  const std::string id = Hash128Of({event.key, event.value, "erasure"}).ToHex();
  std::string type;
  for (const auto& [name, value] : event.headers) {
    if (name == bus::kHeaderType && event.dropped) {
      type = value + std::string(bus::kDeletedSuffix);
      headers.push_back({name, type});
    } else if (name == bus::kHeaderId) {
      headers.push_back({name, id});
    } else if (name != bus::kHeaderErasure) {
      headers.push_back({name, value});
    }
  }
  headers.push_back({bus::kHeaderErasure, "1"});
  bus::RecordView record;
  record.key = event.key;
  if (!event.dropped) {
    record.value = event.value;
  }
  record.headers = headers;
  record.timestamp_ms = event.timestamp_ms;
  return producer.Send(event.topic, -1, record);
}

// The record that the letter is of; empty: it is not known.
std::string RecordOf(const v1::DeadLetter& letter) {
  if (!letter.record_key().empty()) {
    return letter.record_key();
  }
  return letter.key().empty() ? "" : letter.system() + "/" + letter.stream() + "/" + letter.key();
}

bool StaysOnSource(const std::string& kind, const bus::RecordView& record, const Erasures& erasures) {
  const Treatment treatment = erasures.Of(kind, record.key, record.value);
  if (treatment.kind != Treatment::Kind::kEmpty || !record.value) {
    return treatment.kind != Treatment::Kind::kDrop;
  }
  const auto emptied = EmptyDocument(*record.value, treatment.pseudonym);
  return emptied.ok() && *emptied == *record.value;
}

bool MentionsDropped(const bus::RecordView& record, const Erasures& erasures) {
  v1::IdentityEvent event;
  return record.value && event.ParseFromArray(record.value->data(), static_cast<int>(record.value->size())) &&
         std::any_of(event.records().begin(), event.records().end(),
                     [&](const v1::SourceRef& each) { return erasures.IsDropped(RecordKey(each)); });
}

// Partition by partition what `stays` lets stay.
Status Thin(bus::Bus& bus, const std::string& topic, const Ends& ends,
            const std::function<bool(const bus::RecordView&)>& stays) {
  for (auto at = ends.lower_bound({topic, 0}); at != ends.end() && at->first.topic == topic; ++at) {
    CROSSBILL_RETURN_IF_ERROR(bus.Thin(
        at->first, at->second, [&](const bus::FetchedRecord& fetched) { return stays(fetched.record); }));
  }
  return Ok();
}

Status Compact(bus::Bus& bus, const bus::TopicPartition& partition, std::int64_t end) {
  std::unordered_map<Hash128, std::int64_t> newest;
  CROSSBILL_RETURN_IF_ERROR(bus::ReadPartition(bus, partition.topic + ".erasure", partition, end,
                                               [&](const bus::FetchedRecord& fetched) {
                                                 newest[Hash128Of(fetched.record.key)] = fetched.offset;
                                                 return Ok();
                                               }));
  return bus.Thin(partition, end, [&](const bus::FetchedRecord& fetched) {
    return fetched.record.value && newest[Hash128Of(fetched.record.key)] == fetched.offset;
  });
}

}  // namespace

Result<std::vector<OutdatedEvent>> FindOutdated(bus::Bus& bus, const bus::Topics& topics,
                                                const Erasures& erasures) {
  std::vector<OutdatedEvent> outdated;
  for (const std::string& kind : bus::Topics::DocumentKinds()) {
    const std::string topic = topics.Source(kind);
    std::unordered_map<std::string, Newest> newest;
    CROSSBILL_RETURN_IF_ERROR(ReadTopic(bus, topic, [&](const bus::FetchedRecord& fetched) {
      Look(topic, kind, fetched.record, erasures, newest);
      return Ok();
    }));
    for (auto& [key, entry] : newest) {
      if (entry.outdated) {
        outdated.push_back(std::move(entry.event));
      }
    }
  }
  std::sort(outdated.begin(), outdated.end(), [](const OutdatedEvent& a, const OutdatedEvent& b) {
    return std::tie(a.topic, a.key) < std::tie(b.topic, b.key);
  });
  return outdated;
}

Result<std::vector<ForgottenLetter>> FindLetters(bus::Bus& bus, const bus::Topics& topics,
                                                 const Erasures& erasures,
                                                 const std::function<bool(std::string_view)>& also) {
  std::vector<ForgottenLetter> found;
  CROSSBILL_RETURN_IF_ERROR(ReadTopic(bus, topics.DeadLetters(), [&](const bus::FetchedRecord& fetched) {
    const bus::RecordView& record = fetched.record;
    v1::DeadLetter letter;
    if (!record.value ||
        !letter.ParseFromArray(record.value->data(), static_cast<int>(record.value->size()))) {
      return Ok();
    }
    if (erasures.IsForgottenLetter(record.key, RecordOf(letter)) || (also && also(*record.value))) {
      found.push_back({std::string(record.key), bus::LetterId(record.key, letter), RecordOf(letter)});
    }
    return Ok();
  }));
  return found;
}

Result<std::vector<v1::Decision>> FindDecisions(bus::Bus& bus, const bus::Topics& topics,
                                                const Erasures& erasures) {
  std::vector<v1::Decision> found;
  CROSSBILL_RETURN_IF_ERROR(
      bus::ReadCompacted(bus, topics.Decisions(), [&](const bus::RecordView& record) -> Status {
        v1::Decision decision, left;
        if (!decision.ParseFromArray(record.value->data(), static_cast<int>(record.value->size()))) {
          return Error(Code::kEventDecode, "not a crossbill.v1.Decision", std::string(record.key));
        }
        left = decision;
        left.clear_pairs();
        for (const v1::RecordPair& pair : decision.pairs()) {
          if (!erasures.IsDropped(RecordKey(pair.left())) && !erasures.IsDropped(RecordKey(pair.right()))) {
            *left.add_pairs() = pair;
          }
        }
        if (left.pairs_size() < decision.pairs_size()) {
          left.set_name(std::string(record.key));
          left.clear_request();
          left.clear_reason();
          found.push_back(std::move(left));
        }
        return Ok();
      }));
  return found;
}

Result<std::size_t> PublishReplacements(bus::Bus& bus, const bus::Topics& topics, const Erasures& erasures,
                                        const Clock& clock) {
  CROSSBILL_TRY(const std::vector<OutdatedEvent> events, FindOutdated(bus, topics, erasures));
  CROSSBILL_TRY(const std::vector<v1::Decision> decisions, FindDecisions(bus, topics, erasures));
  CROSSBILL_TRY(const std::vector<ForgottenLetter> letters, FindLetters(bus, topics, erasures));
  const std::size_t count = events.size() + decisions.size();
  if (count == 0 && letters.empty()) {
    return count;
  }
  CROSSBILL_TRY(const auto producer, bus.OpenProducer(topics.prefix() + ".eraser"));
  CROSSBILL_RETURN_IF_ERROR(producer->Begin());
  for (const OutdatedEvent& event : events) {
    CROSSBILL_RETURN_IF_ERROR(Send(*producer, event));
  }
  const std::int64_t now_ms = clock.Now().millis();
  for (const v1::Decision& decision : decisions) {
    const std::string value = decision.SerializeAsString();
    bus::RecordView record{decision.name(), std::nullopt, {}, now_ms};
    if (!decision.pairs().empty()) {
      record.value = value;
    }
    CROSSBILL_RETURN_IF_ERROR(producer->Send(topics.Decisions(), 0, record));
  }
  for (const ForgottenLetter& letter : letters) {
    CROSSBILL_RETURN_IF_ERROR(
        producer->Send(topics.DeadLetterMarks(), 0, {letter.id, std::nullopt, {}, now_ms}));
  }
  CROSSBILL_RETURN_IF_ERROR(producer->Commit());
  return count;
}

Result<Ends> EndsOfTopics(bus::Bus& bus, const bus::Topics& topics) {
  std::vector<bus::TopicPartition> partitions;
  for (const bus::TopicInfo& info : topics.All()) {
    for (std::int32_t p = 0; p < info.spec.partitions; ++p) {
      partitions.push_back({info.spec.name, p});
    }
  }
  CROSSBILL_TRY(const auto ranges, bus.Ranges(partitions));
  Ends ends;
  for (const auto& [partition, range] : ranges) {
    ends[partition] = range.end;
  }
  return ends;
}

Status ThinOut(bus::Bus& bus, const bus::Topics& topics, const Erasures& erasures, const Ends& ends) {
  for (const std::string& kind : bus::Topics::SourceKinds()) {
    CROSSBILL_RETURN_IF_ERROR(Thin(bus, topics.Source(kind), ends, [&](const bus::RecordView& record) {
      return StaysOnSource(kind, record, erasures);
    }));
  }
  CROSSBILL_RETURN_IF_ERROR(Thin(bus, topics.DeadLetters(), ends, [&](const bus::RecordView& record) {
    v1::DeadLetter letter;
    return !record.value ||
           !letter.ParseFromArray(record.value->data(), static_cast<int>(record.value->size())) ||
           !erasures.IsForgottenLetter(record.key, RecordOf(letter));
  }));
  CROSSBILL_RETURN_IF_ERROR(Thin(bus, topics.IdentityEvents(), ends, [&](const bus::RecordView& record) {
    return !MentionsDropped(record, erasures);
  }));
  if (bus.is_remote()) {
    return Ok();
  }
  for (const bus::TopicInfo& info : topics.All()) {
    for (std::int32_t p = 0; info.spec.compacted && p < info.spec.partitions; ++p) {
      const bus::TopicPartition partition{info.spec.name, p};
      CROSSBILL_RETURN_IF_ERROR(Compact(bus, partition, ends.at(partition)));
    }
  }
  return Ok();
}

}  // namespace crossbill::transforms
