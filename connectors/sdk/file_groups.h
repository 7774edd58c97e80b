// Which files of a folder look like one stream. Pure functions; any thread.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "connectors/sdk/glob.h"

namespace crossbill::connectors {

// "20261029/invoices.csv" and "20261030/invoices.csv" are one stream "*/invoices.csv"; "orders-202511.csv" is
// of "orders-*.csv".
std::string PatternOf(const std::string& path);
// "*/invoices.csv" is "invoices".
std::string NameOfGroup(const std::string& pattern);
// The last file of each pattern.
std::map<std::string, FoundFile> NewestOfEachGroup(const std::vector<FoundFile>& files);

}  // namespace crossbill::connectors
