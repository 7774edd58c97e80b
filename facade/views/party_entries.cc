#include "facade/views/party_entries.h"

#include <algorithm>
#include <vector>

#include "base/id.h"
#include "facade/views/keys.h"
#include "transforms/sdk/wire.h"

namespace crossbill::facade {
namespace {

constexpr std::size_t kNumberBytes = 8, kNarrowerBytes = 4;
// Of one record in one rule. Of a record with so many values of everything some ways into the narrower blocks
// are left out.
constexpr std::size_t kMostEntries = 256;

class EntriesOfBlocks {
 public:
  EntriesOfBlocks(const transforms::Comparer& comparer, const transforms::Cleaned& party,
                  std::uint64_t number)
      : comparer_(comparer), party_(party), number_(BytesOf(number)) {}

  void AddRule(std::size_t rule) {
    most_ = entries_.size() + kMostEntries;
    for (const std::uint64_t key : KeysOf(rule, 0, 0)) {
      Add(rule, 0, key, BlockPrefix(rule, key));
    }
  }
  std::set<std::string> Take() { return std::move(entries_); }

 private:
  std::vector<std::uint64_t> KeysOf(std::size_t rule, std::size_t level, std::uint64_t key) const {
    std::vector<std::uint64_t> keys;
    comparer_.AppendKeys(party_, rule, level, key, keys);
    return keys;
  }

  void Add(std::size_t rule, std::size_t level, std::uint64_t key, const std::string& prefix) {
    if (entries_.size() >= most_) {
      return;
    }
    const std::size_t levels = comparer_.KeysOfRule(rule);
    if (level + 1 == levels) {
      entries_.insert(prefix + number_);
      return;
    }
    const std::vector<std::uint64_t> keys = KeysOf(rule, level + 1, key);
    if (keys.empty()) {
      entries_.insert(prefix + std::string((levels - 1 - level) * kNarrowerBytes, '\0') + number_);
    }
    for (const std::uint64_t narrower : keys) {
      std::string next = prefix;
      AppendNarrower(narrower, next);
      Add(rule, level + 1, narrower, next);
    }
  }

  const transforms::Comparer& comparer_;
  const transforms::Cleaned& party_;
  const std::string number_;
  std::size_t most_ = 0;
  std::set<std::string> entries_;
};

}  // namespace

std::uint64_t NumberOfParty(std::string_view record) { return HashOf(record); }

std::string PartyKey(std::uint64_t number) { return Key(kPartySpace, BytesOf(number)); }

std::string EncodeParty(const StoredParty& party) {
  std::string bytes;
  transforms::AppendVarint(bytes, static_cast<std::uint64_t>(party.sequence));
  transforms::AppendPart(bytes, party.record);
  transforms::AppendPart(bytes, party.outline);
  bytes += party.cleaned;
  return bytes;
}

bool DecodeParty(std::string_view bytes, StoredParty& party) {
  std::uint64_t sequence = 0;
  if (!transforms::TakeVarint(bytes, sequence) || !transforms::TakePart(bytes, party.record) ||
      !transforms::TakePart(bytes, party.outline)) {
    return false;
  }
  party.sequence = static_cast<std::int64_t>(sequence);
  party.cleaned = bytes;
  return true;
}

std::string BlockPrefix(std::size_t rule, std::uint64_t key) {
  const std::string bytes = BytesOf(key);
  return Key(kBlockSpace, BytesOf(HashOf(bytes, rule)));
}

void AppendNarrower(std::uint64_t key, std::string& prefix) {
  prefix += std::string_view(BytesOf(key)).substr(0, kNarrowerBytes);
}

std::uint64_t NumberOfBlockEntry(std::string_view entry) {
  return NumberOf(entry.substr(entry.size() - std::min(entry.size(), kNumberBytes)));
}

std::set<std::string> BlockEntriesOf(const transforms::Comparer& comparer, const transforms::Cleaned& party,
                                     std::uint64_t number) {
  EntriesOfBlocks entries(comparer, party, number);
  for (std::size_t rule = 0; rule < comparer.BlockingRules(); ++rule) {
    entries.AddRule(rule);
  }
  return entries.Take();
}

}  // namespace crossbill::facade
