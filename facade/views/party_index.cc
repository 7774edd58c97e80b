#include "facade/views/party_index.h"

#include <algorithm>
#include <optional>
#include <span>

#include "crossbill/v1/party.pb.h"
#include "facade/views/keys.h"
#include "facade/views/party_entries.h"

namespace crossbill::facade {
namespace {

constexpr std::size_t kAtOnce = 64;      // records that are read together
constexpr std::size_t kMostEntries = 4;  // of a record in a block, on average, before it counts as too large

Error Damaged(std::string_view record) {
  return Error(Code::kViewsCorrupt, "a party in the read model cannot be decoded", std::string(record));
}

// Goes through a party's blocks, from the widest to those that are not too large.
class Gathering {
 public:
  Gathering(Store& store, const transforms::Comparer& comparer, const transforms::Cleaned& party)
      : cursor_(store, kBlockSpace), comparer_(comparer), party_(party) {}

  Status Run() {
    for (std::size_t rule = 0; rule < comparer_.BlockingRules(); ++rule) {
      CROSSBILL_RETURN_IF_ERROR(VisitKeys(rule, 0, 0, ""));
    }
    std::sort(found_.begin(), found_.end());
    found_.erase(std::unique(found_.begin(), found_.end()), found_.end());
    return Ok();
  }
  std::vector<std::uint64_t> Take() { return std::move(found_); }

 private:
  Status VisitKeys(std::size_t rule, std::size_t level, std::uint64_t above, const std::string& prefix) {
    std::vector<std::uint64_t> keys;
    comparer_.AppendKeys(party_, rule, level, above, keys);
    for (const std::uint64_t key : keys) {
      std::string block = level == 0 ? BlockPrefix(rule, key) : prefix;
      if (level > 0) {
        AppendNarrower(key, block);
      }
      CROSSBILL_RETURN_IF_ERROR(VisitBlock(rule, level, key, block));
    }
    return Ok();
  }

  Status VisitBlock(std::size_t rule, std::size_t level, std::uint64_t key, const std::string& block) {
    if (found_.size() >= PartyIndex::kMostCandidates) {
      return Ok();
    }
    CROSSBILL_TRY(const bool is_too_large, ReadMembers(block, comparer_.MostInBlock(rule)));
    if (!is_too_large) {
      found_.insert(found_.end(), members_.begin(), members_.end());
      return Ok();
    }
    return level + 1 < comparer_.KeysOfRule(rule) ? VisitKeys(rule, level + 1, key, block) : Ok();
  }

  Result<bool> ReadMembers(const std::string& block, std::size_t most) {
    members_.clear();
    std::size_t entries = 0;
    bool is_too_large = false;
    CROSSBILL_RETURN_IF_ERROR(cursor_.Scan(block, [&](std::string_view entry) {
      const std::uint64_t number = NumberOfBlockEntry(entry);
      if (std::find(members_.begin(), members_.end(), number) == members_.end()) {
        members_.push_back(number);
      }
      is_too_large = members_.size() > most || ++entries > most * kMostEntries;
      return !is_too_large;
    }));
    return is_too_large;
  }

  StoreCursor cursor_;
  const transforms::Comparer& comparer_;
  const transforms::Cleaned& party_;
  std::vector<std::uint64_t> members_;  // of one block
  std::vector<std::uint64_t> found_;
};

// Weighs candidates against one party.
class Weighing {
 public:
  Weighing(const transforms::Comparer& comparer, const transforms::Cleaned& party)
      : comparer_(comparer), party_(party), outline_(comparer.OutlineOf(party)) {}

  Status Take(std::string_view bytes) {
    StoredParty stored;
    if (!DecodeParty(bytes, stored)) {
      return Damaged("");
    }
    if (!outline_.empty()) {
      const auto outline = linkage::OwnedOutline::Decode(stored.outline);
      if (outline.empty()) {
        return Damaged(stored.record);
      }
      if (!comparer_.MayBeKept(outline_, outline)) {
        return Ok();
      }
    }
    transforms::CleanedPtr cleaned = comparer_.Decode(stored.cleaned);
    if (cleaned == nullptr) {
      return Damaged(stored.record);
    }
    const transforms::Weighed weighed = comparer_.Compare(party_, *cleaned);
    if (weighed.weight >= comparer_.rules().review) {
      found_.push_back({std::string(stored.record), std::move(cleaned), weighed});
    }
    return Ok();
  }
  std::vector<Likeness> TakeFound() { return std::move(found_); }

 private:
  const transforms::Comparer& comparer_;
  const transforms::Cleaned& party_;
  const linkage::OwnedOutline outline_;
  std::vector<Likeness> found_;
};

}  // namespace

bool PartyIndex::HasBlocks(const transforms::Cleaned& party) const {
  std::vector<std::uint64_t> keys;
  for (std::size_t rule = 0; rule < comparer_.BlockingRules() && keys.empty(); ++rule) {
    comparer_.AppendKeys(party, rule, 0, 0, keys);
  }
  return !keys.empty();
}

Result<std::vector<std::uint64_t>> PartyIndex::CandidatesOf(const transforms::Cleaned& party) const {
  Gathering gathering(store_, comparer_, party);
  CROSSBILL_RETURN_IF_ERROR(gathering.Run());
  return gathering.Take();
}

Result<std::vector<Likeness>> PartyIndex::Find(const transforms::Cleaned& party) const {
  CROSSBILL_TRY(const std::vector<std::uint64_t> candidates, CandidatesOf(party));
  std::vector<std::string> keys;
  for (const std::uint64_t number : candidates) {
    keys.push_back(PartyKey(number));
  }
  Weighing weighing(comparer_, party);
  const std::span<const std::string> all(keys);
  for (std::size_t begin = 0; begin < all.size(); begin += kAtOnce) {
    Status taken = Ok();
    CROSSBILL_RETURN_IF_ERROR(store_.GetMany(all.subspan(begin, std::min(kAtOnce, all.size() - begin)),
                                             [&](std::string_view bytes) {
                                               if (taken.ok()) {
                                                 taken = weighing.Take(bytes);
                                               }
                                             }));
    CROSSBILL_RETURN_IF_ERROR(taken);
  }
  return weighing.TakeFound();
}

Result<transforms::CleanedPtr> PartyIndex::Get(std::string_view record) const {
  CROSSBILL_TRY(const std::optional<std::string> bytes, store_.Get(PartyKey(NumberOfParty(record))));
  StoredParty stored;
  if (!bytes) {
    return transforms::CleanedPtr();
  }
  if (!DecodeParty(*bytes, stored)) {
    return Damaged(record);
  }
  if (stored.record != record) {
    return transforms::CleanedPtr();
  }
  transforms::CleanedPtr cleaned = comparer_.Decode(stored.cleaned);
  return cleaned != nullptr ? Result<transforms::CleanedPtr>(std::move(cleaned)) : Damaged(record);
}

Result<bool> PartyIndex::Put(StoreBatch& batch, std::string_view record, std::int64_t sequence,
                             const v1::Party& party) const {
  const std::uint64_t number = NumberOfParty(record);
  const std::string key = PartyKey(number);
  CROSSBILL_TRY(const std::optional<std::string> bytes, batch.Get(key));
  StoredParty old;
  if (bytes && !DecodeParty(*bytes, old)) {
    return Damaged(record);
  }
  if (bytes && old.record != record) {
    return false;
  }
  if (bytes && old.sequence > sequence) {
    return true;
  }
  const transforms::CleanedPtr cleaned = comparer_.Clean(party);
  const std::string outline = comparer_.OutlineOf(*cleaned).Encode(), values = comparer_.Encode(*cleaned);
  batch.Put(key, EncodeParty({record, sequence, outline, values}));
  if (bytes && old.cleaned == values) {
    return true;
  }
  const std::set<std::string> entries = BlockEntriesOf(comparer_, *cleaned, number);
  if (bytes) {
    CROSSBILL_RETURN_IF_ERROR(RemoveEntries(batch, number, old.cleaned, entries));
  }
  for (const std::string& entry : entries) {
    batch.PutBlindly(entry, "");
  }
  return true;
}

Status PartyIndex::Remove(StoreBatch& batch, std::string_view record) const {
  const std::uint64_t number = NumberOfParty(record);
  const std::string key = PartyKey(number);
  CROSSBILL_TRY(const std::optional<std::string> bytes, batch.Get(key));
  StoredParty old;
  if (!bytes) {
    return Ok();
  }
  if (!DecodeParty(*bytes, old)) {
    return Damaged(record);
  }
  if (old.record != record) {
    return Ok();
  }
  batch.Delete(key);
  return RemoveEntries(batch, number, old.cleaned, {});
}

Status PartyIndex::RemoveThose(const std::function<bool(std::string_view record)>& which) const {
  std::vector<std::string> records;
  bool damaged = false;
  CROSSBILL_RETURN_IF_ERROR(
      store_.Scan(Key(kPartySpace, ""), "", [&](std::string_view, std::string_view bytes) {
        StoredParty stored;
        damaged = damaged || !DecodeParty(bytes, stored);
        if (!damaged && which(stored.record)) {
          records.emplace_back(stored.record);
        }
        return !damaged;
      }));
  if (damaged) {
    return Damaged("");
  }
  StoreBatch batch(store_);
  for (const std::string& record : records) {
    CROSSBILL_RETURN_IF_ERROR(Remove(batch, record));
  }
  return batch.Commit();
}

Status PartyIndex::RemoveEntries(StoreBatch& batch, std::uint64_t number, std::string_view cleaned,
                                 const std::set<std::string>& but) const {
  const transforms::CleanedPtr values = comparer_.DecodeForIndex(cleaned);
  if (values == nullptr) {
    return Damaged("");
  }
  for (const std::string& entry : BlockEntriesOf(comparer_, *values, number)) {
    if (!but.contains(entry)) {
      batch.DeleteBlindly(entry);
    }
  }
  return Ok();
}

}  // namespace crossbill::facade
