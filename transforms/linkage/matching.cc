#include "transforms/linkage/matching.h"

#include <algorithm>
#include <functional>
#include <limits>
#include <numeric>
#include <queue>
#include <tuple>
#include <unordered_set>
#include <utility>

namespace crossbill::linkage {
namespace {

constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();

bool IsBetter(const Edge& a, const Edge& b) {
  return std::tuple(-std::int64_t{a.weight}, a.left, a.right) <
         std::tuple(-std::int64_t{b.weight}, b.left, b.right);
}

// Records that hang together by edges.
class Islands {
 public:
  explicit Islands(std::size_t records) : parents_(records) {
    std::iota(parents_.begin(), parents_.end(), 0);
  }
  std::uint32_t Of(std::uint32_t record) {
    while (parents_[record] != record) {
      record = parents_[record] = parents_[parents_[record]];
    }
    return record;
  }
  // The least record stands for all.
  void Join(std::uint32_t a, std::uint32_t b) {
    const std::uint32_t x = Of(a), y = Of(b);
    parents_[std::max(x, y)] = std::min(x, y);
  }

 private:
  std::vector<std::uint32_t> parents_;
};

// The best sum of one island: its left records are rows, its right ones columns, and what a pair weighs is a
// negative cost. A row may also stay alone, at no cost.
class Assignment {
 public:
  // `edges` in order of the left records.
  Assignment(std::span<const Edge> edges, int link) : link_(link) {
    for (const Edge& edge : edges) {
      columns_.push_back(edge.right);
    }
    std::sort(columns_.begin(), columns_.end());
    columns_.erase(std::unique(columns_.begin(), columns_.end()), columns_.end());
    for (const Edge& edge : edges) {
      if (rows_.empty() || rows_.back().record != edge.left) {
        rows_.push_back({edge.left, 0, kNone, {}});
      }
      const auto column = std::lower_bound(columns_.begin(), columns_.end(), edge.right);
      rows_.back().offers.push_back({static_cast<std::uint32_t>(column - columns_.begin()), &edge});
    }
    prices_.assign(columns_.size(), 0);
    taken_by_.assign(columns_.size(), kNone);
  }

  void Run(std::vector<const Edge*>& chosen) {
    for (std::uint32_t row = 0; row < rows_.size(); ++row) {
      Place(row);
    }
    for (const Row& row : rows_) {
      if (row.offer != kNone) {
        chosen.push_back(row.offers[row.offer].edge);
      }
    }
  }

 private:
  struct Offer {
    std::uint32_t column = 0;
    const Edge* edge = nullptr;
  };
  struct Row {
    std::uint32_t record = 0;
    std::int64_t potential = 0;
    std::uint32_t offer = kNone;  // that it has taken
    std::vector<Offer> offers;
  };
  // How a column was reached: over which row's offer.
  struct Step {
    std::int64_t distance = std::numeric_limits<std::int64_t>::max();
    std::uint32_t row = kNone;
    std::uint32_t offer = kNone;
    bool done = false;
  };
  struct Reached {
    std::uint32_t row = 0;
    std::int64_t distance = 0;
  };
  // Where a path ends: at a free column, or at a row that stays alone.
  struct End {
    std::int64_t distance = std::numeric_limits<std::int64_t>::max();
    std::uint32_t column = kNone;
    std::uint32_t row = kNone;
  };
  using Queue = std::priority_queue<std::pair<std::int64_t, std::uint32_t>,
                                    std::vector<std::pair<std::int64_t, std::uint32_t>>, std::greater<>>;

  // A pair at the least weight is better than none.
  std::int64_t CostOf(const Edge& edge) const { return std::int64_t{link_} - edge.weight - 1; }

  // Gives the row a column, or leaves another one alone: along the shortest path.
  void Place(std::uint32_t start) {
    Row& first = rows_[start];
    first.potential = 0;
    for (const Offer& offer : first.offers) {
      first.potential = std::min(first.potential, CostOf(*offer.edge) - prices_[offer.column]);
    }
    std::vector<Step> steps(columns_.size());
    std::vector<Reached> reached;
    Queue queue;
    End end;
    LookAt(start, 0, steps, reached, queue, end);
    while (!queue.empty() && queue.top().first < end.distance) {
      const auto [distance, column] = queue.top();
      queue.pop();
      if (steps[column].done) {
        continue;
      }
      steps[column].done = true;
      if (taken_by_[column] == kNone) {
        end = {distance, column, kNone};
        break;
      }
      LookAt(taken_by_[column], distance, steps, reached, queue, end);
    }
    Reprice(end.distance, steps, reached);
    TakeAlong(end, steps);
  }

  void LookAt(std::uint32_t row, std::int64_t distance, std::vector<Step>& steps,
              std::vector<Reached>& reached, Queue& queue, End& end) const {
    const Row& from = rows_[row];
    reached.push_back({row, distance});
    if (const std::int64_t alone = distance - from.potential; alone < end.distance) {
      end = {alone, kNone, row};
    }
    for (std::uint32_t i = 0; i < from.offers.size(); ++i) {
      const Offer& offer = from.offers[i];
      const std::int64_t further = distance + CostOf(*offer.edge) - from.potential - prices_[offer.column];
      Step& step = steps[offer.column];
      if (!step.done && further < step.distance) {
        step = {further, row, i, false};
        queue.emplace(further, offer.column);
      }
    }
  }

  void Reprice(std::int64_t length, const std::vector<Step>& steps, const std::vector<Reached>& reached) {
    for (const Reached& each : reached) {
      rows_[each.row].potential += length - each.distance;
    }
    for (std::size_t column = 0; column < steps.size(); ++column) {
      if (steps[column].done) {
        prices_[column] -= length - steps[column].distance;
      }
    }
  }

  // Each row of the path takes the column over which it was left.
  void TakeAlong(const End& end, const std::vector<Step>& steps) {
    std::uint32_t column = end.column;
    if (end.row != kNone) {
      column = Leave(end.row);
    }
    while (column != kNone) {
      const Step& step = steps[column];
      const std::uint32_t left = Leave(step.row);
      rows_[step.row].offer = step.offer;
      taken_by_[column] = step.row;
      column = left;
    }
  }

  // The column that the row had.
  std::uint32_t Leave(std::uint32_t row) {
    const std::uint32_t offer = std::exchange(rows_[row].offer, kNone);
    return offer == kNone ? kNone : rows_[row].offers[offer].column;
  }

  int link_;
  std::vector<std::uint32_t> columns_;  // the right records
  std::vector<Row> rows_;
  std::vector<std::int64_t> prices_;     // of columns
  std::vector<std::uint32_t> taken_by_;  // for each column its row
};

void BestPairFirst(std::span<const Edge> edges, std::vector<const Edge*>& chosen) {
  std::vector<const Edge*> order;
  for (const Edge& edge : edges) {
    order.push_back(&edge);
  }
  std::sort(order.begin(), order.end(), [](const Edge* a, const Edge* b) { return IsBetter(*a, *b); });
  std::unordered_set<std::uint32_t> taken;
  for (const Edge* edge : order) {
    if (!taken.contains(edge->left) && !taken.contains(edge->right)) {
      taken.insert({edge->left, edge->right});
      chosen.push_back(edge);
    }
  }
}

// Edges that may become pairs, from left to right, island by island.
std::vector<Edge> Sorted(const std::vector<bool>& is_left, std::span<const Edge> edges, int link,
                         Islands& islands) {
  std::vector<Edge> sorted;
  for (Edge edge : edges) {
    if (edge.weight >= link && !edge.forbidden) {
      if (!is_left[edge.left]) {
        std::swap(edge.left, edge.right);
      }
      islands.Join(edge.left, edge.right);
      sorted.push_back(edge);
    }
  }
  std::sort(sorted.begin(), sorted.end(), [&](const Edge& a, const Edge& b) {
    return std::tuple(islands.Of(a.left), a.left, a.right) < std::tuple(islands.Of(b.left), b.left, b.right);
  });
  return sorted;
}

// For each record its best edge and the next one.
struct BestTwo {
  int best = std::numeric_limits<int>::min();
  int second = std::numeric_limits<int>::min();

  void Add(int weight) {
    second = std::max(second, std::min(best, weight));
    best = std::max(best, weight);
  }
  // Besides one edge of that weight.
  int Without(int weight) const { return weight == best ? second : best; }
};

}  // namespace

std::vector<Match> MatchOneToOne(const std::vector<bool>& is_left, std::span<const Edge> edges,
                                 const MatchingRules& rules) {
  Islands islands(is_left.size());
  const std::vector<Edge> sorted = Sorted(is_left, edges, rules.link, islands);
  std::vector<const Edge*> chosen;
  for (std::size_t begin = 0, end = 0; begin < sorted.size(); begin = end) {
    while (end < sorted.size() && islands.Of(sorted[end].left) == islands.Of(sorted[begin].left)) {
      ++end;
    }
    const std::span<const Edge> island(sorted.data() + begin, end - begin);
    if (island.size() > rules.most_edges) {
      BestPairFirst(island, chosen);
    } else {
      Assignment(island, rules.link).Run(chosen);
    }
  }
  std::vector<BestTwo> of_records(is_left.size());
  for (const Edge& edge : sorted) {
    of_records[edge.left].Add(edge.weight);
    of_records[edge.right].Add(edge.weight);
  }
  std::vector<Match> matches;
  for (const Edge* edge : chosen) {
    const int other = std::max({rules.link, of_records[edge->left].Without(edge->weight),
                                of_records[edge->right].Without(edge->weight)});
    matches.push_back({edge->left, edge->right, edge->weight, edge->weight - other});
  }
  std::sort(matches.begin(), matches.end(), [](const Match& a, const Match& b) { return a.left < b.left; });
  return matches;
}

}  // namespace crossbill::linkage
