// Who reads what in the consumer groups of one process: the live members and their share of the partitions.
// Kafka's range assignment: members in order of joining, each a run of neighbouring partition numbers of
// every topic, so that partition 3 of two topics is read by the same member. Thread rule: none of its own;
// the owner's mutex guards it.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "bus/record.h"

namespace crossbill::bus {

class GroupMembers {
 public:
  using MemberId = std::uint64_t;  // 0: nobody

  MemberId Join(std::string_view group, std::vector<std::string> topics);
  void Leave(std::string_view group, MemberId member);
  // Changes whenever a member joins or leaves.
  std::uint64_t Generation(std::string_view group) const;
  std::vector<TopicPartition> ShareOf(
      std::string_view group, MemberId member,
      const std::function<std::int32_t(const std::string& topic)>& partitions) const;

 private:
  struct Group {
    std::uint64_t generation = 0;
    std::map<MemberId, std::vector<std::string>> members;
  };
  MemberId last_ = 0;
  std::map<std::string, Group, std::less<>> groups_;
};

}  // namespace crossbill::bus
