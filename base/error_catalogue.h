// The reference page of all errors, made of the catalogue. Any thread.
#pragma once

#include <string>

namespace crossbill {

// docs/reference/errors.md as Markdown: code, meaning, remedy, exit code, gRPC status and whether trying
// again helps.
std::string RenderErrorCatalogue();

}  // namespace crossbill
