// Where the changes of a store are on the broker, and how its local copy is made complete from there.
#pragma once

#include <cstdint>
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
// The topic is made when it is not there. Its writers must be fenced before.
Status RestoreState(KafkaCore& core, const ChangelogPlace& place, std::uint32_t store, LocalState& state);

}  // namespace crossbill::bus
