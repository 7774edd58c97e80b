// The source records of parties by identity's blocks, in the read model: whom a party may be, without reading
// all of them. What is kept is a function of the newest version of each record and of the comparer. Writing:
// one thread (the updater). Reading: any thread.
#pragma once

#include <cstdint>
#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "facade/views/store.h"
#include "transforms/identity/comparer.h"

namespace crossbill::v1 {
class Party;
}

namespace crossbill::facade {

// A record that a party may be.
struct Likeness {
  std::string record;  // "system/stream/key"
  transforms::CleanedPtr cleaned;
  transforms::Weighed weighed;
};

class PartyIndex {
 public:
  // Of one question: in blocks that are not too large. A packaged model comes to some hundred.
  static constexpr std::size_t kMostCandidates = 2'000;

  PartyIndex(Store& store, const transforms::Comparer& comparer) : store_(store), comparer_(comparer) {}
  const transforms::Comparer& comparer() const { return comparer_; }

  // Whether a blocking rule has a value of it: without, it is never found.
  bool HasBlocks(const transforms::Cleaned& party) const;
  // The records that meet it in a block and weigh so much that identity would link them, or ask.
  Result<std::vector<Likeness>> Find(const transforms::Cleaned& party) const;
  // A record's values; nullptr where it is not there.
  Result<transforms::CleanedPtr> Get(std::string_view record) const;

  // A newer version of a record. An older one changes nothing. False: another record has the same number, and
  // this one is left out.
  Result<bool> Put(StoreBatch& batch, std::string_view record, std::int64_t sequence,
                   const v1::Party& party) const;
  // Nothing of it is left.
  Status Remove(StoreBatch& batch, std::string_view record) const;
  // Nor of those of which `which` says so.
  Status RemoveThose(const std::function<bool(std::string_view record)>& which) const;

 private:
  Result<std::vector<std::uint64_t>> CandidatesOf(const transforms::Cleaned& party) const;
  Status RemoveEntries(StoreBatch& batch, std::uint64_t number, std::string_view cleaned,
                       const std::set<std::string>& but) const;

  Store& store_;
  const transforms::Comparer& comparer_;
};

}  // namespace crossbill::facade
