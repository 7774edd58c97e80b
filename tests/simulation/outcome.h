// What the unified topics say in the end, without what may depend on the order of arrival: the customers'
// ids, and what happened to exceptions on the way: their histories, and those that are not found any more.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "bus/bus.h"
#include "bus/topics.h"
#include "crossbill/v1/exception.pb.h"
#include "crossbill/v1/unified_document.pb.h"

namespace crossbill::simulation {

// "topic key" to the text of the value. Customers are named by their records.
using Outcome = std::map<std::string, std::string>;

// Aborts where sign-posts of merged customers lead nowhere, or a document is of a customer that does not
// exist.
Outcome ReadOutcome(bus::Bus& bus, const bus::Topics& topics);
// The exceptions that are found.
std::vector<v1::Exception> ReadExceptions(bus::Bus& bus, const bus::Topics& topics);
std::vector<v1::UnifiedDocument> ReadDocuments(bus::Bus& bus, const bus::Topics& topics);
// The first differences, for people; empty when there are none.
std::string Differences(const Outcome& expected, const Outcome& found);

}  // namespace crossbill::simulation
