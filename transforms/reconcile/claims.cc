#include "transforms/reconcile/claims.h"

#include <algorithm>
#include <cstring>
#include <set>
#include <utility>

#include "transforms/sdk/wire.h"

namespace crossbill::transforms {
namespace {

constexpr std::size_t kFingerprintBytes = 16;

// Beyond this many outcomes of one change (a large part of a crowd fell apart) it is not looked for what
// became of an exception: each would be asked about each.
constexpr std::size_t kMostAsked = 64;

std::vector<std::string_view> NamesOf(std::span<const Outcome> outcomes) {
  std::vector<std::string_view> names;
  for (const Outcome& outcome : outcomes) {
    for (const Output& output : outcome.outputs()) {
      names.push_back(output.name);
    }
  }
  if (outcomes.size() > 1) {  // those of one are sorted
    std::sort(names.begin(), names.end());
  }
  return names;
}

// What became of an exception that is not found any more: the name under which it goes on, or the document
// that settled it. `taken`: by one that goes on under another name.
std::string BecomesOf(const Claimed& claimed, const Claims& before, std::span<const Outcome> outcomes,
                      std::set<std::string>& taken) {
  if (claimed.around.empty() || outcomes.size() > kMostAsked) {
    return {};
  }
  for (const Outcome& outcome : outcomes) {
    for (std::string& successor : outcome.Successors(claimed.around)) {
      if (!before.contains(successor) && taken.insert(successor).second) {
        return std::move(successor);
      }
    }
  }
  for (const Outcome& outcome : outcomes) {
    if (std::string document = outcome.SettledBy(claimed.around); !document.empty()) {
      return document;
    }
  }
  return {};
}

}  // namespace

std::string Encode(const Claimed& claimed) {
  std::string bytes(kFingerprintBytes, '\0');
  std::memcpy(bytes.data(), &claimed.fingerprint.high, 8);
  std::memcpy(bytes.data() + 8, &claimed.fingerprint.low, 8);
  return bytes + claimed.around;
}

Claimed DecodeClaimed(std::string_view bytes) {
  Claimed claimed;
  if (bytes.size() >= kFingerprintBytes) {
    std::memcpy(&claimed.fingerprint.high, bytes.data(), 8);
    std::memcpy(&claimed.fingerprint.low, bytes.data() + 8, 8);
    claimed.around = bytes.substr(kFingerprintBytes);
  }
  return claimed;
}

Claims ClaimsOf(const Outcome& outcome) {
  Claims claims;
  for (std::size_t i = 0; i < outcome.outputs().size(); ++i) {
    const Output& output = outcome.outputs()[i];
    claims.emplace_hint(claims.end(), output.name, Claimed{output.fingerprint, outcome.Around(i)});
  }
  return claims;
}

ClaimChanges CompareClaims(const Claims& before, std::span<const Outcome> outcomes) {
  ClaimChanges changes;
  const std::vector<std::string_view> names = NamesOf(outcomes);
  std::set<std::string> taken;
  for (const auto& [name, claimed] : before) {
    if (!std::binary_search(names.begin(), names.end(), name)) {
      changes.given_up.push_back({name, BecomesOf(claimed, before, outcomes, taken)});
    }
  }
  for (const Outcome& outcome : outcomes) {
    for (std::size_t i = 0; i < outcome.outputs().size(); ++i) {
      const Output& output = outcome.outputs()[i];
      const auto known = before.find(output.name);
      const bool same = known != before.end() && known->second.fingerprint == output.fingerprint;
      Claimed claimed{output.fingerprint, outcome.Around(i)};
      if (!same || known->second != claimed) {
        changes.found.push_back({&outcome, i, std::move(claimed), !same});
      }
    }
  }
  return changes;
}

void Claimer::Emit(const ClaimChanges& changes) const {
  for (const ClaimChanges::GivenUp& gone : changes.given_up) {
    GiveUp(gone.name, gone.becomes);
  }
  for (const ClaimChanges::Found& found : changes.found) {
    if (found.differs) {
      Claim(found.name(), found.outcome->Render(found.output));
    }
  }
}

// Both are a PublishClaim.
void Claimer::GiveUp(std::string_view name, std::string_view becomes) const {
  std::string bytes;
  AppendBytesField(bytes, 1, customer_);
  AppendBytesField(bytes, 2, TopicOf(name));
  AppendVarintField(bytes, 4, 1);
  AppendBytesField(bytes, 5, becomes);
  context_.Emit(topics_.Publish(), {name, bytes, {}, timestamp_ms_});
}

void Claimer::Claim(std::string_view name, std::string_view value) const {
  std::string bytes;
  AppendBytesField(bytes, 1, customer_);
  AppendBytesField(bytes, 2, TopicOf(name));
  AppendBytesField(bytes, 3, value);
  context_.Emit(topics_.Publish(), {name, bytes, {}, timestamp_ms_});
}

std::string Claimer::TopicOf(std::string_view name) const {
  const std::string_view plural = name.substr(0, name.find('/'));
  if (plural == "exceptions") {
    return topics_.Exceptions();
  }
  return topics_.Unified(plural.substr(0, plural.size() - 1));
}

}  // namespace crossbill::transforms
