// Keeps the pairs up to date: a record is compared with whom it meets when it comes, and never again while
// neither changes. One thread.
#pragma once

#include <cstdint>
#include <functional>
#include <set>
#include <span>
#include <vector>

#include "base/for_each_part.h"
#include "transforms/identity/block_index.h"
#include "transforms/identity/comparer.h"
#include "transforms/identity/edges.h"
#include "transforms/identity/outlines.h"

namespace crossbill::transforms {

// The records that are in the state.
struct Residents {
  BlockIndex::Lookup find;
  std::function<Result<std::vector<ResidentPtr>>(std::span<const std::uint64_t> numbers)> find_all;
  BlockIndex::VisitAll visit_all;
};

class Matcher {
 public:
  // `for_each_part`: what does not depend on each other is done by it; the rest on the caller's thread.
  Matcher(const Comparer& comparer, Residents residents, ForEachPart for_each_part)
      : comparer_(comparer),
        residents_(std::move(residents)),
        for_each_part_(std::move(for_each_part)),
        outlines_(comparer),
        index_(comparer, residents_.find) {}
  // The store of the calls that follow.
  void Use(bus::StateStore& state) { edges_.Use(state); }

  // Makes the index and the outlines of what is in the state. Before the first record enters or leaves.
  Status Load();
  // `touched` gets the records whose pairs changed, also `record`. It must be what a lookup gives.
  Status Enter(const ResidentPtr& record, std::set<std::uint64_t>& touched) {
    return EnterAll({&record, 1}, touched);
  }
  // The same for many, of which none leaves meanwhile: what comes of it does not depend on how they are
  // divided among calls.
  Status EnterAll(std::span<const ResidentPtr> records, std::set<std::uint64_t>& touched);
  // To be called while a lookup still gives what entered.
  Status Leave(const Resident& record, std::set<std::uint64_t>& touched);
  Result<std::vector<StoredEdge>> EdgesOf(std::uint64_t number) { return edges_.Of(number); }
  // The documents of two records' parties say that they are the same, by so many counts: 0, no more. Such a
  // pair is kept whatever it weighs, and wherever the records meet.
  Status Attest(const Resident& one, const Resident& other, int documents, std::set<std::uint64_t>& touched);
  // Takes the index and the pairs away.
  Status Clear();

 private:
  struct Entering;

  Status FindOthers(std::vector<Entering>& all);
  void Compare(Entering& entering) const;
  Status Widened(const std::vector<std::uint64_t>& members, std::set<std::uint64_t>& touched);
  Status Narrowed(const std::vector<std::uint64_t>& members, std::set<std::uint64_t>& touched);
  Status After(const Meetings& meetings, std::set<std::uint64_t>& touched);
  bool IsKept(const Weighed& weighed) const {
    return weighed.weight >= comparer_.rules().keep || weighed.relation >= 0;
  }

  const Comparer& comparer_;
  Residents residents_;
  ForEachPart for_each_part_;
  Outlines outlines_;
  BlockIndex index_;
  Edges edges_;
  bool is_loaded_ = false;
};

}  // namespace crossbill::transforms
