#include "bus/kafka/acls.h"

#include "bus/topics.h"

namespace crossbill::bus {

std::vector<KafkaAcl> MinimumAcls(const std::string& prefix) {
  const std::string all = prefix + ".";
  std::vector<KafkaAcl> acls = {
      {"connectors, transforms", "topic", all, true, {"Read", "Write", "Create", "DescribeConfigs"}},
      {"facade", "topic", all, true, {"Read", "DescribeConfigs"}},
      {"connectors, transforms, facade", "group", all, true, {"Read"}},
      {"connectors, transforms", "transactional-id", all, true, {"Write"}},
  };
  // What every stage has read is deleted from them (DeleteRecords).
  for (const TopicInfo& info : Topics(prefix, 1).All()) {
    if (info.work) {
      acls.push_back({"transforms", "topic", info.spec.name, false, {"Delete"}});
    }
  }
  return acls;
}

std::string KafkaAclsLine(const KafkaAcl& acl, std::string_view principal) {
  std::string line =
      "--add --allow-principal " + std::string(principal) + " --" + acl.resource + " " + acl.name;
  line += acl.prefixed ? " --resource-pattern-type prefixed" : " --resource-pattern-type literal";
  for (const std::string& operation : acl.operations) {
    line += " --operation " + operation;
  }
  return line;
}

}  // namespace crossbill::bus
