// What Crossbill's user may do on a Kafka cluster, at least: pure data, in one place. Describe comes with
// each of the operations in Kafka's own authorizer. Any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace crossbill::bus {

struct KafkaAcl {
  std::string roles;     // of `run --roles` that need it: "connectors, transforms"
  std::string resource;  // "topic", "group", "transactional-id"
  std::string name;
  bool prefixed = true;                 // all whose name begins so; else this one
  std::vector<std::string> operations;  // as kafka-acls.sh has them
};

std::vector<KafkaAcl> MinimumAcls(const std::string& prefix);
// The arguments of kafka-acls.sh that allow it: "--add --allow-principal User:x --topic crossbill. …".
std::string KafkaAclsLine(const KafkaAcl& acl, std::string_view principal);

}  // namespace crossbill::bus
