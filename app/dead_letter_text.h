// Dead letters as text and JSON, for people. Pure functions.
#pragma once

#include <string>
#include <vector>

#include "bus/topics.h"
#include "runtime/letters.h"
#include "runtime/project.h"
#include "runtime/remap.h"

namespace crossbill::app {

// {"system":…,"stream":…} and what applies of file, line, record and key.
std::string SourceJson(const v1::DeadLetter& letter);
// One object of one line.
std::string LetterLine(const runtime::Letter& letter);
std::string LetterTable(const std::vector<runtime::Letter>& letters);
// Everything that is known of it, with the original bytes, key and headers.
std::string ShowLetter(const runtime::Letter& letter);
std::string LetterJson(const runtime::Letter& letter);
// What went wrong where, what that means, what to do, and whether today's configuration mends it. `today`:
// nothing for a record of a topic.
std::string ExplainLetter(const runtime::Letter& letter, const runtime::ProjectConfig& project,
                          const bus::Topics& topics, const runtime::Remapped* today);

}  // namespace crossbill::app
