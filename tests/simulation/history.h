// A small group of companies' business as source events: parties and documents of four systems with their
// versions, corrections and deletions, and people's decisions of parties, documents and exceptions. The same
// seed makes the same history; some records are forgotten.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/date.h"
#include "crossbill/v1/exception.pb.h"
#include "crossbill/v1/unified_document.pb.h"
#include "transforms/sdk/testing/transform_driver.h"

namespace crossbill::simulation {

// On topics of their own: a steward's decisions of parties, people's of exceptions and of documents, and that
// a record is forgotten.
inline constexpr const char* kDecisionKind = "decision";
inline constexpr const char* kExceptionDecisionKind = "exception decision";
inline constexpr const char* kDocumentDecisionKind = "document decision";
inline constexpr const char* kErasureKind = "erasure";

struct SourceRecordEvent {
  std::string kind;  // "party", "order" …: its source topic
  transforms::SourceEvent event;
};

// What the hashes of forgotten records are made with: before all events.
transforms::SourceEvent ErasureKeyEvent();
// In order of sequence: as the systems wrote them.
std::vector<SourceRecordEvent> MakeHistory(std::uint64_t seed);
// What people decide of these exceptions, which were found in the end: of some of them, of some more than
// once, and of some as they were not; and of one that nobody ever finds.
std::vector<SourceRecordEvent> MakeExceptionDecisions(std::uint64_t seed, Date as_of,
                                                      const std::vector<v1::Exception>& exceptions);

// What people decide of these documents, which were found in the end: which are one and which are not, and
// what settles what; some against each other, some that are undone, some of records that never come.
std::vector<SourceRecordEvent> MakeDocumentDecisions(std::uint64_t seed,
                                                     const std::vector<v1::UnifiedDocument>& documents);

}  // namespace crossbill::simulation
