#include "transforms/linkage/clustering.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <queue>
#include <tuple>
#include <unordered_map>

namespace crossbill::linkage {
namespace {

// All edges between two clusters.
struct Bond {
  std::int64_t weight = 0;
  std::int64_t edges = 0;
  int most = std::numeric_limits<int>::min();  // of one edge
  bool forbidden = false;

  void Add(const Bond& other) {
    weight += other.weight;
    edges += other.edges;
    most = std::max(most, other.most);
    forbidden = forbidden || other.forbidden;
  }
};

struct Group {
  std::uint32_t first = 0;  // the least record
  std::int64_t size = 1;
  bool joined = false;  // into another group
  std::unordered_map<std::uint32_t, Bond> bonds;
  std::vector<std::uint32_t> systems;  // sorted
  std::vector<Anchor> anchors;         // sorted, each once
};

bool HaveCommonSystem(const std::vector<std::uint32_t>& a, const std::vector<std::uint32_t>& b) {
  return std::any_of(a.begin(), a.end(),
                     [&](std::uint32_t s) { return std::binary_search(b.begin(), b.end(), s); });
}

// Two groups that may join, with the mean weight of their pairs as a fraction.
struct Candidate {
  std::int64_t weight = 0;
  std::int64_t pairs = 1;
  std::uint32_t first = 0;   // of the group with the lesser first record
  std::uint32_t second = 0;  // of the other
  std::uint32_t a = 0, b = 0;

  friend bool operator<(const Candidate& x, const Candidate& y) {
    const __int128 left = static_cast<__int128>(x.weight) * y.pairs,
                   right = static_cast<__int128>(y.weight) * x.pairs;
    return left != right ? left < right : std::tie(x.first, x.second) > std::tie(y.first, y.second);
  }
};

class Clusterer {
 public:
  Clusterer(std::size_t records, std::span<const Edge> edges, const Constraints& constraints,
            const ClusteringRules& rules)
      : rules_(rules), groups_(records), in_(records) {
    std::iota(in_.begin(), in_.end(), 0);
    for (std::uint32_t record = 0; record < records; ++record) {
      groups_[record].first = record;
      if (!constraints.systems.empty()) {
        groups_[record].systems.push_back(constraints.systems[record]);
      }
      if (!constraints.anchors.empty()) {
        groups_[record].anchors = constraints.anchors[record];
      }
    }
    for (const Edge& edge : edges) {
      const Bond bond{edge.weight, 1, edge.weight, edge.forbidden};
      groups_[edge.left].bonds[edge.right].Add(bond);
      groups_[edge.right].bonds[edge.left].Add(bond);
    }
  }

  Clustering Run() {
    for (std::uint32_t a = 0; a < groups_.size(); ++a) {
      for (const auto& [b, bond] : groups_[a].bonds) {
        if (a < b) {
          Consider(a, b, bond);
        }
      }
    }
    while (!queue_.empty()) {
      const Candidate best = queue_.top();
      queue_.pop();
      if (!groups_[best.a].joined && !groups_[best.b].joined) {
        steps_.push_back({best.first, best.second, best.weight, best.pairs});
        Join(best.a, best.b);
      }
    }
    std::vector<std::uint32_t> firsts(in_.size());
    for (std::uint32_t record = 0; record < in_.size(); ++record) {
      firsts[record] = groups_[GroupOf(record)].first;
    }
    return {std::move(firsts), std::move(steps_)};
  }

 private:
  // Of a record; groups that have joined point to what they became.
  std::uint32_t GroupOf(std::uint32_t record) {
    std::uint32_t group = in_[record];
    while (groups_[group].joined) {
      group = became_.at(group);
    }
    return in_[record] = group;
  }

  void Consider(std::uint32_t a, std::uint32_t b, const Bond& bond) {
    const Group &x = groups_[a], &y = groups_[b];
    if (bond.most < rules_.pair || bond.forbidden || HaveCommonSystem(x.systems, y.systems) ||
        Contradict(x.anchors, y.anchors)) {
      return;
    }
    const std::int64_t pairs = x.size * y.size;
    const std::int64_t weight = bond.weight + (pairs - bond.edges) * rules_.missing;
    if (weight >= static_cast<std::int64_t>(rules_.link) * pairs) {
      const auto [first, second] = std::minmax(x.first, y.first);
      queue_.push({weight, pairs, first, second, a, b});
    }
  }

  // A new group, so that candidates of the two are known to be out of date.
  void Join(std::uint32_t a, std::uint32_t b) {
    const auto joined = static_cast<std::uint32_t>(groups_.size());
    Group group;
    group.first = std::min(groups_[a].first, groups_[b].first);
    group.size = groups_[a].size + groups_[b].size;
    std::merge(groups_[a].systems.begin(), groups_[a].systems.end(), groups_[b].systems.begin(),
               groups_[b].systems.end(), std::back_inserter(group.systems));
    std::set_union(groups_[a].anchors.begin(), groups_[a].anchors.end(), groups_[b].anchors.begin(),
                   groups_[b].anchors.end(), std::back_inserter(group.anchors));
    group.bonds = std::move(groups_[a].bonds);
    std::unordered_map<std::uint32_t, Bond> others = std::move(groups_[b].bonds);
    if (others.size() > group.bonds.size()) {
      group.bonds.swap(others);
    }
    for (const auto& [other, bond] : others) {
      group.bonds[other].Add(bond);
    }
    group.bonds.erase(a);
    group.bonds.erase(b);
    for (const std::uint32_t part : {a, b}) {
      groups_[part].joined = true;
      groups_[part].bonds.clear();
      became_.emplace(part, joined);
    }
    for (const auto& [other, bond] : group.bonds) {
      groups_[other].bonds.erase(a);
      groups_[other].bonds.erase(b);
      groups_[other].bonds.emplace(joined, bond);
    }
    groups_.push_back(std::move(group));
    for (const auto& [other, bond] : groups_[joined].bonds) {
      Consider(joined, other, bond);
    }
  }

  const ClusteringRules& rules_;
  std::vector<Group> groups_;
  std::vector<std::uint32_t> in_;  // for each record a group it is or was in
  std::unordered_map<std::uint32_t, std::uint32_t> became_;
  std::priority_queue<Candidate> queue_;
  std::vector<Step> steps_;
};

}  // namespace

bool Contradict(const std::vector<Anchor>& left, const std::vector<Anchor>& right) {
  const auto field_of = [](const std::vector<Anchor>& all, std::uint32_t field) {
    const auto less = [](const Anchor& x, const Anchor& y) { return x.field < y.field; };
    return std::equal_range(all.begin(), all.end(), Anchor{field, 0}, less);
  };
  for (auto begin = left.begin(); begin != left.end();) {
    const auto [first, last] = field_of(left, begin->field);
    const auto [other, end] = field_of(right, begin->field);
    const auto has = [&, other = other, end = end](const Anchor& anchor) {
      return std::binary_search(other, end, anchor);
    };
    if (other != end && std::none_of(first, last, has)) {
      return true;
    }
    begin = last;
  }
  return false;
}

Clustering Cluster(std::size_t records, std::span<const Edge> edges, const Constraints& constraints,
                   const ClusteringRules& rules) {
  return Clusterer(records, edges, constraints, rules).Run();
}

}  // namespace crossbill::linkage
