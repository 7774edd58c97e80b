// The `tests:` of a configuration: rows in YAML, and what must become of them.
#pragma once

#include <string>
#include <vector>

#include "config/node.h"
#include "runtime/project.h"

namespace crossbill::runtime {

struct MappingTestResult {
  std::string name;
  std::string place;                  // "connectors/erp.yaml:80:3"
  std::vector<std::string> failures;  // empty: passed
};

// Runs all tests of a connector, with the mappings that `run` uses. Pure.
std::vector<MappingTestResult> RunMappingTests(const ConnectorConfig& connector);

}  // namespace crossbill::runtime
