#include "bus/embedded/core.h"

#include <algorithm>

#include "bus/embedded/keys.h"

namespace crossbill::bus {
namespace {

RecordFamily FamilyOf(const TopicSpec& spec) {
  if (spec.compacted) {
    return RecordFamily::kCompacted;
  }
  return spec.retention_ms || spec.work ? RecordFamily::kExpiring : RecordFamily::kKept;
}

std::string EncodeTopic(const EmbeddedTopic& topic) {
  std::string value;
  PutFixed32(value, topic.number);
  PutFixed32(value, static_cast<std::uint32_t>(topic.spec.partitions));
  value.push_back(static_cast<char>(topic.family));
  value.push_back(topic.spec.compacted ? 1 : 0);
  value.push_back(topic.spec.retention_ms ? 1 : 0);
  PutFixed64(value, static_cast<std::uint64_t>(topic.spec.retention_ms.value_or(0)));
  return value;
}

}  // namespace

Status EmbeddedCore::WriteCheckedLocked() const {
  if (storage_->read_only()) {
    return Error(Code::kBusState, "the bus was opened for reading only", storage_->path());
  }
  if (failed_) {
    return Error(failed_->code(), "an earlier write failed: " + failed_->message(), failed_->where());
  }
  return Ok();
}

Status EmbeddedCore::CreateTopics(const std::vector<TopicSpec>& topics) {
  const std::lock_guard lock(mutex_);
  for (const TopicSpec& spec : topics) {
    const auto found = topics_.find(spec.name);
    if (spec.partitions < 1) {
      return Error(Code::kBusPartitions, "topic \"" + spec.name + "\" needs at least one partition");
    }
    if (found != topics_.end() && found->second->spec.partitions != spec.partitions) {
      return Error(Code::kBusPartitions, "topic \"" + spec.name + "\" has " +
                                             std::to_string(found->second->spec.partitions) +
                                             " partitions, not " + std::to_string(spec.partitions));
    }
  }
  std::vector<std::unique_ptr<EmbeddedTopic>> made;
  std::vector<const TopicSpec*> altered;
  rocksdb::WriteBatch batch;
  std::uint32_t number = by_number_.empty() ? 1 : by_number_.rbegin()->first + 1;
  for (const TopicSpec& spec : topics) {
    const auto found = topics_.find(spec.name);
    if (found == topics_.end()) {
      if (std::any_of(made.begin(), made.end(), [&](const auto& t) { return t->spec.name == spec.name; })) {
        continue;
      }
      auto topic = std::make_unique<EmbeddedTopic>();
      topic->number = number++;
      topic->spec = spec;
      topic->family = FamilyOf(spec);
      topic->partitions.resize(static_cast<std::size_t>(spec.partitions));
      batch.Put(storage_->meta(), NameKey(kTopicPrefix, spec.name), EncodeTopic(*topic));
      made.push_back(std::move(topic));
    } else if (found->second->spec.compacted != spec.compacted ||
               found->second->spec.retention_ms != spec.retention_ms) {
      EmbeddedTopic changed;
      changed.number = found->second->number;
      changed.family = found->second->family;
      changed.spec = spec;
      batch.Put(storage_->meta(), NameKey(kTopicPrefix, spec.name), EncodeTopic(changed));
      altered.push_back(&spec);
    }
  }
  if (batch.Count() == 0) {
    return Ok();
  }
  CROSSBILL_RETURN_IF_ERROR(WriteCheckedLocked());
  CROSSBILL_RETURN_IF_ERROR(storage_->Write(batch, true));
  for (const TopicSpec* spec : altered) {
    topics_.find(spec->name)->second->spec = *spec;
  }
  for (auto& topic : made) {
    by_number_[topic->number] = topic.get();
    topics_[topic->spec.name] = std::move(topic);
  }
  return Ok();
}

std::vector<TopicSpec> EmbeddedCore::ListTopics() {
  const std::lock_guard lock(mutex_);
  std::vector<TopicSpec> specs;
  for (const auto& [name, topic] : topics_) {
    specs.push_back(topic->spec);
  }
  return specs;
}

Result<EmbeddedTopic*> EmbeddedCore::FindTopic(std::string_view name) {
  const std::lock_guard lock(mutex_);
  const auto found = topics_.find(name);
  if (found == topics_.end()) {
    return Error(Code::kBusTopic, "no topic \"" + std::string(name) + "\"");
  }
  return found->second.get();
}

Result<PartitionRef> EmbeddedCore::Find(const TopicPartition& partition) {
  const std::lock_guard lock(mutex_);
  return FindLocked(partition);
}

Result<PartitionRef> EmbeddedCore::FindLocked(const TopicPartition& partition) {
  const auto found = topics_.find(partition.topic);
  if (found == topics_.end()) {
    return Error(Code::kBusTopic, "no topic \"" + partition.topic + "\"");
  }
  EmbeddedTopic* const topic = found->second.get();
  if (partition.partition < 0 || partition.partition >= topic->spec.partitions) {
    return Error(Code::kBusTopic, "topic \"" + partition.topic + "\" has no partition " +
                                      std::to_string(partition.partition) + ", only 0 to " +
                                      std::to_string(topic->spec.partitions - 1));
  }
  return PartitionRef{topic, static_cast<std::uint32_t>(partition.partition)};
}

PartitionRange EmbeddedCore::Range(const PartitionRef& partition) {
  const std::lock_guard lock(mutex_);
  return {partition.numbers().begin, partition.numbers().end};
}

std::optional<std::int64_t> EmbeddedCore::CommittedOffset(std::string_view group,
                                                          const TopicPartition& partition) {
  const std::lock_guard lock(mutex_);
  return CommittedOffsetLocked(group, partition);
}

std::optional<std::int64_t> EmbeddedCore::CommittedOffsetLocked(std::string_view group,
                                                                const TopicPartition& partition) const {
  const auto offsets = committed_.find(group);
  if (offsets == committed_.end()) {
    return std::nullopt;
  }
  const auto found = offsets->second.find(partition);
  if (found == offsets->second.end()) {
    return std::nullopt;
  }
  return found->second;
}

std::vector<std::string> EmbeddedCore::Groups() {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> names;
  for (const auto& [name, offsets] : committed_) {
    names.push_back(name);
  }
  return names;
}

Result<std::uint64_t> EmbeddedCore::OpenEpoch(std::string_view transactional_id) {
  if (transactional_id.empty()) {
    return Error(Code::kBusState, "a producer needs a transactional id");
  }
  std::unique_lock lock(mutex_);
  CROSSBILL_RETURN_IF_ERROR(WriteCheckedLocked());
  const std::uint64_t epoch = epochs_[std::string(transactional_id)] + 1;
  std::string value;
  PutFixed64(value, epoch);
  rocksdb::WriteBatch batch;
  batch.Put(storage_->meta(), NameKey(kProducerPrefix, transactional_id), value);
  CROSSBILL_RETURN_IF_ERROR(storage_->Write(batch, true));
  epochs_[std::string(transactional_id)] = epoch;
  // Commits that had their ticket before: what they write must be seen by the new producer.
  const std::shared_ptr<Ticket> last = tickets_.empty() ? nullptr : tickets_.back();
  changed_.wait(lock,
                [&] { return !last || std::find(tickets_.begin(), tickets_.end(), last) == tickets_.end(); });
  return epoch;
}

Status EmbeddedCore::CheckEpoch(std::string_view transactional_id, std::uint64_t epoch) {
  const std::lock_guard lock(mutex_);
  return CheckEpochLocked(transactional_id, epoch);
}

Status EmbeddedCore::CheckEpochLocked(std::string_view transactional_id, std::uint64_t epoch) const {
  const auto found = epochs_.find(transactional_id);
  if (found != epochs_.end() && found->second == epoch) {
    return Ok();
  }
  return Error(Code::kBusFenced, "another producer with the same transactional id was opened",
               std::string(transactional_id));
}

Result<std::uint32_t> EmbeddedCore::OpenStore(std::string_view name) {
  const std::lock_guard lock(mutex_);
  const auto found = stores_.find(name);
  if (found != stores_.end()) {
    return found->second;
  }
  CROSSBILL_RETURN_IF_ERROR(WriteCheckedLocked());
  const auto number = static_cast<std::uint32_t>(stores_.size() + 1);
  std::string value;
  PutFixed32(value, number);
  rocksdb::WriteBatch batch;
  batch.Put(storage_->meta(), NameKey(kStorePrefix, name), value);
  CROSSBILL_RETURN_IF_ERROR(storage_->Write(batch, true));
  stores_.emplace(std::string(name), number);
  return number;
}

std::shared_ptr<EmbeddedCore::Ticket> EmbeddedCore::TakeTicketLocked(Transaction& transaction) {
  auto ticket = std::make_shared<Ticket>();
  ticket->transaction = &transaction;
  for (const Transaction::Part& part : transaction.parts) {
    PartitionNumbers& numbers = part.partition.numbers();
    for (const SealedBatch& batch : part.batches) {
      const std::int64_t last = numbers.next + static_cast<std::int64_t>(batch.span);
      numbers.next = last + 1;
      transaction.writes.Put(storage_->records(part.partition.topic->family),
                             EncodeRecordKey({part.partition.topic->number, part.partition.partition,
                                              static_cast<std::uint64_t>(last)}),
                             batch.value);
    }
    ticket->ends.emplace_back(part.partition, numbers.next);
  }
  tickets_.push_back(ticket);
  return ticket;
}

// Makes visible what is written, in the order of the tickets.
void EmbeddedCore::FinishLocked() {
  while (!tickets_.empty() && tickets_.front()->done) {
    const Ticket& ticket = *tickets_.front();
    if (ticket.written) {
      for (const auto& [partition, end] : ticket.ends) {
        partition.numbers().end = end;
      }
      for (const auto& [group, offsets] : ticket.transaction->offsets) {
        auto& committed = committed_[group];
        for (const auto& [partition, offset] : offsets) {
          committed[partition] = offset;
        }
      }
    }
    tickets_.pop_front();
  }
  changed_.notify_all();
}

Status EmbeddedCore::Commit(std::string_view transactional_id, std::uint64_t epoch,
                            Transaction& transaction) {
  std::unique_lock lock(mutex_);
  CROSSBILL_RETURN_IF_ERROR(WriteCheckedLocked());
  CROSSBILL_RETURN_IF_ERROR(CheckEpochLocked(transactional_id, epoch));
  for (const auto& [group, offsets] : transaction.offsets) {
    for (const auto& [partition, offset] : offsets) {
      CROSSBILL_TRY(const PartitionRef ref, FindLocked(partition));
      std::string value;
      PutFixed64(value, static_cast<std::uint64_t>(offset));
      transaction.writes.Put(storage_->meta(), OffsetKey(ref.topic->number, ref.partition, group), value);
    }
  }
  if (transaction.writes.Count() == 0 && transaction.parts.empty()) {
    return Ok();
  }
  const std::shared_ptr<Ticket> ticket = TakeTicketLocked(transaction);
  lock.unlock();
  Status status = storage_->Write(transaction.writes);
  lock.lock();
  ticket->done = true;
  ticket->written = status.ok();
  if (!status.ok() && !failed_) {
    failed_ = status.error();
  }
  FinishLocked();
  // One that took its offsets before may still be writing; `transaction` is needed until then.
  changed_.wait(lock, [&] { return std::find(tickets_.begin(), tickets_.end(), ticket) == tickets_.end(); });
  return status;
}

void EmbeddedCore::PutNumbers(const PartitionRef& partition, const PartitionNumbers& numbers,
                              rocksdb::WriteBatch& batch) {
  std::string value;
  PutFixed64(value, static_cast<std::uint64_t>(numbers.begin));
  PutFixed64(value, static_cast<std::uint64_t>(numbers.cleaned));
  PutFixed64(value, static_cast<std::uint64_t>(numbers.kept));
  batch.Put(storage_->meta(), PartitionKey(partition.topic->number, partition.partition), value);
}

}  // namespace crossbill::bus
