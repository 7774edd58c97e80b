// What producers, consumers and the bus share: how handles are made, which topics there are, questions to the
// broker, and what this process has committed. Any thread.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "bus/bus.h"
#include "bus/kafka/admin.h"
#include "bus/kafka/connection_errors.h"
#include "bus/kafka/group_offsets.h"
#include "bus/kafka/handle.h"
#include "bus/kafka/kafka_bus.h"

namespace crossbill::bus {

class LocalState;
class StateFollowers;

inline constexpr std::size_t kMaxRecordBytes = 64u << 20;

class KafkaCore {
 public:
  static Result<std::shared_ptr<KafkaCore>> Open(const KafkaOptions& options);
  ~KafkaCore();

  const KafkaOptions& options() const { return options_; }
  // Whether a call need not be waited for any longer.
  bool IsOver(const Deadline& deadline) const;
  // The user's properties in front of `defaults`; `own` are set whatever the user says.
  Result<KafkaConf> MakeConf(const std::map<std::string_view, std::string>& own,
                             const std::map<std::string_view, std::string>& defaults = {}) const;
  static Result<KafkaHandle> MakeHandle(rd_kafka_type_t type, KafkaConf conf);

  Status CreateTopics(const std::vector<TopicSpec>& topics);
  Result<std::vector<TopicSpec>> ListTopics();
  // The number of partitions; known topics are remembered.
  Result<std::int32_t> CountPartitions(std::string_view topic);
  Status CheckPartition(const TopicPartition& partition);
  // Its records go when they were read; known of the topics that this process has asked for.
  bool IsWork(std::string_view topic);

  // The first offset that is kept, and the end of what is committed; waits a while for the markers of what
  // this process has committed.
  Result<std::map<TopicPartition, PartitionRange>> Ranges(const std::vector<TopicPartition>& partitions);
  // The end including what is not committed.
  Result<std::int64_t> WrittenEnd(const TopicPartition& partition);
  Status WaitForOpenTransactions(const TopicPartition& partition);
  Result<std::map<TopicPartition, std::int64_t>> CommittedOffsets(
      std::string_view group, const std::vector<TopicPartition>& partitions) {
    return group_offsets_.Read(group, partitions);
  }
  Status DeleteBefore(const TopicPartition& partition, std::int64_t offset);
  // Counts the deletions by this process: readers forget what they had read ahead of that.
  int deletions() const { return deletions_; }
  std::optional<std::int64_t> BeginAfterDeletion(const TopicPartition& partition);
  Result<std::vector<std::string>> Groups();

  // `last`: the offset of the last record of a transaction that was committed.
  void NoteCommitted(const TopicPartition& partition, std::int64_t last);
  std::int64_t WallMs() const;
  // To the log, by syslog's levels.
  void Tell(int level, std::string_view text) const;
  // For handles with MakeConf's callbacks; what librdkafka tells comes with rd_kafka_poll.
  static void ListenForErrors(rd_kafka_conf_t& conf);
  ConnectionErrors& connection_errors() { return connection_errors_; }
  // Opened with the first use.
  Result<LocalState*> State();
  StateFollowers& followers() { return *followers_; }

 private:
  explicit KafkaCore(const KafkaOptions& options);
  Status RefreshTopics();
  Status CheckTopics(const std::vector<TopicSpec>& topics, std::vector<const TopicSpec*>& missing);
  void NoteWork(const std::vector<TopicSpec>& topics);
  Status WaitForTopics(const std::vector<const TopicSpec*>& topics);
  Result<std::map<TopicPartition, std::int64_t>> Offsets(const std::vector<TopicPartition>& partitions,
                                                         std::int64_t spec, rd_kafka_IsolationLevel_t level);
  Result<KafkaMetadata> Metadata(std::string_view doing);
  // The handle that asks the broker; a call goes on with the one it began with.
  using Admin = std::shared_ptr<rd_kafka_t>;
  Admin GetAdmin();
  Status OpenAdmin();
  void Renew(const Admin& silent);
  Result<KafkaEvent> Wait(const Admin& admin, rd_kafka_queue_t& queue, std::string_view doing);
  Result<KafkaEvent> WaitForSuccess(const Admin& admin, rd_kafka_queue_t& queue, std::string_view doing);

  const KafkaOptions options_;
  ConnectionErrors connection_errors_;
  std::shared_ptr<rd_kafka_t> admin_;
  GroupOffsets group_offsets_;
  std::mutex mutex_;
  std::map<std::string, std::int32_t, std::less<>> partitions_;  // of known topics
  std::set<std::string, std::less<>> work_topics_;
  std::map<TopicPartition, std::int64_t> committed_;  // last offsets
  std::map<TopicPartition, std::int64_t> begins_;     // where this process has deleted
  std::atomic<int> deletions_ = 0;
  std::unique_ptr<LocalState> state_;
  std::unique_ptr<StateFollowers> followers_;  // after what they use
};

std::unique_ptr<Consumer> MakeKafkaConsumer(std::shared_ptr<KafkaCore> core, std::string group);
Result<std::unique_ptr<Producer>> OpenKafkaProducer(std::shared_ptr<KafkaCore> core, std::string id);
Result<std::unique_ptr<WorkShare>> JoinKafkaWork(std::shared_ptr<KafkaCore> core, std::string_view name,
                                                 std::int32_t count);

}  // namespace crossbill::bus
