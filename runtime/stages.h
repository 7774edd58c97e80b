// The stages of the transforms as they are configured, in the order of the data. Any thread.
#pragma once

#include <memory>
#include <vector>

#include "bus/topics.h"
#include "transforms/identity/comparer.h"
#include "transforms/reconcile/own_rules.h"
#include "transforms/sdk/processor.h"
#include "transforms/value/options.h"

namespace crossbill::config::v1 {
class Project;
}

namespace crossbill::runtime {

std::vector<transforms::Stage> StagesOf(const config::v1::Project& project,
                                        std::shared_ptr<const transforms::Comparer> comparer,
                                        const bus::Topics& topics, const transforms::OwnRules& own_rules = {},
                                        const transforms::ValueOptions& value = {});

}  // namespace crossbill::runtime
