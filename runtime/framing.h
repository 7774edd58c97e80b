// `schema_registry` of `bus.kafka`: whose topics' values are in the Confluent wire format, and the bus that
// writes and reads them so. Any thread.
#pragma once

#include <memory>
#include <set>
#include <string>

#include "base/result.h"
#include "bus/bus.h"
#include "bus/topics.h"
#include "config/node.h"

namespace crossbill::config::v1 {
class Bus;
class Project;
}  // namespace crossbill::config::v1

namespace crossbill::runtime {

// A key of Crossbill's own in `bus.kafka`, by itself.
Status CheckRegistryKey(const config::v1::Project& project, const std::string& name,
                        const std::string& value);
// The keys together: one that stands without the registry it is about, a password that goes in the clear.
void CheckRegistry(const std::string& file, const config::Node& kafka, config::Problems& problems);

// The topics whose values are written in the wire format; none without a registry.
std::set<std::string, std::less<>> FramedTopics(const bus::Topics& topics, const config::v1::Bus& config);

// `bus` with the frames. Schemas are registered when their topics are made. Also without a registry: values
// that have a frame, from when there was one, are read.
Result<std::unique_ptr<bus::Bus>> WithFrames(std::unique_ptr<bus::Bus> bus, const bus::Topics& topics,
                                             const config::v1::Bus& config);

}  // namespace crossbill::runtime
