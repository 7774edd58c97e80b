// The state of identity: party records, the index by blocks, components of the graph of evidence, and
// customers. Over a StateStore, with a bounded cache of decoded records. One thread; a ledger is made anew
// with its processor, so it never knows more than what was committed.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/id.h"
#include "base/result.h"
#include "crossbill/v1/party.pb.h"
#include "transforms/identity/features.h"
#include "transforms/sdk/cache.h"
#include "transforms/sdk/processor.h"

namespace crossbill::transforms {

// A party record's newest version. A deleted one keeps its sequence and age.
struct PartyRecord {
  std::string key;  // "system/stream/key"
  std::int64_t sequence = 0;
  std::uint64_t age = 0;  // its number in the order of first sight
  bool deleted = false;
  std::string customer;   // "customers/…"; empty: not yet
  std::string component;  // the smallest record key of its component
  v1::Party party;
  Features features;  // of a record that is not deleted
};
using PartyRecordPtr = std::shared_ptr<const PartyRecord>;

struct CustomerEntry {
  std::uint64_t age = 0;  // its number in the order of making: the oldest survives a merge
  Hash128 content;        // of what was emitted last
  std::vector<std::string> previous_names;
  std::string merged_into;  // set: this name is only a sign-post
};

class Ledger {
 public:
  explicit Ledger(std::string default_country)
      : default_country_(std::move(default_country)), cache_(kCached) {}
  // The store of the calls that follow.
  void Use(bus::StateStore& state) { state_ = &state; }

  Result<PartyRecordPtr> Find(std::string_view key);  // null: never seen
  void Put(PartyRecord record);
  // Enters a record under its blocks, or takes it off; `touched` gets the records of blocks that became too
  // large or usable again.
  Status Index(const PartyRecord& record, bool in, std::vector<std::string>& touched);
  // The other records of a block; none when it is too large (kMaxBlock) to say anything: a function of the
  // set of records.
  Status BlockMembers(std::string_view block, std::vector<std::string>& keys);
  Status ComponentMembers(std::string_view component, std::vector<std::string>& keys);
  void SetComponent(const PartyRecord& record, const std::string& component);

  // Records that have this system and party id ("P|system|id"), the smallest key first.
  Result<std::string> FirstOfParty(std::string_view party_key);
  void SetParty(std::string_view party_key, std::string_view record, bool in);
  Result<std::string> AssignedTo(std::string_view party_key);
  void SetAssigned(std::string_view party_key, std::string_view customer);

  Result<std::optional<CustomerEntry>> FindCustomer(std::string_view name);
  void PutCustomer(std::string_view name, const CustomerEntry& entry);
  void DeleteCustomer(std::string_view name);
  Result<std::uint64_t> NextNumber();

  // Keys of all records that are not deleted.
  Result<std::vector<std::string>> AllRecords();
  // Enters a record under the blocks of features made anew: after its making has changed.
  Status MakeAnew(const std::string& key);
  // What the customers were made with, and the time of the newest record read.
  Result<std::string> Note(std::string_view name);
  void SetNote(std::string_view name, std::string_view value);

  static constexpr std::uint64_t kMaxBlock = 50;

 private:
  static constexpr std::size_t kCached = 5'000;  // a generation; about a kilobyte each
  Result<std::uint64_t> BlockSize(std::string_view block);

  bus::StateStore* state_ = nullptr;
  std::string default_country_;
  Cache<PartyRecordPtr> cache_;
};

}  // namespace crossbill::transforms
