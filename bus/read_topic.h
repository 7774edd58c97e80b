// Reading a topic once, from its begin to the end that it has when it is asked. For start-up, for export and
// for people's questions. One thread.
#pragma once

#include <functional>
#include <string>

#include "bus/bus.h"

namespace crossbill::bus {

// `group` names the reader; nothing is committed for it. Below `end` only.
Status ReadPartition(Bus& bus, const std::string& group, const TopicPartition& partition, std::int64_t end,
                     const std::function<Status(const FetchedRecord&)>& visit);
// All partitions, one after the other; what is in an open transaction is waited for.
Status ReadTopic(Bus& bus, const std::string& group, const std::string& topic,
                 const std::function<Status(const FetchedRecord&)>& visit);

}  // namespace crossbill::bus
