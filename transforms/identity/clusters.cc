#include "transforms/identity/clusters.h"

#include <algorithm>
#include <cstdint>
#include <tuple>
#include <utility>

namespace crossbill::transforms {
namespace {

bool MayJoin(const Cluster& a, const Cluster& b, int least_mean,
             const std::function<Evidence(std::size_t, std::size_t)>& compare) {
  std::int64_t sum = 0;
  for (const std::size_t left : a.members) {
    for (const std::size_t right : b.members) {
      const Evidence evidence = compare(left, right);
      if (evidence.forbidden || evidence.contradicted) {
        return false;
      }
      sum += evidence.weight;
    }
  }
  const auto pairs = static_cast<std::int64_t>(a.members.size() * b.members.size());
  return sum >= pairs * least_mean;
}

void Join(Cluster& into, Cluster&& from, const Edge& edge) {
  into.members.insert(into.members.end(), from.members.begin(), from.members.end());
  std::sort(into.members.begin(), into.members.end());
  into.links.insert(into.links.end(), from.links.begin(), from.links.end());
  into.links.push_back(edge);
  from = {};
}

}  // namespace

std::vector<Cluster> Agglomerate(std::size_t size, std::vector<Edge> edges, int least_mean,
                                 const std::function<Evidence(std::size_t, std::size_t)>& compare) {
  std::sort(edges.begin(), edges.end(), [](const Edge& a, const Edge& b) {
    return std::make_tuple(-a.weight, a.left, a.right) < std::make_tuple(-b.weight, b.left, b.right);
  });
  std::vector<Cluster> clusters(size);
  std::vector<std::size_t> cluster_of(size);
  for (std::size_t i = 0; i < size; ++i) {
    clusters[i].members = {i};
    cluster_of[i] = i;
  }
  for (const Edge& edge : edges) {
    const std::size_t a = cluster_of[edge.left];
    const std::size_t b = cluster_of[edge.right];
    if (a == b || !MayJoin(clusters[a], clusters[b], least_mean, compare)) {
      continue;
    }
    for (const std::size_t member : clusters[b].members) {
      cluster_of[member] = a;
    }
    Join(clusters[a], std::move(clusters[b]), edge);
  }
  std::vector<Cluster> made;
  for (Cluster& cluster : clusters) {
    if (!cluster.members.empty()) {
      made.push_back(std::move(cluster));
    }
  }
  std::sort(made.begin(), made.end(),
            [](const Cluster& a, const Cluster& b) { return a.members.front() < b.members.front(); });
  return made;
}

}  // namespace crossbill::transforms
