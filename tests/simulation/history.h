// A small group of companies' business as source events: parties and documents of four systems with their
// versions, corrections and deletions, and stewards' decisions of parties. The same seed makes the same
// history; some records are forgotten.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "transforms/sdk/testing/transform_driver.h"

namespace crossbill::simulation {

// On topics of their own: a steward's decision, and that a record is forgotten.
inline constexpr const char* kDecisionKind = "decision";
inline constexpr const char* kErasureKind = "erasure";

struct SourceRecordEvent {
  std::string kind;  // "party", "order" …: its source topic
  transforms::SourceEvent event;
};

// What the hashes of forgotten records are made with: before all events.
transforms::SourceEvent ErasureKeyEvent();
// In order of sequence: as the systems wrote them.
std::vector<SourceRecordEvent> MakeHistory(std::uint64_t seed);

}  // namespace crossbill::simulation
