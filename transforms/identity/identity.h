// The identity stage: one ordered ledger of parties, matched into customers. Reads <prefix>.source.party and
// <prefix>.internal.decision, .erasure and .evidence; writes <prefix>.unified.customer,
// <prefix>.internal.assignment
// ("P|system|party id" to customer), <prefix>.internal.review and <prefix>.internal.identity.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/for_each_part.h"
#include "base/secret.h"
#include "bus/topics.h"
#include "transforms/identity/comparer.h"
#include "transforms/sdk/processor.h"

namespace crossbill::transforms {

struct IdentityOptions {
  std::shared_ptr<const Comparer> comparer;
  std::vector<std::string> authority;   // systems whose values win
  Secret erasure_key = Secret();        // of the hashes of forgotten records
  ForEachPart for_each_part = nullptr;  // many parties that come together
};

Stage IdentityStage(const bus::Topics& topics, const IdentityOptions& options);

}  // namespace crossbill::transforms
