// From weighed pairs to clusters: average linkage with constraints. The two clusters whose pairs weigh most
// in the mean join next, a pair that was not weighed counting a fixed amount; what is forbidden never joins.
// A function of the set of pairs, whatever order they come in. Pure; any thread.
//
// Source: R. Sokal, C. Michener (1958), UPGMA; on sparse graphs of links as in docs/adr/0017.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace crossbill::linkage {

struct Edge {
  std::uint32_t left = 0;
  std::uint32_t right = 0;
  int weight = 0;  // hundredths of a bit
  bool forbidden = false;
};

struct ClusteringRules {
  int link = 0;     // the mean weight from which clusters join
  int missing = 0;  // of a pair without an edge
};

// `systems`: for each record its system where a cluster may have only one of each, else empty. Records are
// numbered in the order in which ties go. For each record the least record of its cluster.
std::vector<std::uint32_t> Cluster(std::size_t records, std::span<const Edge> edges,
                                   std::span<const std::uint32_t> systems, const ClusteringRules& rules);

}  // namespace crossbill::linkage
