#include "transforms/identity/shared_documents.h"

#include <algorithm>
#include <cstdint>
#include <map>

#include "transforms/identity/attested.h"
#include "transforms/identity/codec.h"
#include "transforms/sdk/wire.h"

namespace crossbill::transforms {
namespace {

// First letters of the state's keys: what a number says; the sum of a pair, with either first; how many of a
// system a party meets often; how many pairs a party has.
constexpr char kSaid = 's', kPair = 'v', kStrong = 'w', kPairs = 'y';
constexpr int kStrongFrom = 2;  // counts
constexpr int kMostStrong = 3;  // parties of one other system; more: it is a collective customer

std::string_view SystemOf(std::string_view party) {
  party.remove_prefix(std::min(party.find('|') + 1, party.size()));
  return party.substr(0, party.find('|'));
}

SharedDocuments::Pair PairOf(const std::string& left, const std::string& right) {
  return std::minmax(left, right);
}

}  // namespace

std::string SharedDocuments::EntryOf(std::string_view number) { return StateKey(kSaid, number); }

Result<int> SharedDocuments::Number(const std::string& key) {
  CROSSBILL_TRY(const auto stored, state_->Get(key));
  std::uint64_t number = 0;
  std::string_view rest = stored ? std::string_view(*stored) : std::string_view();
  if (stored && !TakeVarint(rest, number)) {
    return DamagedState("shared documents");
  }
  return static_cast<int>(number);
}

void SharedDocuments::SetNumber(const std::string& key, int number) {
  if (number == 0) {
    return state_->Delete(key);
  }
  std::string bytes;
  AppendVarint(bytes, static_cast<std::uint64_t>(number));
  state_->Put(key, bytes);
}

Status SharedDocuments::Apply(std::string_view number, const v1::PartyEvidence& evidence,
                              std::set<Pair>& changed) {
  const std::string key = EntryOf(number);
  CROSSBILL_TRY(const auto stored, state_->Get(key));
  v1::PartyEvidence before;
  if (stored && !before.ParseFromString(*stored)) {
    return DamagedState("shared documents");
  }
  std::map<Pair, int> changes;
  for (const v1::PartyEvidence::Pair& pair : before.pairs()) {
    changes[{pair.left(), pair.right()}] -= pair.count();
  }
  for (const v1::PartyEvidence::Pair& pair : evidence.pairs()) {
    changes[{pair.left(), pair.right()}] += pair.count();
  }
  for (const auto& [pair, count] : changes) {
    if (count != 0) {
      CROSSBILL_RETURN_IF_ERROR(Add(pair, count, changed));
    }
  }
  if (evidence.pairs().empty()) {
    state_->Delete(key);
  } else {
    state_->Put(key, evidence.SerializeAsString());
  }
  return Ok();
}

Status SharedDocuments::Add(const Pair& pair, int count, std::set<Pair>& changed) {
  const auto& [left, right] = pair;
  const std::string key = StateKey(kPair, left, right);
  CROSSBILL_TRY(const int before, Number(key));
  const int now = before + count;
  SetNumber(key, now);
  SetNumber(StateKey(kPair, right, left), now);
  if ((before == 0) != (now == 0)) {
    for (const std::string& party : {left, right}) {
      const std::string pairs = StateKey(kPairs, party);
      CROSSBILL_TRY(const int of_party, Number(pairs));
      SetNumber(pairs, of_party + (now == 0 ? -1 : 1));
    }
  }
  if (std::min(before, kMostDocuments) != std::min(now, kMostDocuments)) {
    changed.insert(pair);
  }
  const int strong = (now >= kStrongFrom ? 1 : 0) - (before >= kStrongFrom ? 1 : 0);
  if (strong != 0) {
    CROSSBILL_RETURN_IF_ERROR(CountStrong(left, right, strong, changed));
    CROSSBILL_RETURN_IF_ERROR(CountStrong(right, left, strong, changed));
  }
  return Ok();
}

// Where `party` begins or ceases to stand for many of the other's system, all of these pairs change.
Status SharedDocuments::CountStrong(const std::string& party, const std::string& other, int change,
                                    std::set<Pair>& changed) {
  const std::string_view system = SystemOf(other);
  const std::string key = StateKey(kStrong, party, system);
  CROSSBILL_TRY(const int before, Number(key));
  SetNumber(key, before + change);
  if ((before > kMostStrong) == (before + change > kMostStrong)) {
    return Ok();
  }
  CROSSBILL_TRY(const std::vector<std::string> others, OthersOf(party));
  for (const std::string& one : others) {
    if (SystemOf(one) == system) {
      changed.insert(PairOf(party, one));
    }
  }
  return Ok();
}

Result<int> SharedDocuments::Between(const std::string& left, const std::string& right) {
  CROSSBILL_TRY(const int count, Number(StateKey(kPair, left, right)));
  if (count == 0) {
    return 0;
  }
  CROSSBILL_TRY(const int of_left, Number(StateKey(kStrong, left, SystemOf(right))));
  CROSSBILL_TRY(const int of_right, Number(StateKey(kStrong, right, SystemOf(left))));
  return std::max(of_left, of_right) > kMostStrong ? 0 : std::min(count, kMostDocuments);
}

Result<std::vector<std::string>> SharedDocuments::OthersOf(std::string_view party) {
  std::vector<std::string> others;
  CROSSBILL_TRY(const int pairs, Number(StateKey(kPairs, party)));
  if (pairs == 0) {  // mostly
    return others;
  }
  const std::string prefix = StateKey(kPair, party);
  CROSSBILL_RETURN_IF_ERROR(state_->Scan(prefix, [&](std::string_view key, std::string_view) {
    others.emplace_back(key.substr(prefix.size()));
    return true;
  }));
  return others;
}

Result<std::vector<SharedDocuments::Pair>> SharedDocuments::All() {
  std::vector<Pair> pairs;
  CROSSBILL_RETURN_IF_ERROR(
      state_->Scan(std::string_view(&kPair, 1), [&](std::string_view key, std::string_view) {
        key.remove_prefix(1);
        std::string_view left;
        if (TakePart(key, left) && left < key) {
          pairs.emplace_back(left, key);
        }
        return true;
      }));
  return pairs;
}

}  // namespace crossbill::transforms
