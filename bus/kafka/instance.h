// The identity of a process in groups, the same one after a restart: Kafka's static membership gives it its
// work back at once, where its copies of state are. It lies beside these copies. Any thread.
#pragma once

#include <string>

#include "base/result.h"
#include "bus/kafka/kafka_bus.h"

namespace crossbill::bus {

// Made at the first call.
Result<std::string> InstanceOf(const KafkaOptions& options);
std::string InstancePath(const KafkaOptions& options);

}  // namespace crossbill::bus
