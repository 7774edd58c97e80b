// Routing: finds the customer of each document, by its party or through the documents it refers to, and
// follows when customers change. `intake` reads <prefix>.source.<document kinds>, drops repeats and older
// versions, and sends each document to its routing key; `routing` joins there with identity's assignments and
// sends it on to <prefix>.internal.reconcile under its customer. See README.md.
#pragma once

#include "bus/topics.h"
#include "transforms/sdk/processor.h"

namespace crossbill::transforms {

Stage IntakeStage(const bus::Topics& topics);
Stage RoutingStage(const bus::Topics& topics);

}  // namespace crossbill::transforms
