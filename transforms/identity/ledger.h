// The state of identity: party records, customers, and whose party a system's number is. Over a StateStore,
// with a bounded cache of cleaned records. One thread; a ledger is made anew with its processor, so it never
// knows more than what was committed.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/for_each_part.h"
#include "base/id.h"
#include "base/result.h"
#include "crossbill/v1/party.pb.h"
#include "transforms/identity/block_index.h"
#include "transforms/identity/comparer.h"
#include "transforms/sdk/cache.h"
#include "transforms/sdk/processor.h"

namespace crossbill::transforms {

// A party record's newest version. A deleted one keeps its sequence and number.
struct PartyRecord {
  std::uint64_t number = 0;  // in the order of first sight: its age
  std::string key;           // "system/stream/key"
  std::int64_t sequence = 0;
  bool deleted = false;
  v1::Party party;
};

struct CustomerEntry {
  std::uint64_t age = 0;  // its number in the order of making: the oldest survives a merge
  Hash128 content;        // of what was emitted last
  std::vector<std::string> previous_names;
  std::string merged_into;  // set: this name is only a sign-post
};

class Ledger {
 public:
  explicit Ledger(const Comparer& comparer) : comparer_(comparer), cache_(kCached) {}
  // The store of the calls that follow.
  void Use(bus::StateStore& state) { state_ = &state; }

  Result<std::optional<std::uint64_t>> NumberOf(std::string_view key);
  Result<bool> IsThere(std::uint64_t number);  // and not deleted
  Result<PartyRecord> Record(std::uint64_t number);
  // Keeps the record, and what is compared of it. Gives the latter; nullptr for a deleted one.
  ResidentPtr Put(const PartyRecord& record);
  // The same in two steps: many records' values are cleaned together. None of them is deleted.
  void PutRecord(const PartyRecord& record);
  std::vector<ResidentPtr> PutValues(std::span<const PartyRecord> records, const ForEachPart& for_each_part);
  // Of a record that is there.
  Result<ResidentPtr> Find(std::uint64_t number);
  // Of many, in their order.
  Result<std::vector<ResidentPtr>> FindAll(std::span<const std::uint64_t> numbers,
                                           const ForEachPart& for_each_part);
  // What Process and Resolution will ask for (bus::StateStore::Prefetch).
  static void AddKeyOfNumber(std::string_view record_key, std::vector<std::string>& keys);
  static void AddKeysOf(std::uint64_t number, std::vector<std::string>& keys);
  // What blocking keys and outlines are made of, of the records that are there.
  Status VisitResidents(const std::function<void(const Resident&)>& visit);
  // Nothing is left of it, not even that it was there.
  void Purge(std::uint64_t number, std::string_view key);
  // All records that are or were there.
  Status VisitKeys(const std::function<void(std::string_view key, std::uint64_t number)>& visit);
  // The records that are there.
  Status VisitRecords(const std::function<Status(const PartyRecord&)>& visit);

  Result<std::string> CustomerOf(std::uint64_t number);
  void SetCustomer(std::uint64_t number, std::string_view customer);

  // Records that have this system and party id ("P|system|id"), the smallest key first.
  Result<std::string> FirstOfParty(std::string_view party_key);
  Result<std::vector<std::string>> RecordsOfParty(std::string_view party_key);
  Status SetParty(std::string_view party_key, std::string_view record, bool in);
  Result<std::string> AssignedTo(std::string_view party_key);
  void SetAssigned(std::string_view party_key, std::string_view customer);

  Result<std::optional<CustomerEntry>> FindCustomer(std::string_view name);
  void PutCustomer(std::string_view name, const CustomerEntry& entry);
  void DeleteCustomer(std::string_view name);
  Result<std::uint64_t> NextNumber();

  // What the customers were made with, and the time of the newest record read.
  Result<std::string> Note(std::string_view name);
  void SetNote(std::string_view name, std::string_view value);

 private:
  static constexpr std::size_t kCached = 8'192;  // a generation; one to two kilobytes each

  Result<ResidentPtr> Decoded(std::uint64_t number, std::string_view bytes) const;

  const Comparer& comparer_;
  bus::StateStore* state_ = nullptr;
  Cache<ResidentPtr, std::uint64_t> cache_;  // by number
};

}  // namespace crossbill::transforms
