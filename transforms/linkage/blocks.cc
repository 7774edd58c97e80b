#include "transforms/linkage/blocks.h"

#include <algorithm>
#include <utility>

#include "transforms/linkage/blocking_keys.h"

namespace crossbill::linkage {
Blocks::Blocks(const Model& model, const Records& records, std::size_t most_records) {
  rules_.resize(model.blocks.size());
  for (std::size_t i = 0; i < rules_.size(); ++i) {
    Fill(model.blocks[i], records, std::min(most_records, model.blocks[i].most), rules_[i]);
    const std::uint64_t first = FirstKeyOf(i);
    for (Member& member : rules_[i].members) {  // their order stays
      member.key = first | member.key >> kRuleBits;
    }
  }
  IndexByRecord(records.size());
}

void Blocks::Fill(const BlockingRule& spec, const Records& records, std::size_t most_records,
                  Rule& rule) const {
  const auto by_key = [](const Member& a, const Member& b) {
    return std::pair(a.key, a.record) < std::pair(b.key, b.record);
  };
  std::vector<Member> open;
  std::vector<std::uint64_t> keys;
  const auto add = [&](std::size_t level, std::uint64_t key, RecordNumber record, std::vector<Member>& to) {
    keys.clear();
    AppendBlockingKeys(spec.keys[level], records[record], key, keys);
    for (const std::uint64_t each : keys) {
      to.push_back({each, record});
    }
  };
  for (RecordNumber record = 0; record < records.size(); ++record) {
    add(0, 0, record, open);
  }
  for (std::size_t level = 0; level < spec.keys.size() && !open.empty(); ++level) {
    std::sort(open.begin(), open.end(), by_key);
    std::vector<Member> narrower;
    for (std::size_t begin = 0, end = 0; begin < open.size(); begin = end) {
      while (end < open.size() && open[end].key == open[begin].key) {
        ++end;
      }
      const std::size_t size = end - begin;
      if (size >= 2 && size <= most_records) {
        rule.members.insert(rule.members.end(), open.begin() + static_cast<std::ptrdiff_t>(begin),
                            open.begin() + static_cast<std::ptrdiff_t>(end));
      } else if (size > most_records && level + 1 < spec.keys.size()) {
        for (std::size_t i = begin; i < end; ++i) {
          add(level + 1, open[i].key, open[i].record, narrower);
        }
      }
    }
    open = std::move(narrower);
  }
  std::sort(rule.members.begin(), rule.members.end(), by_key);
}

void Blocks::IndexByRecord(std::size_t records) {
  keys_ends_.assign(records + 1, 0);
  for (Rule& rule : rules_) {
    for (std::size_t i = 0; i < rule.members.size(); ++i) {
      ++keys_ends_[rule.members[i].record + 1];
      if (i + 1 == rule.members.size() || rule.members[i + 1].key != rule.members[i].key) {
        rule.ends.push_back(i + 1);
      }
    }
  }
  for (std::size_t i = 1; i <= records; ++i) {
    keys_ends_[i] += keys_ends_[i - 1];
  }
  keys_.resize(keys_ends_.back());
  std::vector<std::uint64_t> next(keys_ends_.begin(), keys_ends_.end() - 1);
  for (const Rule& rule : rules_) {
    for (const Member& member : rule.members) {
      keys_[next[member.record]++] = member.key;
    }
  }
}

std::span<const Blocks::Member> Blocks::MembersOf(const Rule& rule, std::size_t block) {
  const std::uint64_t begin = block == 0 ? 0 : rule.ends[block - 1];
  return {rule.members.data() + begin, rule.ends[block] - begin};
}

std::uint64_t Blocks::FirstMeeting(std::uint64_t since, RecordNumber a, RecordNumber b) const {
  const std::span<const std::uint64_t> left = KeysOf(a), right = KeysOf(b);
  for (std::size_t i = 0, j = 0; i < left.size() && j < right.size();) {
    if (left[i] == right[j] && left[i] >= since) {
      return left[i];
    }
    left[i] < right[j] ? ++i : ++j;
  }
  return 0;
}

}  // namespace crossbill::linkage
