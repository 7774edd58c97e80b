#include "transforms/identity/block_index.h"

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <random>
#include <set>

namespace crossbill::transforms {
namespace {

constexpr std::size_t kMost = 4;
constexpr std::size_t kRules = 2, kLevels = 3;

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
  Weighed Compare(const Cleaned&, const Cleaned&) const override { return {}; }
  std::vector<EvidenceOf> Explain(const Cleaned&, const Cleaned&) const override { return {}; }

 private:
  std::string version_;
  ResolutionRules rules_;
};

using Pairs = std::set<std::pair<std::uint64_t, std::uint64_t>>;
using Records = std::map<std::uint64_t, ResidentPtr>;

// The definition: all records of a block meet when they are few; else the next key makes narrower blocks.
void MeetSlowly(const Comparer& comparer, const std::vector<ResidentPtr>& records, std::size_t rule,
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

class BlockIndexTest : public testing::Test {
 protected:
  ResidentPtr RandomRecord(std::uint64_t number) {
    auto cleaned = std::make_shared<FakeRecord>();
    for (auto& rule : cleaned->keys) {
      for (auto& level : rule) {
        for (std::uint64_t key = 0; key < 3; ++key) {
          if (chance_() % 3 == 0) {
            level.push_back(key);
          }
        }
      }
    }
    return std::make_shared<Resident>(Resident{number, std::to_string(number), cleaned});
  }
  Pairs Expected() const {
    std::vector<ResidentPtr> all;
    for (const auto& [number, record] : records_) {
      all.push_back(record);
    }
    Pairs pairs;
    for (std::size_t rule = 0; rule < kRules; ++rule) {
      MeetSlowly(comparer_, all, rule, 0, 0, pairs);
    }
    return pairs;
  }
  std::unique_ptr<BlockIndex> MakeIndex() {
    return std::make_unique<BlockIndex>(
        comparer_, [this](std::uint64_t number) { return Result<ResidentPtr>(records_.at(number)); });
  }
  // What who keeps pairs knows from the meetings he was told of.
  void Note(std::uint64_t number, const Meetings& meetings) {
    for (const std::uint64_t other : meetings.met) {
      told_.insert(std::minmax(number, other));
    }
    for (const auto& members : meetings.widened) {
      for (const std::uint64_t a : members) {
        for (const std::uint64_t b : members) {
          if (a < b) {
            told_.emplace(a, b);
          }
        }
      }
    }
    for (const auto& members : meetings.narrowed) {
      for (const std::uint64_t a : members) {
        for (const std::uint64_t b : members) {
          if (a < b && !index_->Meet(*records_.at(a), *records_.at(b))) {
            told_.erase({a, b});
          }
        }
      }
    }
  }

  std::mt19937 chance_{1};
  FakeComparer comparer_;
  Records records_;
  Pairs told_;
  std::unique_ptr<BlockIndex> index_ = MakeIndex();
};

TEST_F(BlockIndexTest, WhoMeetsIsWhatTheDefinitionSaysWhateverComesAndGoes) {
  for (std::uint64_t step = 1; step <= 1500; ++step) {
    Meetings meetings;
    if (!records_.empty() && chance_() % 100 < (step / 300 % 2 == 0 ? 35 : 65)) {
      const auto gone = std::next(records_.begin(), static_cast<std::ptrdiff_t>(chance_() % records_.size()));
      const ResidentPtr record = gone->second;
      ASSERT_TRUE(index_->Leave(*record, meetings).ok());
      std::erase_if(told_, [&](const auto& pair) {
        return pair.first == record->number || pair.second == record->number;
      });
      records_.erase(gone);
      Note(record->number, meetings);
    } else {
      const ResidentPtr record = RandomRecord(step);
      records_.emplace(step, record);
      ASSERT_TRUE(index_->Enter(*record, meetings).ok());
      Note(step, meetings);
    }
    const Pairs expected = Expected();
    ASSERT_EQ(told_, expected) << "step " << step;
    if (step % 50 == 0) {
      std::unique_ptr<BlockIndex> filled = MakeIndex();
      ASSERT_TRUE(filled
                      ->Fill([&](const auto& visit) {
                        for (const auto& [number, record] : records_) {
                          visit(*record);
                        }
                        return Ok();
                      })
                      .ok());
      for (const auto& [a, record] : records_) {
        for (const auto& [b, other] : records_) {
          ASSERT_TRUE(a == b || index_->Meet(*record, *other) == expected.contains(std::minmax(a, b)));
          ASSERT_TRUE(a == b || filled->Meet(*record, *other) == expected.contains(std::minmax(a, b)));
        }
      }
      index_ = std::move(filled);  // and goes on with what was made anew
    }
  }
}

TEST_F(BlockIndexTest, NothingIsLeftOfRecordsThatWent) {
  for (std::uint64_t number = 1; number <= 60; ++number) {
    records_.emplace(number, RandomRecord(number));
    Meetings meetings;
    ASSERT_TRUE(index_->Enter(*records_.at(number), meetings).ok());
  }
  while (!records_.empty()) {
    const ResidentPtr record = records_.begin()->second;
    Meetings meetings;
    ASSERT_TRUE(index_->Leave(*record, meetings).ok());
    records_.erase(record->number);
  }
  EXPECT_TRUE(index_->empty());
}

}  // namespace
}  // namespace crossbill::transforms
