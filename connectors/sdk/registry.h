// The connectors of a build, by kind. Filled once at start; then any thread may read.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "connectors/sdk/source.h"

namespace crossbill::connectors {

class ConnectorRegistry {
 public:
  void Add(std::unique_ptr<Connector> connector);
  const Connector* Find(std::string_view kind) const;  // nullptr when there is none
  std::vector<std::string> Kinds() const;

 private:
  std::map<std::string, std::unique_ptr<Connector>, std::less<>> by_kind_;
};

}  // namespace crossbill::connectors
