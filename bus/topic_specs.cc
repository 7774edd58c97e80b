#include "bus/topic_specs.h"

namespace crossbill::bus {

std::vector<TopicSpec> SpecsOf(const Topics& topics) {
  std::vector<TopicSpec> specs;
  for (const TopicInfo& info : topics.All()) {
    specs.push_back(info.spec);
  }
  return specs;
}

}  // namespace crossbill::bus
