// The identity stage: one ordered ledger of parties, matched into customers. Reads <prefix>.source.party;
// writes <prefix>.unified.customer and <prefix>.internal.assignment ("P|system|party id" to customer).
#pragma once

#include <string>

#include "bus/topics.h"
#include "transforms/sdk/processor.h"

namespace crossbill::transforms {

struct IdentityOptions {
  int threshold = 600;  // hundredths of a bit, see config Identity.threshold
  std::string default_country;
  std::vector<std::string> authority;  // systems whose values win
};

Stage IdentityStage(const bus::Topics& topics, const IdentityOptions& options);

}  // namespace crossbill::transforms
