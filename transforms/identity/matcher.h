// Keeps the pairs up to date: a record is compared with whom it meets when it comes, and never again while
// neither changes. One thread.
#pragma once

#include <cstdint>
#include <set>

#include "transforms/identity/block_index.h"
#include "transforms/identity/comparer.h"
#include "transforms/identity/edges.h"
#include "transforms/identity/outlines.h"

namespace crossbill::transforms {

class Matcher {
 public:
  // `lookup` and `visit_all` give the records that are in the state.
  Matcher(const Comparer& comparer, BlockIndex::Lookup lookup, BlockIndex::VisitAll visit_all)
      : comparer_(comparer),
        lookup_(lookup),
        visit_all_(std::move(visit_all)),
        outlines_(comparer),
        index_(comparer, std::move(lookup)) {}
  // The store of the calls that follow.
  void Use(bus::StateStore& state) { edges_.Use(state); }

  // Makes the index and the outlines of what is in the state. Before the first record enters or leaves.
  Status Load();
  // `touched` gets the records whose pairs changed, also `record`. It must be what a lookup gives.
  Status Enter(const Resident& record, std::set<std::uint64_t>& touched);
  // To be called while a lookup still gives what entered.
  Status Leave(const Resident& record, std::set<std::uint64_t>& touched);
  Result<std::vector<StoredEdge>> EdgesOf(std::uint64_t number) { return edges_.Of(number); }
  // The documents of two records' parties say that they are the same, by so many counts: 0, no more. Such a
  // pair is kept whatever it weighs, and wherever the records meet.
  Status Attest(const Resident& one, const Resident& other, int documents, std::set<std::uint64_t>& touched);
  // Takes the index and the pairs away.
  Status Clear();

 private:
  Status Widened(const std::vector<std::uint64_t>& members, std::set<std::uint64_t>& touched);
  Status Narrowed(const std::vector<std::uint64_t>& members, std::set<std::uint64_t>& touched);
  Status After(const Meetings& meetings, std::set<std::uint64_t>& touched);
  bool IsKept(const Weighed& weighed) const {
    return weighed.weight >= comparer_.rules().keep || weighed.relation >= 0;
  }

  const Comparer& comparer_;
  BlockIndex::Lookup lookup_;
  BlockIndex::VisitAll visit_all_;
  Outlines outlines_;
  BlockIndex index_;
  Edges edges_;
  bool is_loaded_ = false;
};

}  // namespace crossbill::transforms
