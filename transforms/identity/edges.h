// The pairs that weigh something, in the stage's state: kept with both records, so that a change of one looks
// at nobody else's pairs. One thread.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "bus/bus.h"
#include "transforms/identity/comparer.h"

namespace crossbill::transforms {

struct StoredEdge {
  std::uint64_t other = 0;
  int weight = 0;  // hundredths of a bit
  bool contradicted = false;
  int relation = -1;  // see Weighed
  int documents = 0;  // counts by which the parties' documents attest it; the weight includes them

  friend bool operator==(const StoredEdge&, const StoredEdge&) = default;
};

class Edges {
 public:
  // The store of the calls that follow.
  void Use(bus::StateStore& state) { state_ = &state; }

  Result<std::vector<StoredEdge>> Of(std::uint64_t number);
  // What that reads (bus::StateStore::Prefetch).
  static void AddKeysOf(std::uint64_t number, std::vector<std::string>& keys);
  // A record that comes, with its edges.
  Status Add(std::uint64_t number, const std::vector<StoredEdge>& edges);
  // Takes all edges of a record away; gives them.
  Result<std::vector<StoredEdge>> Take(std::uint64_t number);
  // Of a pair that documents attest, nothing but its attestation changes the weight: another one is left out.
  // `changed`: it was another one before; there was one.
  Status Set(std::uint64_t left, std::uint64_t right, const Weighed& weighed, bool& changed);
  Status SetAttested(std::uint64_t left, std::uint64_t right, const Weighed& weighed, int documents);
  Result<int> DocumentsOf(std::uint64_t left, std::uint64_t right);
  Status Remove(std::uint64_t left, std::uint64_t right, bool& changed);
  // Takes all edges away.
  Status Clear();

 private:
  void Write(std::uint64_t number, const std::vector<StoredEdge>& edges);
  Status SetBoth(std::uint64_t left, std::uint64_t right, const Weighed& weighed, int documents,
                 bool& changed);
  // `changed`: what was there was something else.
  Status SetSide(std::uint64_t number, const StoredEdge& edge, bool& changed);
  Status RemoveSide(std::uint64_t number, std::uint64_t other, bool& changed);

  bus::StateStore* state_ = nullptr;
};

}  // namespace crossbill::transforms
