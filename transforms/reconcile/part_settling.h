// Makes the part of one marked record of a crowd anew, with all others that this changes: the parts that they
// stood in, found again by ties, each reconciled by itself.
#pragma once

#include <cstddef>
#include <deque>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/date.h"
#include "base/result.h"
#include "transforms/reconcile/claims.h"
#include "transforms/reconcile/outcome.h"
#include "transforms/reconcile/part_search.h"
#include "transforms/reconcile/part_store.h"

namespace crossbill::transforms {

// What parts are reconciled with.
struct PartTerms {
  std::string_view customer;
  const ReconcileOptions& options;
  Date as_of;
  const CustomerFacts* facts = nullptr;
};

class PartSettling {
 public:
  // All must outlive it. `whole_claims` as in CrowdHead.
  PartSettling(PartStore& store, PartSearch& search, const PartTerms& terms, bool whole_claims)
      : store_(store), search_(search), terms_(terms), whole_claims_(whole_claims) {}
  // Once. How many documents were reconciled.
  Result<std::size_t> Run(const std::string& marked, const Claimer& claimer);

 private:
  Status Gather(const std::string& marked);
  Status GatherPart(const std::string& name);
  Status Reconcile();
  Result<Claims> ClaimsBefore();
  Status Store();

  PartStore& store_;
  PartSearch& search_;
  const PartTerms& terms_;
  bool whole_claims_;
  std::vector<std::string> open_;  // records whose parts are still to be found
  std::set<std::string> placed_;   // those that were found, or are gone
  std::vector<std::string> gone_;
  std::map<std::string, Part> before_;  // by name
  std::vector<PartSearch::Found> parts_;
  std::deque<SourceDocument> documents_;
  std::vector<Outcome> outcomes_;  // by part
};

}  // namespace crossbill::transforms
