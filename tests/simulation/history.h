// A small group of companies' business as source events: parties and documents of four systems with their
// versions, corrections and deletions, and stewards' decisions of parties. The same seed makes the same
// history.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "transforms/sdk/testing/transform_driver.h"

namespace crossbill::simulation {

inline constexpr const char* kDecisionKind = "decision";  // of a steward: on its own topic

struct SourceRecordEvent {
  std::string kind;  // "party", "order" …: its source topic
  transforms::SourceEvent event;
};

// In order of sequence: as the systems wrote them.
std::vector<SourceRecordEvent> MakeHistory(std::uint64_t seed);

}  // namespace crossbill::simulation
