// What reconcile claims of names, and what changes when documents come to something else. The claims go to
// the publish stage.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "bus/topics.h"
#include "transforms/reconcile/outcome.h"
#include "transforms/sdk/processor.h"

namespace crossbill::transforms {

// What was claimed under a name.
struct Claimed {
  Hash128 fingerprint;
  std::string around;  // of an exception: Outcome::Around
  friend bool operator==(const Claimed&, const Claimed&) = default;
};
using Claims = std::map<std::string, Claimed, std::less<>>;  // by name

// As it stands in the state.
std::string Encode(const Claimed& claimed);
Claimed DecodeClaimed(std::string_view bytes);

// Of all that it found.
Claims ClaimsOf(const Outcome& outcome);

struct ClaimChanges {
  struct GivenUp {
    std::string name;
    std::string becomes;  // of an exception: the name under which it goes on, or the document that settled it
  };
  struct Found {
    const Outcome* outcome = nullptr;
    std::size_t output = 0;
    Claimed claimed;
    bool differs = false;  // its value; else only what is to be remembered of it
    const std::string& name() const { return outcome->outputs()[output].name; }
  };
  std::vector<GivenUp> given_up;
  std::vector<Found> found;
};
// `outcomes` are all that became of the documents of which `before` was claimed, and must outlive the result.
// No two of them have a name in common. Pure.
ClaimChanges CompareClaims(const Claims& before, std::span<const Outcome> outcomes);

// Emits one customer's claims during a flush.
class Claimer {
 public:
  Claimer(const bus::Topics& topics, std::string_view customer, std::int64_t timestamp_ms, Context& context)
      : topics_(topics), customer_(customer), timestamp_ms_(timestamp_ms), context_(context) {}
  void Emit(const ClaimChanges& changes) const;
  void GiveUp(std::string_view name, std::string_view becomes = {}) const;

 private:
  void Claim(std::string_view name, std::string_view value) const;
  std::string TopicOf(std::string_view name) const;

  const bus::Topics& topics_;
  std::string_view customer_;
  std::int64_t timestamp_ms_;
  Context& context_;
};

}  // namespace crossbill::transforms
