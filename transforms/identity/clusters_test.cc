#include "transforms/identity/clusters.h"

#include <gtest/gtest.h>

#include "crossbill/v1/party.pb.h"

namespace crossbill::transforms {
namespace {

// Compares nothing: the edges are given.
class GivenEdges final : public Comparer {
 public:
  GivenEdges() {
    rules_.clusters = {0, -300};
    rules_.connect = 0;
  }
  const std::string& version() const override { return version_; }
  const ResolutionRules& rules() const override { return rules_; }
  CleanedPtr Clean(const v1::Party&) const override { return nullptr; }
  std::string Encode(const Cleaned&) const override { return {}; }
  CleanedPtr Decode(std::string_view) const override { return nullptr; }
  std::size_t BlockingRules() const override { return 0; }
  std::size_t KeysOfRule(std::size_t) const override { return 0; }
  void AppendKeys(const Cleaned&, std::size_t, std::size_t, std::uint64_t,
                  std::vector<std::uint64_t>&) const override {}
  Weighed Compare(const Cleaned&, const Cleaned&) const override { return {}; }
  std::vector<EvidenceOf> Explain(const Cleaned&, const Cleaned&) const override { return {}; }

 private:
  std::string version_;
  ResolutionRules rules_;
};

class ClustersTest : public testing::Test {
 protected:
  explicit ClustersTest(std::size_t records = 6) {
    for (std::size_t i = 0; i < records; ++i) {
      members_.push_back(
          {std::make_shared<Resident>(Resident{i + 1, KeyOf(i), std::make_shared<const Cleaned>()}), {}, {}});
    }
  }
  static std::string KeyOf(std::size_t place) { return "s/t/" + std::to_string(place); }
  void Edge(std::size_t a, std::size_t b, int weight) {
    members_[a].edges.push_back({b + 1, weight, false});
    members_[b].edges.push_back({a + 1, weight, false});
  }
  void Decide(std::size_t a, std::size_t b, bool confirmed) {
    members_[a].verdicts.push_back({KeyOf(b), confirmed, "decisions/x"});
    members_[b].verdicts.push_back({KeyOf(a), confirmed, "decisions/x"});
  }
  std::vector<std::vector<std::size_t>> Found(std::size_t most_together = kMostTogether) {
    found_ = FindClusters(comparer_, members_, most_together);
    std::vector<std::vector<std::size_t>> clusters;
    for (const FoundCluster& cluster : found_.clusters) {
      EXPECT_EQ(cluster.links.size() + 1, cluster.members.size());
      EXPECT_EQ(cluster.steps.size(), cluster.links.size());
      clusters.push_back(cluster.members);
    }
    return clusters;
  }

  GivenEdges comparer_;
  std::vector<Member> members_;
  FoundClusters found_;
};

using Clusters = std::vector<std::vector<std::size_t>>;

TEST_F(ClustersTest, EachLinkIsTheStrongestBetweenWhatItJoined) {
  Edge(0, 1, 900);
  Edge(1, 2, 300);
  Edge(0, 2, 500);
  EXPECT_EQ(Found(), (Clusters{{0, 1, 2}, {3}, {4}, {5}}));
  const FoundCluster& cluster = found_.clusters.front();
  EXPECT_EQ(cluster.links[0].weight, 900);
  EXPECT_EQ(cluster.links[1].weight, 500);
  EXPECT_EQ(cluster.steps[1].weight, 800);
  EXPECT_EQ(cluster.steps[1].pairs, 2);
}

// Not only the two records: their customers, whose other records do not agree with each other.
TEST_F(ClustersTest, AConfirmedPairJoinsWholeClusters) {
  Edge(0, 1, 900);
  Edge(2, 3, 900);
  Edge(1, 2, -2000);
  Decide(0, 3, true);
  EXPECT_EQ(Found(), (Clusters{{0, 1, 2, 3}, {4}, {5}}));
  EXPECT_EQ(found_.clusters.front().links.back().decision, "decisions/x");
}

TEST_F(ClustersTest, AForbiddenPairBetweenThemKeepsClustersApart) {
  Edge(0, 1, 900);
  Edge(2, 3, 900);
  Decide(0, 3, true);
  Decide(1, 2, false);
  EXPECT_EQ(Found(), (Clusters{{0, 1}, {2, 3}, {4}, {5}}));
}

TEST_F(ClustersTest, ACrowdIsCutAtStrongerLinksAndTold) {
  Edge(0, 1, 900);
  Edge(1, 2, 200);
  Edge(2, 3, 900);
  Edge(3, 4, 200);
  Edge(4, 5, 900);
  for (std::size_t a = 0; a < 6; ++a) {
    for (std::size_t b = a + 2; b < 6; ++b) {
      Edge(a, b, 50);
    }
  }
  EXPECT_EQ(Found(), (Clusters{{0, 1, 2, 3, 4, 5}}));
  EXPECT_FALSE(found_.crowded);
  EXPECT_EQ(Found(3), (Clusters{{0, 1}, {2, 3}, {4, 5}}));
  EXPECT_TRUE(found_.crowded);
  Decide(0, 2, true);
  Decide(2, 4, true);
  EXPECT_EQ(Found(3), (Clusters{{0, 2, 4}, {1}, {3}, {5}})) << "people's words are not cut";
}

}  // namespace
}  // namespace crossbill::transforms
