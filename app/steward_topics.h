// What stewards' commands read from the bus: the questions, and records as their systems last told them. One
// thread.
#pragma once

#include <string>
#include <vector>

#include "bus/bus.h"
#include "bus/topics.h"
#include "crossbill/v1/party.pb.h"
#include "crossbill/v1/steward.pb.h"

namespace crossbill::app {

// "system/stream/key"; kUsage where it is none.
Result<v1::SourceRef> ParseRecord(const std::string& text);

Result<std::vector<v1::Review>> ReadReviews(bus::Bus& bus, const bus::Topics& topics);
// kNotFound.
Result<v1::Review> FindReview(bus::Bus& bus, const bus::Topics& topics, const std::string& name);

// The newest version of each of the party records ("system/stream/key"), in their order. kNotFound.
Result<std::vector<v1::Party>> ReadParties(bus::Bus& bus, const bus::Topics& topics,
                                           const std::vector<std::string>& keys);

}  // namespace crossbill::app
