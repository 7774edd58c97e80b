// Pairs of records of two systems, where each record has at most one partner: those that weigh most in sum,
// and by how much each of them is better than what else its records could be. A function of the set of
// edges, whatever order they come in. Pure; any thread.
//
// Source: H. Kuhn, "The Hungarian method for the assignment problem" (1955), by shortest augmenting paths on
// sparse graphs as in R. Jonker, A. Volgenant (1987).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "transforms/linkage/clustering.h"

namespace crossbill::linkage {

struct Match {
  std::uint32_t left = 0;  // of the first system
  std::uint32_t right = 0;
  int weight = 0;
  // The weight less that of the best other edge of either record, or less `link`. Below 0 where the sum was
  // better served by another pair.
  int margin = 0;

  friend bool operator==(const Match&, const Match&) = default;
};

struct MatchingRules {
  int link = 0;  // what having no partner weighs: no pair that weighs less is matched
  // What hangs together by more edges than this is matched the best pair first: the sum would take too long.
  std::size_t most_edges = 20'000;
};

// `is_left`: for each record whether it is of the first system. Each edge is between the two systems, and of
// two records there is at most one. Records are numbered in the order in which ties go. In order of the left
// records.
std::vector<Match> MatchOneToOne(const std::vector<bool>& is_left, std::span<const Edge> edges,
                                 const MatchingRules& rules);

}  // namespace crossbill::linkage
