// The connectors that this build has, one per folder under connectors/.
#pragma once

#include "connectors/sdk/registry.h"

namespace crossbill::connectors {

// Adds every connector of this build. Called once, by the binary; tests build a registry of their own.
void RegisterAll(ConnectorRegistry& registry);

}  // namespace crossbill::connectors
