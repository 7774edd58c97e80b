#include "transforms/identity/block_index.h"

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <random>
#include <set>

#include "transforms/identity/fake_blocks.h"

namespace crossbill::transforms {
namespace {

class BlockIndexTest : public testing::Test {
 protected:
  ResidentPtr RandomRecord(std::uint64_t number) { return MakeRecord(number, chance_); }
  Pairs Expected() const { return MeetSlowly(comparer_, records_); }
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
