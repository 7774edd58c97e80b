// Where the changes of a store are on the broker, and how its local copy is made complete from there.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "bus/kafka/core.h"
#include "bus/state/local_state.h"

namespace crossbill::bus {

// "routing.2" is partition 2 of <prefix>.internal.state.routing, alone. Stores of any other name, such as
// connectors' streams, share <prefix>.internal.state.connector; their keys begin with the name.
struct ChangelogPlace {
  TopicPartition partition;
  std::string key_prefix;
};
ChangelogPlace ChangelogPlaceOf(const KafkaOptions& options, std::string_view store);

// Completes the local copy of a store from its changelog: at once before a task owns it, or in steps to
// follow another process that does. The topic is made when it is not there. One thread.
class ChangelogReader {
 public:
  static Result<std::unique_ptr<ChangelogReader>> Open(KafkaCore& core, const std::string& store);
  ~ChangelogReader();

  // Whether something came. What transactions that are still open have written is waited for.
  Result<bool> Step(std::int64_t wait_ms);
  Status ReadToEnd();
  Status LookAtEnd();  // where the end is now
  // Of what was written when the end was looked at, also by transactions that are open.
  std::int64_t behind() const { return end_ - position_; }

 private:
  ChangelogReader(KafkaCore& core, const std::string& store, std::uint32_t number, LocalState& state);
  Status Start();

  KafkaCore& core_;
  const std::string store_;
  const ChangelogPlace place_;
  const std::uint32_t number_;
  LocalState& state_;
  std::unique_ptr<Consumer> consumer_;  // made when there is something to read
  std::int64_t first_ = 0;
  std::int64_t position_ = 0;
  std::int64_t end_ = 0;
};

// The store's writers must be fenced before.
Status RestoreState(KafkaCore& core, const std::string& store);

}  // namespace crossbill::bus
