#include "bus/group_members.h"

#include <gtest/gtest.h>

#include <set>

namespace crossbill::bus {
namespace {

std::int32_t PartitionsOf(const std::string& topic) { return topic == "wide" ? 7 : 3; }

TEST(GroupMembers, SharesRangesAndMovesThemWhenSomebodyLeaves) {
  GroupMembers groups;
  const auto a = groups.Join("g", {"wide"});
  const auto before = groups.Generation("g");
  EXPECT_EQ(groups.ShareOf("g", a, PartitionsOf).size(), 7u);
  const auto b = groups.Join("g", {"wide", "narrow", "wide"});
  const auto c = groups.Join("g", {"wide", "narrow"});
  EXPECT_GT(groups.Generation("g"), before);
  std::set<TopicPartition> all;
  for (const auto member : {a, b, c}) {
    for (const TopicPartition& partition : groups.ShareOf("g", member, PartitionsOf)) {
      EXPECT_TRUE(all.insert(partition).second);
    }
  }
  EXPECT_EQ(all.size(), 10u);
  EXPECT_EQ(groups.ShareOf("g", a, PartitionsOf).size(), 3u);  // 7 = 3 + 2 + 2
  EXPECT_EQ(groups.ShareOf("g", b, PartitionsOf).size(), 4u);  // and 3 = 2 + 1
  groups.Leave("g", b);
  EXPECT_EQ(groups.ShareOf("g", c, PartitionsOf).size(), 6u);
  EXPECT_TRUE(groups.ShareOf("g", b, PartitionsOf).empty());
  EXPECT_TRUE(groups.ShareOf("other", a, PartitionsOf).empty());
}

TEST(GroupMembers, MoreMembersThanPartitionsLeavesSomeIdle) {
  GroupMembers groups;
  std::size_t all = 0;
  std::vector<GroupMembers::MemberId> members;
  for (int i = 0; i < 5; ++i) {
    members.push_back(groups.Join("g", {"narrow"}));
  }
  for (const auto member : members) {
    all += groups.ShareOf("g", member, PartitionsOf).size();
  }
  EXPECT_EQ(all, 3u);
}

}  // namespace
}  // namespace crossbill::bus
