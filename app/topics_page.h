// The topics for people: what they are, and the reference page of them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "bus/topics.h"
#include "transforms/sdk/processor.h"

namespace crossbill::app {

// "compact": the newest of each key; "work": until it was read; "keep": for ever.
std::string_view CleanupOf(const bus::TopicSpec& spec);
// The stages that read it, and "facade".
std::vector<std::string> ReadersOf(const bus::Topics& topics, const std::vector<transforms::Stage>& stages,
                                   const std::string& topic);
std::string TopicsPage();

}  // namespace crossbill::app
