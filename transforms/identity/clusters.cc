#include "transforms/identity/clusters.h"

#include <algorithm>
#include <limits>
#include <map>
#include <numeric>
#include <unordered_map>
#include <utility>

#include "transforms/identity/attested.h"

namespace crossbill::transforms {
namespace {

// A component of so many records is compared pair by pair, where the rules want it whole.
constexpr std::size_t kMostWhole = 200;
constexpr int kStepUp = 100;  // of the threshold, while a component is too large

// A pair of places.
struct Pair {
  std::uint32_t left = 0;
  std::uint32_t right = 0;
  int weight = 0;
  bool measured = false;  // else nothing but a decision is known of it
  bool forbidden = false;
  bool hard = false;      // forbidden by a number
  bool decided = false;   // by a person
  std::string confirmed;  // by this decision
};

using Places = std::vector<std::uint32_t>;

class Component {
 public:
  Component(const Comparer& comparer, const std::vector<Member>& members, std::size_t most_together)
      : comparer_(comparer), members_(members), most_together_(most_together), group_(members.size()) {
    for (std::uint32_t i = 0; i < members.size(); ++i) {
      place_of_[members[i].record->number] = i;
      place_of_key_[members[i].record->key] = i;
    }
    AddEdges();
    AddVerdicts();
  }

  FoundClusters Run() {
    Places all(members_.size());
    std::iota(all.begin(), all.end(), 0);
    Split(all, comparer_.rules().connect);
    std::sort(found_.clusters.begin(), found_.clusters.end(),
              [](const auto& a, const auto& b) { return a.members.front() < b.members.front(); });
    return std::move(found_);
  }

 private:
  Pair& PairOf(std::uint32_t a, std::uint32_t b) {
    const auto [left, right] = std::minmax(a, b);
    Pair& pair = pairs_[{left, right}];
    pair.left = left;
    pair.right = right;
    return pair;
  }

  void AddEdges() {
    if (comparer_.rules().whole && members_.size() <= kMostWhole) {
      return AddAllPairs();
    }
    for (std::uint32_t i = 0; i < members_.size(); ++i) {
      for (const StoredEdge& edge : members_[i].edges) {
        if (edge.weight < comparer_.rules().keep) {
          continue;  // it is only kept to tell a relation
        }
        if (const auto other = place_of_.find(edge.other); other != place_of_.end() && i < other->second) {
          Pair& pair = PairOf(i, other->second);
          pair.weight = edge.weight;
          pair.measured = true;
          pair.forbidden = edge.contradicted;
        }
      }
    }
  }

  void AddAllPairs() {
    for (std::uint32_t i = 0; i < members_.size(); ++i) {
      for (std::uint32_t j = i + 1; j < members_.size(); ++j) {
        const Weighed weighed = comparer_.Compare(*members_[i].record->cleaned, *members_[j].record->cleaned);
        Pair& pair = PairOf(i, j);
        pair.weight = weighed.weight;
        pair.measured = true;
        pair.forbidden = weighed.contradicted;
        pair.hard = weighed.forbidden;
      }
    }
    AddAttested();
  }

  // Their edges say what their documents add.
  void AddAttested() {
    std::vector<std::pair<std::uint32_t, std::uint32_t>> proven;
    for (std::uint32_t i = 0; i < members_.size(); ++i) {
      for (const StoredEdge& edge : members_[i].edges) {
        const auto other = edge.documents > 0 ? place_of_.find(edge.other) : place_of_.end();
        if (other == place_of_.end()) {
          continue;
        }
        Pair& pair = PairOf(i, other->second);
        pair.weight = edge.weight;
        pair.forbidden = edge.contradicted;
        if (edge.documents >= kExcusesFrom && IsLink(pair)) {
          proven.emplace_back(i, other->second);
        }
      }
    }
    Excuse(proven);
  }

  bool IsLink(const Pair& pair) const {
    return pair.measured && !pair.forbidden && pair.weight >= comparer_.rules().connect;
  }

  // What documents prove to be one has more than one name: who is linked under the one is not contradicted by
  // the other.
  void Excuse(const std::vector<std::pair<std::uint32_t, std::uint32_t>>& proven) {
    std::vector<Pair*> pairs;
    for (const auto& [i, k] : proven) {
      for (std::uint32_t j = 0; j < members_.size(); ++j) {
        if (j != i && j != k && IsLink(PairOf(k, j)) && !PairOf(i, j).hard) {
          pairs.push_back(&PairOf(i, j));
        }
      }
    }
    for (Pair* pair : pairs) {
      pair->forbidden = false;
    }
  }

  void AddVerdicts() {
    for (std::uint32_t i = 0; i < members_.size(); ++i) {
      for (const Verdict& verdict : members_[i].verdicts) {
        const auto other = place_of_key_.find(verdict.other);
        if (other == place_of_key_.end() || other->second <= i) {
          continue;
        }
        Pair& pair = PairOf(i, other->second);
        pair.decided = true;
        pair.forbidden = !verdict.confirmed;
        pair.confirmed = verdict.confirmed ? verdict.decision : std::string();
      }
    }
  }

  // Parts that hang together by pairs of the weight, each clustered by itself; one that is too large is split
  // by a higher one.
  void Split(const Places& places, int threshold) {
    std::iota(group_.begin(), group_.end(), 0);
    const std::vector<const Pair*> pairs = PairsWithin(places);
    for (const Pair* pair : pairs) {
      if (!pair->confirmed.empty() || (pair->measured && pair->weight >= threshold && !pair->forbidden)) {
        const std::uint32_t a = Root(pair->left), b = Root(pair->right);
        group_[std::max(a, b)] = std::min(a, b);
      }
    }
    std::map<std::uint32_t, Places> parts;
    for (const std::uint32_t place : places) {
      parts[Root(place)].push_back(place);
    }
    for (auto& [root, part] : parts) {
      const bool crowded = part.size() > most_together_;
      found_.crowded = found_.crowded || crowded;
      if (crowded && StrongestIn(part) >= threshold) {
        Split(part, threshold + kStepUp);
      } else {  // of what is too large by people's words alone nothing can be taken away
        ClusterPart(part);
      }
    }
  }

  std::uint32_t Root(std::uint32_t place) {
    while (group_[place] != place) {
      place = group_[place] = group_[group_[place]];
    }
    return place;
  }

  std::vector<const Pair*> PairsWithin(const Places& places) const {
    std::vector<const Pair*> within;
    for (const auto& [ends, pair] : pairs_) {
      if (std::binary_search(places.begin(), places.end(), pair.left) &&
          std::binary_search(places.begin(), places.end(), pair.right)) {
        within.push_back(&pair);
      }
    }
    return within;
  }

  // Of the pairs that nobody confirmed.
  int StrongestIn(const Places& part) const {
    int strongest = std::numeric_limits<int>::min();
    for (const Pair* pair : PairsWithin(part)) {
      strongest = pair->confirmed.empty() && pair->measured ? std::max(strongest, pair->weight) : strongest;
    }
    return strongest;
  }

  void ClusterPart(const Places& part) {
    const std::vector<const Pair*> pairs = PairsWithin(part);
    const auto within = [&](std::uint32_t place) { return static_cast<std::uint32_t>(PlaceIn(part, place)); };
    std::vector<linkage::Edge> edges;
    for (const Pair* pair : pairs) {
      if (pair->measured) {
        edges.push_back({within(pair->left), within(pair->right), pair->weight, pair->forbidden});
      }
    }
    std::vector<std::vector<linkage::Anchor>> anchors;
    for (const std::uint32_t place : part) {
      anchors.push_back(members_[place].record->cleaned->anchors);
    }
    Joined joined(part.size());
    for (const linkage::Step& step :
         linkage::Cluster(part.size(), edges, {{}, anchors}, comparer_.rules().clusters).steps) {
      joined.Add(step, *StrongestBetween(part, pairs, joined.groups, step.left, step.right));
    }
    JoinConfirmed(part, pairs, joined);
    AddClusters(part, joined);
  }

  // What became of a part's places.
  struct Joined {
    explicit Joined(std::size_t places) : groups(places) { std::iota(groups.begin(), groups.end(), 0); }
    void Add(const linkage::Step& step, const Pair& strongest) {
      steps.push_back(step);
      links.push_back(&strongest);
      std::replace(groups.begin(), groups.end(), std::max(step.left, step.right),
                   std::min(step.left, step.right));
    }
    Places groups;  // for each place the first one of its group
    std::vector<linkage::Step> steps;
    std::vector<const Pair*> links;
  };

  static const Pair* StrongestBetween(const Places& part, const std::vector<const Pair*>& pairs,
                                      const Places& groups, std::uint32_t left, std::uint32_t right) {
    const Pair* strongest = nullptr;
    for (const Pair* pair : pairs) {
      const std::uint32_t a = groups[PlaceIn(part, pair->left)], b = groups[PlaceIn(part, pair->right)];
      if (pair->measured && std::minmax(a, b) == std::minmax(left, right) &&
          (strongest == nullptr || pair->weight > strongest->weight)) {
        strongest = pair;
      }
    }
    return strongest;
  }

  // In the order of the records' keys.
  void JoinConfirmed(const Places& part, const std::vector<const Pair*>& pairs, Joined& joined) const {
    const auto group_of = [&](std::uint32_t place) { return joined.groups[PlaceIn(part, place)]; };
    for (const Pair* pair : pairs) {
      if (pair->confirmed.empty()) {
        continue;
      }
      const auto [left, right] = std::minmax({group_of(pair->left), group_of(pair->right)});
      const bool forbidden =
          std::any_of(pairs.begin(), pairs.end(), [&, left = left, right = right](const Pair* other) {
            return other->decided && other->forbidden &&
                   std::minmax({group_of(other->left), group_of(other->right)}) == std::pair(left, right);
          });
      if (left != right && !forbidden) {
        joined.Add({left, right, pair->weight, 1}, *pair);
      }
    }
  }

  void AddClusters(const Places& part, const Joined& joined) {
    std::map<std::uint32_t, FoundCluster> clusters;
    for (std::uint32_t i = 0; i < part.size(); ++i) {
      clusters[joined.groups[i]].members.push_back(part[i]);
    }
    for (std::size_t i = 0; i < joined.steps.size(); ++i) {
      FoundCluster& cluster = clusters.at(joined.groups[joined.steps[i].left]);
      const auto in_cluster = [&](std::uint32_t place) { return PlaceIn(cluster.members, place); };
      const Pair& pair = *joined.links[i];
      cluster.links.push_back({in_cluster(pair.left), in_cluster(pair.right), pair.weight, pair.confirmed});
      linkage::Step step = joined.steps[i];
      step.left = static_cast<std::uint32_t>(in_cluster(part[step.left]));
      step.right = static_cast<std::uint32_t>(in_cluster(part[step.right]));
      cluster.steps.push_back(step);
    }
    for (auto& [first, cluster] : clusters) {
      found_.clusters.push_back(std::move(cluster));
    }
  }

  template <class Numbers>
  static std::size_t PlaceIn(const Numbers& sorted, std::uint32_t place) {
    return static_cast<std::size_t>(std::lower_bound(sorted.begin(), sorted.end(), place) - sorted.begin());
  }

  const Comparer& comparer_;
  const std::vector<Member>& members_;
  const std::size_t most_together_;
  std::unordered_map<std::uint64_t, std::uint32_t> place_of_;
  std::unordered_map<std::string, std::uint32_t> place_of_key_;
  std::map<std::pair<std::uint32_t, std::uint32_t>, Pair> pairs_;
  Places group_;  // while a part is split
  FoundClusters found_;
};

}  // namespace

FoundClusters FindClusters(const Comparer& comparer, const std::vector<Member>& members,
                           std::size_t most_together) {
  if (members.size() == 1) {
    return {{{{0}, {}, {}}}, false};
  }
  return Component(comparer, members, most_together).Run();
}

}  // namespace crossbill::transforms
