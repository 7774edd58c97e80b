#include "runtime/join_records.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <set>
#include <string>

namespace crossbill::runtime {
namespace {

// Records in order of their keys, and the other way round.
struct Ranks {
  explicit Ranks(const linkage::Records& records) : by_key(records.size()), rank(records.size()) {
    std::iota(by_key.begin(), by_key.end(), 0);
    std::sort(by_key.begin(), by_key.end(),
              [&](std::uint32_t a, std::uint32_t b) { return records.key(a) < records.key(b); });
    for (std::uint32_t i = 0; i < by_key.size(); ++i) {
      rank[by_key[i]] = i;
    }
  }

  std::vector<linkage::Edge> Ranked(std::vector<linkage::Edge> edges) const {
    for (linkage::Edge& edge : edges) {
      edge.left = rank[edge.left];
      edge.right = rank[edge.right];
    }
    return edges;
  }

  std::vector<std::uint32_t> by_key;
  std::vector<std::uint32_t> rank;
};

std::vector<std::uint32_t> ClustersOf(const linkage::Model& model, const linkage::Records& records,
                                      const Ranks& ranks, const std::vector<linkage::Edge>& edges) {
  std::vector<std::vector<linkage::Anchor>> anchors;
  std::vector<std::uint32_t> systems;
  for (const std::uint32_t record : ranks.by_key) {
    if (!model.clusters.forbid.empty()) {
      anchors.push_back(linkage::AnchorsOf(model, records[record]));
    }
    if (model.clusters.one_per_system) {
      systems.push_back(records.system(record));
    }
  }
  const std::vector<std::uint32_t> firsts =
      linkage::Cluster(records.size(), ranks.Ranked(edges), {systems, anchors},
                       {model.clusters.link, model.clusters.missing})
          .firsts;
  std::vector<std::uint32_t> clusters(records.size());
  for (std::uint32_t i = 0; i < firsts.size(); ++i) {
    clusters[ranks.by_key[i]] = ranks.by_key[firsts[i]];
  }
  return clusters;
}

// A pair of which both have numbers of which nobody has two, and none in common, is none.
std::vector<linkage::Edge> Allowed(const linkage::Model& model, const linkage::Records& records,
                                   std::vector<linkage::Edge> edges) {
  for (linkage::Edge& edge : edges) {
    edge.forbidden = edge.forbidden || linkage::Contradict(linkage::AnchorsOf(model, records[edge.left]),
                                                           linkage::AnchorsOf(model, records[edge.right]));
  }
  return edges;
}

// To weigh less than having no partner makes no pair, however well it fits.
int LeastOfPairs(const linkage::Model& model, const linkage::Weights& weights,
                 const std::vector<bool>& is_left) {
  const auto lefts = static_cast<std::size_t>(std::count(is_left.begin(), is_left.end(), true));
  return std::max(model.clusters.link, weights.NoPartner(lefts, is_left.size() - lefts));
}

void Match(const linkage::Model& model, const linkage::Weights& weights, const linkage::Records& records,
           const Ranks& ranks, const std::vector<linkage::Edge>& edges, JoinedRecords& joined) {
  std::vector<bool> is_left(records.size());
  for (std::uint32_t i = 0; i < is_left.size(); ++i) {
    is_left[i] = records.system(ranks.by_key[i]) == records.system(ranks.by_key.front());
  }
  joined.link = LeastOfPairs(model, weights, is_left);
  joined.matches =
      linkage::MatchOneToOne(is_left, ranks.Ranked(Allowed(model, records, edges)), {.link = joined.link});
  joined.clusters.resize(records.size());
  std::iota(joined.clusters.begin(), joined.clusters.end(), 0);
  for (linkage::Match& match : joined.matches) {
    match.left = ranks.by_key[match.left];
    match.right = ranks.by_key[match.right];
    joined.clusters[match.right] = match.left;
  }
}

Status MustBeOfTwoSystems(const linkage::Records& records) {
  std::set<std::uint32_t> systems;
  for (std::uint32_t record = 0; record < records.size(); ++record) {
    systems.insert(records.system(record));
  }
  if (systems.size() == 2) {
    return Ok();
  }
  return Error(
      Code::kConfigValue,
      fmt::format("clusters.one_to_one: the records are of {} systems, and pairs are of two; publish "
                  "the records of two systems, or use one_per_system",
                  systems.size()));
}

}  // namespace

Result<JoinedRecords> JoinRecords(const linkage::Model& model, const linkage::Weights& weights,
                                  const linkage::Records& records, const std::vector<linkage::Edge>& edges) {
  const Ranks ranks(records);
  JoinedRecords joined;
  if (!model.clusters.one_to_one) {
    joined.clusters = ClustersOf(model, records, ranks, edges);
    return joined;
  }
  CROSSBILL_RETURN_IF_ERROR(MustBeOfTwoSystems(records));
  Match(model, weights, records, ranks, edges, joined);
  return joined;
}

bool IsAutomatic(const linkage::Model& model, const linkage::Match& match) {
  return model.clusters.automatic.has_value() && match.margin >= *model.clusters.automatic;
}

}  // namespace crossbill::runtime
