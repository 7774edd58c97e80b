#include "transforms/identity/clusters.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <utility>

namespace crossbill::transforms {
namespace {

// Evidence by pair; what is not named weighs 0.
class Pairs {
 public:
  Pairs& Set(std::size_t a, std::size_t b, int weight, bool forbidden = false) {
    Evidence evidence;
    evidence.weight = weight;
    evidence.forbidden = forbidden;
    pairs_[{a, b}] = evidence;
    return *this;
  }
  std::vector<Edge> Edges(int threshold) const {
    std::vector<Edge> edges;
    for (const auto& [pair, evidence] : pairs_) {
      if (!evidence.forbidden && evidence.weight >= threshold) {
        edges.push_back({pair.first, pair.second, evidence.weight});
      }
    }
    return edges;
  }
  Evidence Get(std::size_t a, std::size_t b) const {
    const auto found = pairs_.find(std::minmax(a, b));
    return found == pairs_.end() ? Evidence() : found->second;
  }

 private:
  std::map<std::pair<std::size_t, std::size_t>, Evidence> pairs_;
};

std::vector<std::vector<std::size_t>> Members(std::size_t size, const Pairs& pairs) {
  std::vector<std::vector<std::size_t>> members;
  for (const Cluster& cluster : Agglomerate(size, pairs.Edges(600), 200,
                                            [&](std::size_t a, std::size_t b) { return pairs.Get(a, b); })) {
    EXPECT_EQ(cluster.links.size() + 1, cluster.members.size());
    members.push_back(cluster.members);
  }
  return members;
}

using List = std::vector<std::vector<std::size_t>>;

TEST(Clusters, AChainOfPairsDoesNotJoinWhatIsForbidden) {
  const Pairs pairs = Pairs().Set(0, 1, 900).Set(1, 2, 800).Set(2, 3, 900).Set(0, 3, -2000, true);
  EXPECT_EQ(Members(4, pairs), (List{{0, 1}, {2, 3}}));
}

TEST(Clusters, OneWeakPairDoesNotJoinTwoClusters) {
  const Pairs pairs = Pairs().Set(0, 1, 1500).Set(2, 3, 1500).Set(1, 2, 650);
  EXPECT_EQ(Members(4, pairs), (List{{0, 1}, {2, 3}})) << "four pairs between them say 650 in all";
}

TEST(Clusters, TheStrongestPairComesFirst) {
  const Pairs pairs = Pairs().Set(0, 1, 700).Set(1, 2, 800).Set(0, 2, -2000, true);
  EXPECT_EQ(Members(3, pairs), (List{{0}, {1, 2}}));
}

TEST(Clusters, TheOrderOfThePairsDoesNotMatter) {
  std::mt19937 random(3);
  for (int round = 0; round < 200; ++round) {
    Pairs pairs;
    for (std::size_t a = 0; a < 7; ++a) {
      for (std::size_t b = a + 1; b < 7; ++b) {
        pairs.Set(a, b, static_cast<int>(random() % 12) * 100, random() % 9 == 0);
      }
    }
    const auto compare = [&](std::size_t a, std::size_t b) { return pairs.Get(a, b); };
    std::vector<Edge> edges = pairs.Edges(600);
    const auto expected = Agglomerate(7, edges, 200, compare);
    std::shuffle(edges.begin(), edges.end(), random);
    const auto found = Agglomerate(7, edges, 200, compare);
    ASSERT_EQ(found.size(), expected.size());
    for (std::size_t i = 0; i < found.size(); ++i) {
      EXPECT_EQ(found[i].members, expected[i].members);
    }
  }
}

}  // namespace
}  // namespace crossbill::transforms
