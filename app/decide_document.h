// decide document same, different, settle, unsettle, undo, list: people's decisions of documents.
#pragma once

#include "app/session.h"

namespace crossbill::app {

void AddDecideDocument(CLI::App& decide, Session& session);

}  // namespace crossbill::app
