// `bus:` of crossbill.yaml: which bus, checked and opened. Any thread.
#pragma once

#include "config/node.h"

namespace crossbill::config::v1 {
class Project;
}

namespace crossbill::runtime {

// What the reader of the configuration cannot know by itself.
void CheckBus(const config::File& file, const config::v1::Project& project, config::Problems& problems);

}  // namespace crossbill::runtime
