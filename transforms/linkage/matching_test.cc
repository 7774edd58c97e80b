// Against the definition: every way of pairing is tried.
#include "transforms/linkage/matching.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <numeric>
#include <random>

namespace crossbill::linkage {
namespace {

// The first `lefts` records are of one system, the others of the other.
std::vector<bool> Systems(std::size_t lefts, std::size_t rights) {
  std::vector<bool> is_left(lefts, true);
  is_left.resize(lefts + rights, false);
  return is_left;
}

std::vector<Edge> RandomEdges(std::uint32_t lefts, std::uint32_t rights, int most, std::mt19937& chance) {
  std::vector<Edge> edges;
  for (std::uint32_t left = 0; left < lefts; ++left) {
    for (std::uint32_t right = lefts; right < lefts + rights; ++right) {
      if (chance() % 2 == 0) {
        const int weight = static_cast<int>(chance() % static_cast<unsigned>(most)) - most / 4;
        edges.push_back({left, right, weight, chance() % 8 == 0});
      }
    }
  }
  return edges;
}

// The best sum over all ways; a pair at `link` counts a hundredth, so that it is better than none.
std::int64_t BestSum(const std::vector<Edge>& edges, int link, std::size_t at, std::vector<bool>& taken) {
  if (at == edges.size()) {
    return 0;
  }
  std::int64_t best = BestSum(edges, link, at + 1, taken);
  const Edge& edge = edges[at];
  if (!edge.forbidden && edge.weight >= link && !taken[edge.left] && !taken[edge.right]) {
    taken[edge.left] = taken[edge.right] = true;
    best = std::max(best, edge.weight - link + 1 + BestSum(edges, link, at + 1, taken));
    taken[edge.left] = taken[edge.right] = false;
  }
  return best;
}

int SlowMargin(const std::vector<Edge>& edges, int link, const Match& match) {
  int other = link;
  for (const Edge& edge : edges) {
    const bool is_match = edge.left == match.left && edge.right == match.right;
    if (!is_match && !edge.forbidden && edge.weight >= link &&
        (edge.left == match.left || edge.right == match.right)) {
      other = std::max(other, edge.weight);
    }
  }
  return match.weight - other;
}

void MustBePairs(const std::vector<Match>& matches, const std::vector<Edge>& edges, int link) {
  std::vector<std::uint32_t> ends;
  for (const Match& match : matches) {
    ends.insert(ends.end(), {match.left, match.right});
    const auto edge = std::find_if(edges.begin(), edges.end(), [&](const Edge& e) {
      return e.left == match.left && e.right == match.right;
    });
    ASSERT_NE(edge, edges.end());
    EXPECT_FALSE(edge->forbidden);
    EXPECT_EQ(edge->weight, match.weight);
    EXPECT_GE(match.weight, link);
    EXPECT_EQ(match.margin, SlowMargin(edges, link, match));
  }
  std::sort(ends.begin(), ends.end());
  EXPECT_EQ(std::adjacent_find(ends.begin(), ends.end()), ends.end()) << "a record has two partners";
}

TEST(MatchingTest, WeighsMostInSum) {
  std::mt19937 chance(1);
  int better_than_greedy = 0;
  for (int round = 0; round < 2000; ++round) {
    const std::uint32_t lefts = 1 + chance() % 5, rights = 1 + chance() % 5;
    const int most = round % 2 == 0 ? 8 : 1000;  // few weights: ties
    const std::vector<Edge> edges = RandomEdges(lefts, rights, most, chance);
    const int link = static_cast<int>(chance() % 3) - 1;
    const std::vector<bool> is_left = Systems(lefts, rights);
    const auto sum_of = [&](const std::vector<Match>& matches) {
      return std::accumulate(matches.begin(), matches.end(), std::int64_t{0},
                             [&](std::int64_t sum, const Match& m) { return sum + m.weight - link + 1; });
    };
    const auto matches = MatchOneToOne(is_left, edges, {.link = link});
    MustBePairs(matches, edges, link);
    std::vector<bool> taken(is_left.size());
    ASSERT_EQ(sum_of(matches), BestSum(edges, link, 0, taken)) << "round " << round;
    const auto greedy = MatchOneToOne(is_left, edges, {.link = link, .most_edges = 0});
    MustBePairs(greedy, edges, link);
    better_than_greedy += sum_of(matches) > sum_of(greedy) ? 1 : 0;
  }
  EXPECT_GT(better_than_greedy, 50);
}

TEST(MatchingTest, TheOrderOfEdgesAndTheirDirectionSayNothing) {
  std::mt19937 chance(2);
  for (int round = 0; round < 200; ++round) {
    std::vector<Edge> edges = RandomEdges(12, 12, 6, chance);
    const auto expected = MatchOneToOne(Systems(12, 12), edges, {});
    std::shuffle(edges.begin(), edges.end(), chance);
    for (Edge& edge : edges) {
      if (chance() % 2 == 0) {
        std::swap(edge.left, edge.right);
      }
    }
    ASSERT_EQ(MatchOneToOne(Systems(12, 12), edges, {}), expected);
  }
}

TEST(MatchingTest, MarginIsAgainstWhatElseThereIs) {
  const std::vector<Edge> edges = {
      {0, 2, 900, false}, {0, 3, 700, false}, {1, 3, 600, false}, {1, 2, 100, false}};
  EXPECT_EQ(MatchOneToOne(Systems(2, 2), edges, {}),
            (std::vector<Match>{{0, 2, 900, 200}, {1, 3, 600, -100}}));
  EXPECT_EQ(MatchOneToOne(Systems(2, 2), std::vector<Edge>{{0, 2, 900, false}}, {.link = 500}),
            (std::vector<Match>{{0, 2, 900, 400}}));
}

TEST(MatchingTest, TwoMediocrePairsAreBetterThanAGoodOneAlone) {
  const std::vector<Edge> edges = {{0, 2, 500, false}, {0, 3, 400, false}, {1, 2, 400, false}};
  EXPECT_EQ(MatchOneToOne(Systems(2, 2), edges, {}),
            (std::vector<Match>{{0, 3, 400, -100}, {1, 2, 400, -100}}));
}

TEST(MatchingTest, NothingToMatch) {
  EXPECT_TRUE(MatchOneToOne({}, {}, {}).empty());
  EXPECT_TRUE(MatchOneToOne(Systems(1, 1), std::vector<Edge>{{0, 1, -1, false}}, {}).empty());
}

TEST(MatchingTest, AChainThatEachNewRowPushesAlong) {
  constexpr std::uint32_t kRows = 3000;
  std::vector<Edge> edges;
  for (std::uint32_t row = 0; row < kRows; ++row) {
    edges.push_back({row, kRows + row, 100, false});
    if (row > 0) {
      edges.push_back({row, kRows + row - 1, 101, false});
    }
  }
  EXPECT_EQ(MatchOneToOne(Systems(kRows, kRows), edges, {}).size(), kRows - 1) << "the first one gives way";
}

}  // namespace
}  // namespace crossbill::linkage
