// What the bus has to know of each topic, for CreateTopics. Any thread.
#pragma once

#include <vector>

#include "bus/bus.h"
#include "bus/topics.h"

namespace crossbill::bus {

std::vector<TopicSpec> SpecsOf(const Topics& topics);

}  // namespace crossbill::bus
