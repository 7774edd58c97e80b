// review --documents: payments of which a person should say what they are for.
#pragma once

#include "app/session.h"

namespace crossbill::app {

// Those with the most at stake first, at most `limit`.
Status ReviewDocuments(Session& session, const runtime::ProjectConfig& project, std::size_t limit, bool json);

}  // namespace crossbill::app
