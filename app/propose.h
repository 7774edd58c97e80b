// Proposes a stream's YAML from what was found in a source: a kind of event and a mapping by the names and
// samples of columns. A proposal for people to correct, never used unseen.
#pragma once

#include <string>

#include "connectors/sdk/source.h"

namespace crossbill::app {

// The stream as YAML, indented to stand under `streams:`; streams whose kind cannot be guessed are given as
// comments with their columns. `all`: for links between tables.
std::string ProposeStream(const connectors::FoundStream& found,
                          const std::vector<connectors::FoundStream>& all);
// True when the table holds the lines of another one: it is proposed as that one's children.
bool IsChild(const connectors::FoundStream& found, const std::vector<connectors::FoundStream>& all);

}  // namespace crossbill::app
