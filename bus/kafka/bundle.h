// Work topics carry work between the stages and are read by nobody else, so many of their records travel as
// one message: a record batch as the embedded bus stores it, with a header that says so. A message costs the
// client and the broker about the same however much it brings, and it waits packed until it is read. All
// records of a bundle stand at its offset and are read together (docs/adr/0025). Any thread.
#pragma once

#include <librdkafka/rdkafka.h>

#include <array>
#include <memory>

#include "base/result.h"
#include "bus/batch/record_batch.h"
#include "bus/record.h"

namespace crossbill::bus {

inline constexpr std::array<HeaderView, 1> kBundleHeaders = {{{"crossbill-batch", "1"}}};

bool IsBundle(const rd_kafka_message_t& message);
// Adds the message's records to the batch, as of `source`. kBusCorrupt: it is damaged.
Status Unbundle(const rd_kafka_message_t& message, std::uint32_t source, HeaderArena& headers, Batch& batch);

}  // namespace crossbill::bus
