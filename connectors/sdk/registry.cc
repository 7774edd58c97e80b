#include "connectors/sdk/registry.h"

namespace crossbill::connectors {

void ConnectorRegistry::Add(std::unique_ptr<Connector> connector) {
  std::string kind(connector->kind());
  const bool added = by_kind_.emplace(std::move(kind), std::move(connector)).second;
  CROSSBILL_CHECK(added);  // two folders cannot have one name
}

const Connector* ConnectorRegistry::Find(std::string_view kind) const {
  const auto it = by_kind_.find(kind);
  return it == by_kind_.end() ? nullptr : it->second.get();
}

std::vector<std::string> ConnectorRegistry::Kinds() const {
  std::vector<std::string> kinds;
  for (const auto& [kind, connector] : by_kind_) {
    kinds.push_back(kind);
  }
  return kinds;
}

}  // namespace crossbill::connectors
