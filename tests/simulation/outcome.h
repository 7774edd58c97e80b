// What the unified topics say in the end, without what may depend on the order of arrival: the customers'
// ids.
#pragma once

#include <map>
#include <string>

#include "bus/bus.h"
#include "bus/topics.h"

namespace crossbill::simulation {

// "topic key" to the text of the value. Customers are named by their records.
using Outcome = std::map<std::string, std::string>;

// Aborts where sign-posts of merged customers lead nowhere, or a document is of a customer that does not
// exist.
Outcome ReadOutcome(bus::Bus& bus, const bus::Topics& topics);
// The first differences, for people; empty when there are none.
std::string Differences(const Outcome& expected, const Outcome& found);

}  // namespace crossbill::simulation
