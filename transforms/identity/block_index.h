// The index by blocks, in memory: which records meet. A block of at most Comparer::MostInBlock records is one
// in which all meet; of a larger one the next key of its rule makes narrower blocks. A function of the set of
// records, whatever order they came in, so that it is made anew from them after a start. One thread.
#pragma once

#include <absl/container/flat_hash_map.h>

#include <cstdint>
#include <functional>
#include <set>
#include <string>
#include <vector>

#include "base/result.h"
#include "transforms/identity/comparer.h"
#include "transforms/identity/member_list.h"

namespace crossbill::transforms {

// A record in the index.
struct Resident {
  std::uint64_t number = 0;  // in the order of first sight
  std::string key;           // "system/stream/key"
  CleanedPtr cleaned;
};
using ResidentPtr = std::shared_ptr<const Resident>;

// What one record's coming or going changed.
struct Meetings {
  std::vector<std::uint64_t> met;  // whom it meets (coming); ascending, each once
  // Blocks whose records all meet from now on, or that were narrowed: some of them may meet no more.
  std::vector<std::vector<std::uint64_t>> widened;
  std::vector<std::vector<std::uint64_t>> narrowed;
};

class BlockIndex {
 public:
  using Lookup = std::function<Result<ResidentPtr>(std::uint64_t number)>;
  // Calls visit(record) for every record.
  using VisitAll = std::function<Status(const std::function<void(const Resident&)>& visit)>;
  static constexpr std::uint64_t kMostNumber = UINT32_MAX;  // of a record

  BlockIndex(const Comparer& comparer, Lookup lookup) : comparer_(comparer), lookup_(std::move(lookup)) {}

  // Of many records at once, into an empty index: who meets is not told. Visits them twice at most.
  Status Fill(const VisitAll& visit_all);
  Status Enter(const Resident& record, Meetings& meetings);
  Status Leave(const Resident& record, Meetings& meetings);
  // Whether two records that are in the index meet.
  bool Meet(const Resident& left, const Resident& right) const;
  // Takes everything out.
  void Clear() { blocks_ = Blocks(); }
  bool empty() const { return blocks_.empty(); }

 private:
  struct Place {
    std::size_t rule = 0;
    std::size_t level = 0;
    std::uint64_t key = 0;
  };
  struct Mixed {  // keys are hashes already
    std::size_t operator()(std::uint64_t key) const { return key; }
  };
  using Blocks = absl::flat_hash_map<std::uint64_t, MemberList, Mixed>;
  class Filling;

  static std::uint64_t NumberOf(const Place& place);
  bool IsTooLarge(const Place& place, std::size_t size) const {
    return size > comparer_.MostInBlock(place.rule);
  }
  bool IsLast(const Place& place) const { return place.level + 1 == comparer_.KeysOfRule(place.rule); }
  std::vector<Place> WidestOf(const Cleaned& record) const;
  std::vector<std::uint64_t> KeysOf(const Cleaned& record, std::size_t rule, std::size_t level,
                                    std::uint64_t key) const;
  std::size_t SizeOf(const Place& place) const;
  std::vector<std::uint64_t> MembersOf(const Place& place) const;
  void Remove(const Place& place, std::uint64_t number);
  // `met`: nullptr where the record's meetings are known.
  Status EnterPlace(const Place& place, const Resident& record, std::vector<std::uint64_t>* met,
                    Meetings& meetings);
  Status EnterNarrower(const Place& place, const Resident& record, std::vector<std::uint64_t>* met,
                       Meetings& meetings);
  Status Narrow(const Place& place, const Resident& last, Meetings& meetings);
  Status LeavePlace(const Place& place, const Resident& record, Meetings& meetings);
  Status Widen(const Place& place, const Resident& gone, Meetings& meetings);
  // Takes the narrower blocks of the place's members away.
  void Dissolve(const Place& place, const std::vector<ResidentPtr>& members);
  bool MeetIn(const Place& place, const Cleaned& record, std::uint64_t other) const;

  const Comparer& comparer_;
  Lookup lookup_;
  Blocks blocks_;
};

}  // namespace crossbill::transforms
