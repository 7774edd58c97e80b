// The index by blocks, in the stage's state: which records meet. A block of at most `most_in_block` records
// is one in which all meet; of a larger one the next key of its rule makes narrower blocks. A function of the
// set of records, whatever order they came in. One thread.
#pragma once

#include <cstdint>
#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "bus/bus.h"
#include "transforms/identity/comparer.h"

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
  std::set<std::uint64_t> met;  // whom it meets (coming)
  // Blocks whose records all meet from now on, or that were narrowed: some of them may meet no more.
  std::vector<std::vector<std::uint64_t>> widened;
  std::vector<std::vector<std::uint64_t>> narrowed;
};

class BlockIndex {
 public:
  using Lookup = std::function<Result<ResidentPtr>(std::uint64_t number)>;
  BlockIndex(const Comparer& comparer, Lookup lookup) : comparer_(comparer), lookup_(std::move(lookup)) {}
  // The store of the calls that follow.
  void Use(bus::StateStore& state) { state_ = &state; }

  Status Enter(const Resident& record, Meetings& meetings);
  Status Leave(const Resident& record, Meetings& meetings);
  // Whether two records that are in the index meet.
  Result<bool> Meet(const Resident& left, const Resident& right);
  // Whom a record would meet that is not in the index.
  Status Find(const Cleaned& record, std::set<std::uint64_t>& met);
  // Takes everything out.
  Status Clear();

 private:
  struct Place {
    std::size_t rule = 0;
    std::size_t level = 0;
    std::uint64_t key = 0;
  };
  struct Block {
    std::uint64_t size = 0;
    std::vector<std::uint64_t> members;  // while it is not too large
  };

  bool IsTooLarge(const Block& block) const { return block.size > comparer_.rules().most_in_block; }
  bool IsLast(const Place& place) const { return place.level + 1 == comparer_.KeysOfRule(place.rule); }
  std::vector<std::uint64_t> KeysOf(const Cleaned& record, std::size_t rule, std::size_t level,
                                    std::uint64_t key) const;
  Result<Block> Read(const Place& place);
  void Write(const Place& place, const Block& block);
  void PutMember(const Place& place, std::uint64_t number);
  void DeleteMember(const Place& place, std::uint64_t number);
  Result<std::vector<std::uint64_t>> Members(const Place& place);
  // `met`: nullptr where the record's meetings are known.
  Status EnterPlace(const Place& place, const Resident& record, std::set<std::uint64_t>* met,
                    Meetings& meetings);
  Status EnterNarrower(const Place& place, const Resident& record, std::set<std::uint64_t>* met,
                       Meetings& meetings);
  Status Narrow(const Place& place, const Resident& last, std::vector<std::uint64_t> members,
                Meetings& meetings);
  Status LeavePlace(const Place& place, const Resident& record, Meetings& meetings);
  Status Widen(const Place& place, const Resident& gone, Meetings& meetings);
  // Takes the place's members and its narrower blocks away.
  Status Dissolve(const Place& place, const std::vector<ResidentPtr>& members);
  // The blocks in which a record meets others.
  Status Visit(const Place& place, const Cleaned& record,
               const std::function<void(const Place&, const Block&)>& visit);
  Status VisitAll(const Cleaned& record, const std::function<void(const Place&, const Block&)>& visit);

  const Comparer& comparer_;
  Lookup lookup_;
  bus::StateStore* state_ = nullptr;
};

}  // namespace crossbill::transforms
