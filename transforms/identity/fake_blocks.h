// For tests: records of a few random keys, whatever they are, and who of them meets by the definition of
// blocks.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "transforms/identity/block_index.h"
#include "transforms/identity/comparer.h"

namespace crossbill::transforms {

inline constexpr std::size_t kMost = 4;
inline constexpr std::size_t kRules = 2, kLevels = 3;

// A record's keys: for each rule and level some small numbers.
struct FakeRecord final : Cleaned {
  std::vector<std::uint64_t> keys[kRules][kLevels];
};

class FakeComparer final : public Comparer {
 public:
  FakeComparer() { rules_.most_in_block = kMost; }
  const std::string& version() const override { return version_; }
  const ResolutionRules& rules() const override { return rules_; }
  CleanedPtr Clean(const v1::Party&) const override { return nullptr; }
  std::string Encode(const Cleaned&) const override { return {}; }
  CleanedPtr Decode(std::string_view) const override { return nullptr; }
  std::size_t BlockingRules() const override { return kRules; }
  std::size_t KeysOfRule(std::size_t) const override { return kLevels; }
  void AppendKeys(const Cleaned& record, std::size_t rule, std::size_t level, std::uint64_t key,
                  std::vector<std::uint64_t>& keys) const override {
    for (const std::uint64_t each : static_cast<const FakeRecord&>(record).keys[rule][level]) {
      keys.push_back(key * 100 + each + 1);
    }
  }
  // Every pair is kept.
  Weighed Compare(const Cleaned&, const Cleaned&) const override { return {}; }
  std::vector<EvidenceOf> Explain(const Cleaned&, const Cleaned&) const override { return {}; }

 private:
  std::string version_;
  ResolutionRules rules_;
};

using Pairs = std::set<std::pair<std::uint64_t, std::uint64_t>>;
using Records = std::map<std::uint64_t, ResidentPtr>;

// The definition: all records of a block meet when they are few; else the next key makes narrower blocks.
inline void MeetSlowly(const Comparer& comparer, const std::vector<ResidentPtr>& records, std::size_t rule,
                       std::size_t level, std::uint64_t key, Pairs& pairs) {
  std::map<std::uint64_t, std::vector<ResidentPtr>> blocks;
  for (const ResidentPtr& record : records) {
    std::vector<std::uint64_t> keys;
    comparer.AppendKeys(*record->cleaned, rule, level, key, keys);
    for (const std::uint64_t each : keys) {
      blocks[each].push_back(record);
    }
  }
  for (const auto& [block, members] : blocks) {
    if (members.size() > kMost) {
      if (level + 1 < kLevels) {
        MeetSlowly(comparer, members, rule, level + 1, block, pairs);
      }
      continue;
    }
    for (const ResidentPtr& a : members) {
      for (const ResidentPtr& b : members) {
        if (a->number < b->number) {
          pairs.emplace(a->number, b->number);
        }
      }
    }
  }
}

inline Pairs MeetSlowly(const Comparer& comparer, const Records& records) {
  std::vector<ResidentPtr> all;
  for (const auto& [number, record] : records) {
    all.push_back(record);
  }
  Pairs pairs;
  for (std::size_t rule = 0; rule < kRules; ++rule) {
    MeetSlowly(comparer, all, rule, 0, 0, pairs);
  }
  return pairs;
}

inline ResidentPtr MakeRecord(std::uint64_t number, std::mt19937& chance) {
  auto cleaned = std::make_shared<FakeRecord>();
  for (auto& rule : cleaned->keys) {
    for (auto& level : rule) {
      for (std::uint64_t key = 0; key < 3; ++key) {
        if (chance() % 3 == 0) {
          level.push_back(key);
        }
      }
    }
  }
  return std::make_shared<Resident>(Resident{number, std::to_string(number), cleaned});
}

}  // namespace crossbill::transforms
