// Dead letters put back: rows through today's mapping and published as their stream would have done, records
// of a topic to where they came from. The events and the mark that says so are one transaction; its producer
// is the command's own, so that a stream that runs is not disturbed. Two replays at a time fence each other.
// One thread.
//
// What is published for a row has the number (ce_sequence) that the row took when it was put aside. So what
// was read of the same record after it stays the newer, whenever the replay comes.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "base/clock.h"
#include "base/log.h"
#include "base/result.h"
#include "bus/bus.h"
#include "bus/topics.h"
#include "runtime/letters.h"
#include "runtime/project.h"
#include "runtime/remap.h"

namespace crossbill::runtime {

inline constexpr std::int32_t kMaxAttempts = 5;  // a letter that failed so often is put back only by force

struct ReplayOptions {
  LetterFilter filter;
  bool dry_run = false;  // says what would happen
  bool force = false;    // also those that failed kMaxAttempts times, or are not open any more
};

// What became of one letter. Views live for the call.
struct ReplayResult {
  enum class Outcome { kPutBack, kLeftOut, kFails, kUndecided, kRefused };
  const Letter* letter = nullptr;
  Outcome outcome = Outcome::kUndecided;
  std::int32_t events = 0;  // kPutBack: how many were published
  std::string why;          // the others
};

// Calls `report` for each letter, when what became of it is committed.
Status ReplayLetters(bus::Bus& bus, const bus::Topics& topics, const ProjectConfig& project,
                     const Clock& clock, Log& log, const ReplayOptions& options,
                     const std::function<void(const ReplayResult&)>& report);

// Marks letters as not to be used. They stay in the topic.
Status DropLetters(bus::Bus& bus, const bus::Topics& topics, const Clock& clock, const ReplayOptions& options,
                   const std::function<void(const ReplayResult&)>& report);

// What today's configuration makes of a row's letter. Nothing is written.
Result<Remapped> CheckLetter(const ProjectConfig& project, const Clock& clock, Log& log, Letter& letter);

}  // namespace crossbill::runtime
