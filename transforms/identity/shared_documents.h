// Which parties have documents in common, as <prefix>.internal.evidence tells it, in the stage's state.
// Parties are keys, "P|system|party id". One thread. ADR 0022.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "bus/bus.h"
#include "crossbill/v1/internal.pb.h"

namespace crossbill::transforms {

class SharedDocuments {
 public:
  using Pair = std::pair<std::string, std::string>;  // the lesser first
  // The store of the calls that follow.
  void Use(bus::StateStore& state) { state_ = &state; }

  // The key of the state that Apply reads first: of a number that is mostly new.
  static std::string EntryOf(std::string_view number);
  // What documents with a number say now. `changed` gets the pairs of which something else holds.
  Status Apply(std::string_view number, const v1::PartyEvidence& evidence, std::set<Pair>& changed);
  // How much holds of two parties, up to kMostDocuments; 0 where one of them stands for many.
  Result<int> Between(const std::string& left, const std::string& right);
  // Parties of which the documents of this one say something.
  Result<std::vector<std::string>> OthersOf(std::string_view party);
  // All pairs.
  Result<std::vector<Pair>> All();

 private:
  Status Add(const Pair& pair, int count, std::set<Pair>& changed);
  Status CountStrong(const std::string& party, const std::string& other, int change, std::set<Pair>& changed);
  Result<int> Number(const std::string& key);
  void SetNumber(const std::string& key, int number);

  bus::StateStore* state_ = nullptr;
};

}  // namespace crossbill::transforms
