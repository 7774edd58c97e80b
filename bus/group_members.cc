#include "bus/group_members.h"

#include <algorithm>

namespace crossbill::bus {

GroupMembers::MemberId GroupMembers::Join(std::string_view group, std::vector<std::string> topics) {
  std::sort(topics.begin(), topics.end());
  topics.erase(std::unique(topics.begin(), topics.end()), topics.end());
  Group& entry = groups_[std::string(group)];
  entry.members.emplace(++last_, std::move(topics));
  ++entry.generation;
  return last_;
}

void GroupMembers::Leave(std::string_view group, MemberId member) {
  const auto found = groups_.find(group);
  if (found != groups_.end() && found->second.members.erase(member) > 0) {
    ++found->second.generation;
  }
}

std::uint64_t GroupMembers::Generation(std::string_view group) const {
  const auto found = groups_.find(group);
  return found == groups_.end() ? 0 : found->second.generation;
}

std::vector<TopicPartition> GroupMembers::ShareOf(
    std::string_view group, MemberId member,
    const std::function<std::int32_t(const std::string&)>& partitions) const {
  std::vector<TopicPartition> share;
  const auto found = groups_.find(group);
  if (found == groups_.end()) {
    return share;
  }
  const auto& members = found->second.members;
  const auto own = members.find(member);
  if (own == members.end()) {
    return share;
  }
  for (const std::string& topic : own->second) {
    std::int64_t readers = 0;
    std::int64_t rank = 0;
    for (const auto& [id, topics] : members) {
      if (!std::binary_search(topics.begin(), topics.end(), topic)) {
        continue;
      }
      if (id < member) {
        ++rank;
      }
      ++readers;
    }
    const std::int64_t count = partitions(topic);
    const std::int64_t each = count / readers;
    const std::int64_t more = count % readers;  // the first `more` members read one more
    const std::int64_t first = rank * each + std::min(rank, more);
    const std::int64_t last = first + each + (rank < more ? 1 : 0);
    for (std::int64_t p = first; p < last; ++p) {
      share.push_back({topic, static_cast<std::int32_t>(p)});
    }
  }
  return share;
}

}  // namespace crossbill::bus
