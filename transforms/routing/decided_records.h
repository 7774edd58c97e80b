// What people decided of documents, by record, in intake's state: of records that are there, that went, and
// that are still to come. Keys: \2 and the record's → RecordDecisions; no record's own key begins so. One
// thread.
#pragma once

#include <set>
#include <string>
#include <string_view>

#include "bus/bus.h"
#include "crossbill/v1/document_decision.pb.h"

namespace crossbill::transforms {

class DecidedRecords {
 public:
  // Takes a decision in; true when what holds of the record ("system/stream/key") may be another now.
  Result<bool> Apply(std::string_view record, const v1::DocumentDecision& decision, bus::StateStore& state);
  // RecordDecisions that travel with the record; empty: nothing was decided of it.
  Result<std::string> Of(std::string_view record, bus::StateStore& state);

 private:
  Status Load(bus::StateStore& state);

  bool loaded_ = false;
  std::set<std::string, std::less<>> records_;  // few: so that the others cost no look at the state
};

}  // namespace crossbill::transforms
