#include "transforms/linkage/clustering.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <map>
#include <numeric>
#include <random>
#include <set>

namespace crossbill::linkage {
namespace {

using Clusters = std::vector<std::uint32_t>;

bool MayJoin(const std::vector<std::uint32_t>& left, const std::vector<std::uint32_t>& right,
             const Constraints& constraints) {
  std::map<std::uint32_t, std::set<std::uint64_t>> of_left, of_right;
  for (const std::uint32_t x : left) {
    for (const std::uint32_t y : right) {
      if (!constraints.systems.empty() && constraints.systems[x] == constraints.systems[y]) {
        return false;
      }
    }
  }
  const auto gather = [&](const std::vector<std::uint32_t>& group, auto& values) {
    for (const std::uint32_t record : group) {
      for (const Anchor& anchor : constraints.anchors[record]) {
        values[anchor.field].insert(anchor.value);
      }
    }
  };
  if (!constraints.anchors.empty()) {
    gather(left, of_left);
    gather(right, of_right);
  }
  return std::none_of(of_left.begin(), of_left.end(), [&](const auto& field) {
    const auto other = of_right.find(field.first);
    return other != of_right.end() &&
           std::none_of(field.second.begin(), field.second.end(),
                        [&](std::uint64_t value) { return other->second.contains(value); });
  });
}

// The definition, word for word: all pairs of groups are looked at for every join.
Clusters ClusterSlowly(std::size_t records, const std::vector<Edge>& edges, const Constraints& constraints,
                       const ClusteringRules& rules) {
  std::map<std::pair<std::uint32_t, std::uint32_t>, Edge> by_pair;
  for (const Edge& edge : edges) {
    by_pair[std::minmax(edge.left, edge.right)] = edge;
  }
  std::vector<std::vector<std::uint32_t>> groups;
  for (std::uint32_t i = 0; i < records; ++i) {
    groups.push_back({i});
  }
  for (;;) {
    bool found = false;
    std::int64_t best_weight = 0, best_pairs = 1;
    std::size_t best_a = 0, best_b = 0;
    for (std::size_t a = 0; a < groups.size(); ++a) {
      for (std::size_t b = a + 1; b < groups.size(); ++b) {
        std::int64_t weight = 0, pairs = 0;
        int most = std::numeric_limits<int>::min();
        bool any = false, allowed = true;
        for (const std::uint32_t x : groups[a]) {
          for (const std::uint32_t y : groups[b]) {
            const auto edge = by_pair.find(std::minmax(x, y));
            any = any || edge != by_pair.end();
            most = edge == by_pair.end() ? most : std::max(most, edge->second.weight);
            allowed = allowed && !(edge != by_pair.end() && edge->second.forbidden);
            weight += edge == by_pair.end() ? rules.missing : edge->second.weight;
            ++pairs;
          }
        }
        allowed = allowed && MayJoin(groups[a], groups[b], constraints);
        if (any && most >= rules.pair && allowed && weight >= rules.link * pairs &&
            (!found || weight * best_pairs > best_weight * pairs)) {
          found = true;
          best_weight = weight;
          best_pairs = pairs;
          best_a = a;
          best_b = b;
        }
      }
    }
    if (!found) {
      break;
    }
    // Groups stay in order of their first records, so that of equal ones the first found has the least.
    groups[best_a].insert(groups[best_a].end(), groups[best_b].begin(), groups[best_b].end());
    groups.erase(groups.begin() + static_cast<std::ptrdiff_t>(best_b));
    std::sort(groups[best_a].begin(), groups[best_a].end());
  }
  Clusters clusters(records);
  for (const auto& group : groups) {
    for (const std::uint32_t record : group) {
      clusters[record] = group.front();
    }
  }
  return clusters;
}

std::vector<Edge> RandomEdges(std::mt19937& chance, std::uint32_t records) {
  std::vector<Edge> edges;
  for (std::uint32_t a = 0; a < records; ++a) {
    for (std::uint32_t b = a + 1; b < records; ++b) {
      if (chance() % 3 == 0) {
        edges.push_back({a, b, static_cast<int>(chance() % 12) * 100 - 400, chance() % 20 == 0});
      }
    }
  }
  return edges;
}

std::vector<std::vector<Anchor>> RandomAnchors(std::mt19937& chance, std::uint32_t records) {
  std::vector<std::vector<Anchor>> anchors(records);
  for (auto& of_record : anchors) {
    for (std::uint32_t field = 0; field < 2; ++field) {
      if (chance() % 3 == 0) {
        of_record.push_back({field, chance() % 3});
      }
    }
  }
  return anchors;
}

TEST(ClusteringTest, IsWhatTheDefinitionSays) {
  std::mt19937 chance(1);
  for (int i = 0; i < 2000; ++i) {
    const std::uint32_t records = 2 + chance() % 12;
    const std::vector<Edge> edges = RandomEdges(chance, records);
    std::vector<std::uint32_t> systems;
    for (std::uint32_t r = 0; i % 2 == 1 && r < records; ++r) {
      systems.push_back(chance() % 4);
    }
    const ClusteringRules rules{static_cast<int>(chance() % 4) * 100, -300,
                                static_cast<int>(chance() % 3) * 200};
    std::vector<std::vector<Anchor>> anchors;
    if (i % 3 != 0) {
      anchors = RandomAnchors(chance, records);
    }
    const Constraints constraints{systems, anchors};
    ASSERT_EQ(Cluster(records, edges, constraints, rules).firsts,
              ClusterSlowly(records, edges, constraints, rules))
        << i;
  }
}

TEST(ClusteringTest, StepsMakeTheClusters) {
  std::mt19937 chance(3);
  for (int i = 0; i < 200; ++i) {
    const std::vector<Edge> edges = RandomEdges(chance, 30);
    const Clustering clustering = Cluster(30, edges, {}, {0, -300});
    Clusters firsts(30);
    std::iota(firsts.begin(), firsts.end(), 0);
    for (const Step& step : clustering.steps) {
      ASSERT_EQ(firsts[step.left], step.left);
      ASSERT_EQ(firsts[step.right], step.right);
      std::replace(firsts.begin(), firsts.end(), step.right, step.left);
    }
    ASSERT_EQ(firsts, clustering.firsts);
  }
}

TEST(ClusteringTest, TheOrderOfEdgesSaysNothing) {
  std::mt19937 chance(2);
  for (int i = 0; i < 200; ++i) {
    std::vector<Edge> edges = RandomEdges(chance, 40);
    const Clusters clusters = Cluster(40, edges, {}, {0, -300}).firsts;
    std::shuffle(edges.begin(), edges.end(), chance);
    for (Edge& edge : edges) {
      if (chance() % 2 == 0) {
        std::swap(edge.left, edge.right);
      }
    }
    ASSERT_EQ(Cluster(40, edges, {}, {0, -300}).firsts, clusters);
  }
}

// One pair that looks alike joins two large clusters in connected components; the mean does not let it.
TEST(ClusteringTest, OnePairDoesNotJoinTwoCrowds) {
  std::vector<Edge> edges = {{0, 5, 900}};
  for (const std::uint32_t crowd : {0U, 5U}) {
    for (std::uint32_t a = crowd; a < crowd + 5; ++a) {
      for (std::uint32_t b = a + 1; b < crowd + 5; ++b) {
        edges.push_back({a, b, 1000});
      }
    }
  }
  EXPECT_EQ(Cluster(10, edges, {}, {0, -300}).firsts, (Clusters{0, 0, 0, 0, 0, 5, 5, 5, 5, 5}));
}

TEST(ClusteringTest, ForbiddenStaysApartWhateverElseAgrees) {
  const std::vector<Edge> edges = {{0, 1, 2000}, {1, 2, 1900}, {0, 2, 1000, true}};
  EXPECT_EQ(Cluster(3, edges, {}, {0, -300}).firsts, (Clusters{0, 0, 2}));
}

TEST(ClusteringTest, OneOfEachSystem) {
  const std::vector<Edge> edges = {{0, 2, 900}, {1, 2, 1000}};
  const std::vector<std::uint32_t> systems = {0, 0, 1};
  EXPECT_EQ(Cluster(3, edges, {systems}, {0, -300}).firsts, (Clusters{0, 1, 1}));
}

// A record without a number does not make one of two that have different ones.
TEST(ClusteringTest, DifferentNumbersStayApartThroughAThird) {
  const std::vector<Edge> edges = {{0, 1, 2000}, {1, 2, 1900}};
  const std::vector<std::vector<Anchor>> anchors = {{{0, 7}}, {}, {{0, 8}}};
  EXPECT_EQ(Cluster(3, edges, {{}, anchors}, {0, -300}).firsts, (Clusters{0, 0, 2}));
}

}  // namespace
}  // namespace crossbill::linkage
