// Takes the change of one record of a crowd into the index of ties, and marks whose parts may be others by
// it: so many that in every set of connected records that changed one is marked.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "transforms/reconcile/part_store.h"

namespace crossbill::transforms {

class TieIndex {
 public:
  // Both must outlive it.
  TieIndex(PartStore& store, CrowdHead& head) : store_(store), head_(head) {}
  Status Take(const std::string& record);

 private:
  Status Lose(const Tie& tie, const std::string& record);
  Status Gain(const Tie& tie, const std::string& record);
  Status MarkDecided(std::string_view tie);
  void Mark(const std::vector<std::string>& records, const std::string& but);

  PartStore& store_;
  CrowdHead& head_;
};

}  // namespace crossbill::transforms
