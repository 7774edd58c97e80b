// From a component, records that hang together by links, to customers: linkage::Cluster, then what people
// confirmed joins whole clusters, whatever their values say, unless people forbade a pair between them. With
// the links by which each cluster came together. A function of the records, their pairs and the
// decisions. Pure; any thread.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "transforms/identity/block_index.h"
#include "transforms/identity/comparer.h"
#include "transforms/identity/decisions.h"
#include "transforms/identity/edges.h"

namespace crossbill::transforms {

struct Member {
  ResidentPtr record;
  std::vector<StoredEdge> edges;  // also to records of other components
  std::vector<Verdict> verdicts;  // the same
};

// The strongest pair between two groups that joined.
struct Link {
  std::size_t left = 0;
  std::size_t right = 0;
  int weight = 0;
  std::string decision;  // set: a person's word, no matter what it weighs
};

// Numbers are places in the component; in links and steps, in `members`.
struct FoundCluster {
  std::vector<std::size_t> members;  // in order
  std::vector<Link> links;           // one less than members, in the order of the steps
  std::vector<linkage::Step> steps;
};

struct FoundClusters {
  std::vector<FoundCluster> clusters;  // in order of their first members
  bool crowded = false;  // there were too many: only links above a higher threshold were looked at
};

// More records than this are not clustered together.
inline constexpr std::size_t kMostTogether = 1000;

// `members` in order of their keys.
FoundClusters FindClusters(const Comparer& comparer, const std::vector<Member>& members,
                           std::size_t most_together = kMostTogether);

}  // namespace crossbill::transforms
