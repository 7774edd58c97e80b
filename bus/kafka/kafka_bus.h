// The bus on a Kafka broker, through librdkafka. Transactions, fencing and groups are the broker's; keyed
// state is a local copy of a compacted changelog topic (docs/adr/0014).
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "bus/bus.h"

namespace crossbill::bus {

struct KafkaOptions {
  // librdkafka's properties by their names: "bootstrap.servers", "security.protocol", …
  std::map<std::string, std::string> properties;
  std::string prefix = "crossbill";      // of the topics; topics of other names are not listed
  std::int32_t state_partitions = 1;     // of the changelogs; fixed when they are made
  std::string state_path;                // the folder of the local copies of state; made when it is needed
  std::size_t memory_bytes = 64u << 20;  // of the local copies: write buffers and caches together
  std::int64_t call_timeout_ms = 30000;  // a call that the broker does not answer for so long is an error
  // Whether the process ends: calls are then waited for a few seconds only. Any thread.
  std::function<bool()> ending;
  // Whether a producer is given up after an unanswered request (docs/adr/0014). Off only in the test that
  // shows what is lost without.
  bool guard = true;
  // For the age of local copies; it must outlive the bus.
  const Clock* clock = nullptr;
  // What librdkafka has to say (syslog's levels), and what happens to the state. Any thread.
  std::function<void(int level, std::string_view text)> log;
};

// What is wrong with a property: not one of librdkafka's, a value that it does not take, or one that
// Crossbill sets itself, because correctness stands on it. The message never has the value.
Status CheckKafkaProperty(const std::string& name, const std::string& value);

// kConfigValue when librdkafka does not know a property or its value; a broker that is not there shows in the
// calls.
Result<std::unique_ptr<Bus>> OpenKafkaBus(const KafkaOptions& options);

}  // namespace crossbill::bus
