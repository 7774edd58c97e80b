// What yaml-cpp lets through, found in the text itself before it parses: quotes that do not end, tabs,
// anchors, aliases, tags, directives, further documents, deep nesting. Pure; any thread.
#pragma once

#include <string>

#include "config/source_text.h"

namespace crossbill::config {

inline constexpr int kMaxDepth = 64;

// Adds problems and returns the text for yaml-cpp: as long as the original byte by byte, in which commas,
// brackets, braces and colons inside the parentheses of a plain value in […] or {…} are replaced by control
// characters, so that they belong to the value.
std::string ScanRaw(const SourceText& source, Problems& problems);
// Puts back what ScanRaw replaced.
void RestoreReplaced(std::string& scalar);

}  // namespace crossbill::config
