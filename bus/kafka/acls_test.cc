#include "bus/kafka/acls.h"

#include <gtest/gtest.h>

#include <set>

namespace crossbill::bus {
namespace {

TEST(KafkaAcls, NothingIsAskedForOutsideOfThePrefix) {
  for (const KafkaAcl& acl : MinimumAcls("acme")) {
    EXPECT_TRUE(acl.name.starts_with("acme.")) << acl.name;
    EXPECT_NE(acl.resource, "cluster");
    EXPECT_FALSE(acl.operations.empty()) << acl.name;
    EXPECT_FALSE(acl.roles.empty()) << acl.name;
  }
}

TEST(KafkaAcls, OnlyRecordsOfWorkTopicsAreDeleted) {
  std::set<std::string> deleted;
  for (const KafkaAcl& acl : MinimumAcls("acme")) {
    for (const std::string& operation : acl.operations) {
      if (operation == "Delete") {
        EXPECT_FALSE(acl.prefixed) << acl.name;
        deleted.insert(acl.name);
      }
    }
  }
  EXPECT_EQ(deleted,
            (std::set<std::string>{"acme.internal.routing", "acme.internal.mention", "acme.internal.evidence",
                                   "acme.internal.reconcile", "acme.internal.publish", "acme.internal.sale",
                                   "acme.internal.worth"}));
}

TEST(KafkaAcls, ALineIsWhatTheToolTakes) {
  EXPECT_EQ(KafkaAclsLine({"facade", "group", "acme.", true, {"Read", "Describe"}}, "User:crossbill"),
            "--add --allow-principal User:crossbill --group acme. --resource-pattern-type prefixed "
            "--operation Read --operation Describe");
  EXPECT_EQ(
      KafkaAclsLine({"", "topic", "acme.x", false, {"Delete"}}, "User:a"),
      "--add --allow-principal User:a --topic acme.x --resource-pattern-type literal --operation Delete");
}

}  // namespace
}  // namespace crossbill::bus
