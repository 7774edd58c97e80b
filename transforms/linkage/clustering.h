// From weighed pairs to clusters: average linkage with constraints. The two clusters whose pairs weigh most
// in the mean join next, a pair that was not weighed counting a fixed amount. What is forbidden never
// joins, nor do two clusters that both have numbers of which an entity has one (anchors) and none in common.
// A function of the set of pairs, whatever order they come in. Pure; any thread.
//
// Source: R. Sokal, C. Michener (1958), UPGMA; on sparse graphs of links as in docs/adr/0017.
#pragma once

#include <compare>
#include <cstdint>
#include <limits>
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
  int link = 0;                                // the mean weight from which clusters join
  int missing = 0;                             // of a pair without an edge
  int pair = std::numeric_limits<int>::min();  // one of their pairs has to weigh so much
};

// A value of a field of which an entity has one.
struct Anchor {
  std::uint32_t field = 0;
  std::uint64_t value = 0;  // its hash

  friend auto operator<=>(const Anchor&, const Anchor&) = default;
};

// Both have values of a field, and none in common. Sorted.
bool Contradict(const std::vector<Anchor>& left, const std::vector<Anchor>& right);

// What must not stand in one cluster.
struct Constraints {
  std::span<const std::uint32_t> systems;  // for each record, where a cluster has at most one of each
  std::span<const std::vector<Anchor>> anchors = {};  // for each record, sorted; or empty
};

// Two clusters that joined, each by its least record.
struct Step {
  std::uint32_t left = 0;
  std::uint32_t right = 0;
  std::int64_t weight = 0;  // of all pairs between them
  std::int64_t pairs = 1;
};

struct Clustering {
  std::vector<std::uint32_t> firsts;  // for each record the least record of its cluster
  std::vector<Step> steps;            // in the order in which they were done
};

// Records are numbered in the order in which ties go.
Clustering Cluster(std::size_t records, std::span<const Edge> edges, const Constraints& constraints,
                   const ClusteringRules& rules);

}  // namespace crossbill::linkage
