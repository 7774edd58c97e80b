// What was forgotten and must stay so, as <prefix>.internal.erasure has it, and what that means for a source
// event. See docs/adr/0018. One thread writes; a const one may be used by any.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/secret.h"
#include "bus/bus.h"
#include "bus/topics.h"
#include "crossbill/v1/erasure.pb.h"
#include "transforms/erasure/erasure_hash.h"

namespace crossbill::transforms {

struct Treatment {
  enum class Kind : std::uint8_t { kAsIs, kDrop, kEmpty } kind = Kind::kAsIs;
  // kEmpty: what stands for the party's number; empty: the number stays.
  std::string pseudonym;
  // Of what was forgotten and is allowed again: what is compared with what was told before is another
  // content.
  std::uint64_t seed = 0;
};

class Erasures {
 public:
  explicit Erasures(Secret secret) : secret_(std::move(secret)) {}

  // A record of the topic. kConfigValue where the hashes were made with another secret.
  Status Apply(const bus::RecordView& record);
  // Nothing is forgotten: nobody has to be asked about.
  bool empty() const { return entries_.empty() || hash_ == nullptr; }
  // Before the first erasure there is none.
  const ErasureHash* hash() const { return hash_.get(); }

  // Of an entry that holds; nullptr where there is none.
  const v1::Erasure* Find(std::string_view hash) const;
  bool IsDropped(std::string_view record_key) const;
  // A row that cannot be used, by its place or by the record that it was to be (empty: it is not known).
  bool IsForgottenLetter(std::string_view place, std::string_view record_key) const;
  // Of an event of this kind ("order"), of a record "system/stream/key". No value: a deletion.
  Treatment Of(std::string_view kind, std::string_view record_key,
               std::optional<std::string_view> value) const;

  const std::unordered_map<std::string, v1::Erasure>& entries() const { return entries_; }
  const std::unordered_map<std::string, v1::Erasure>& audits() const { return audits_; }

 private:
  Status TakeKey(const v1::Erasure& key);
  Treatment OfDocument(std::string_view kind, std::string_view record_key, std::string_view value) const;

  Secret secret_;
  std::shared_ptr<const ErasureHash> hash_;
  std::unordered_map<std::string, v1::Erasure> entries_;  // by hash
  std::unordered_map<std::string, v1::Erasure> audits_;   // by name
};

// The key under which the topic has what the hashes are made with.
inline constexpr std::string_view kErasureKey = "key";

// The number under which a forgotten party's documents stand. `hash` is the party's.
std::string PseudonymOf(std::string_view hash);

// All of the topic. A bus of before there were erasures has none.
Result<Erasures> ReadErasures(bus::Bus& bus, const bus::Topics& topics, const Secret& secret);

}  // namespace crossbill::transforms
