// From pairs to customers: a deterministic agglomeration within a connected component of the graph of
// evidence. Pure; any thread.
#pragma once

#include <cstddef>
#include <functional>
#include <vector>

#include "transforms/identity/score.h"

namespace crossbill::transforms {

// A pair whose evidence reaches the threshold; left < right are places in the component's list of records.
struct Edge {
  std::size_t left = 0;
  std::size_t right = 0;
  int weight = 0;
};

struct Cluster {
  std::vector<std::size_t> members;  // in order
  std::vector<Edge> links;           // the pairs by which they came together: one less than members
};

// `size` records, numbered in the order of their keys, and all their edges. The strongest pair joins first
// (equal ones in the order of the records); two clusters join only if no pair between them is forbidden or
// contradicted and the mean evidence of all their pairs is at least `least_mean`: so a chain of weak links
// does not make one customer of two. The result depends on the records and edges alone.
std::vector<Cluster> Agglomerate(std::size_t size, std::vector<Edge> edges, int least_mean,
                                 const std::function<Evidence(std::size_t, std::size_t)>& compare);

}  // namespace crossbill::transforms
