// What weighed pairs come to: clusters, or pairs of two systems. Ties go by the records' keys, so that the
// order in which sources are read says nothing. Pure; any thread.
#pragma once

#include <cstdint>
#include <vector>

#include "base/result.h"
#include "runtime/link_records.h"
#include "transforms/linkage/matching.h"

namespace crossbill::runtime {

struct JoinedRecords {
  std::vector<std::uint32_t> clusters;  // for each record one that stands for its cluster
  std::vector<linkage::Match> matches;  // only of a model with `one_to_one`
  int link = 0;                         // what a pair of them weighs at least
};

// kConfigValue where a model with `one_to_one` meets records that are not of two systems.
Result<JoinedRecords> JoinRecords(const linkage::Model& model, const linkage::Weights& weights,
                                  const linkage::Records& records, const std::vector<linkage::Edge>& edges);

// Whether a pair books itself.
bool IsAutomatic(const linkage::Model& model, const linkage::Match& match);

}  // namespace crossbill::runtime
