#include "transforms/identity/matcher.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <random>
#include <set>
#include <thread>
#include <vector>

#include "base/for_each_part.h"
#include "bus/memory/memory_bus.h"
#include "transforms/identity/fake_blocks.h"

namespace crossbill::transforms {
namespace {

// A thread for each part.
void OnThreads(std::size_t parts, const std::function<void(std::size_t)>& work) {
  std::vector<std::jthread> crew;
  for (std::size_t part = 0; part < parts; ++part) {
    crew.emplace_back(work, part);
  }
}

class MatcherTest : public testing::Test {
 protected:
  MatcherTest() : bus_(bus::MakeMemoryBus()), producer_(std::move(bus_->OpenProducer("matcher")).value()) {
    CROSSBILL_CHECK(producer_->Begin().ok());
  }

  std::unique_ptr<Matcher> MakeMatcher(const std::string& store, const ForEachPart& for_each_part) {
    auto matcher = std::make_unique<Matcher>(
        comparer_,
        Residents{
            .find = [this](std::uint64_t number) -> Result<ResidentPtr> { return records_.at(number); },
            .find_all = [this](std::span<const std::uint64_t> numbers) -> Result<std::vector<ResidentPtr>> {
              std::vector<ResidentPtr> found;
              for (const std::uint64_t number : numbers) {
                found.push_back(records_.at(number));
              }
              return found;
            },
            .visit_all = [](const auto&) { return Ok(); }},
        for_each_part);
    matcher->Use(*producer_->OpenState(store).value());
    CROSSBILL_CHECK(matcher->Load().ok());
    return matcher;
  }

  Pairs PairsOf(Matcher& matcher) {
    Pairs pairs;
    for (const auto& [number, record] : records_) {
      const auto edges = matcher.EdgesOf(number);
      CROSSBILL_CHECK(edges.ok());
      for (const StoredEdge& edge : *edges) {
        EXPECT_TRUE(records_.contains(edge.other)) << edge.other << " is gone";
        pairs.insert(std::minmax(number, edge.other));
      }
    }
    return pairs;
  }

  void Enter(Matcher& matcher, std::size_t count) {
    std::vector<ResidentPtr> arrivals;
    for (std::size_t i = 0; i < count; ++i) {
      arrivals.push_back(MakeRecord(++last_, chance_));
      records_[last_] = arrivals.back();
    }
    std::set<std::uint64_t> touched;
    ASSERT_TRUE(matcher.EnterAll(arrivals, touched).ok());
    for (const ResidentPtr& record : arrivals) {
      EXPECT_TRUE(touched.contains(record->number));
    }
  }

  void LeaveAny(Matcher& matcher) {
    const auto place = std::next(records_.begin(), static_cast<std::ptrdiff_t>(chance_() % records_.size()));
    std::set<std::uint64_t> touched;
    ASSERT_TRUE(matcher.Leave(*place->second, touched).ok());
    records_.erase(place);
  }

  const FakeComparer comparer_;
  std::unique_ptr<bus::Bus> bus_;
  std::unique_ptr<bus::Producer> producer_;
  std::mt19937 chance_;
  Records records_;
  std::uint64_t last_ = 0;
};

// Blocks grow too large, and small again, in the middle of what comes together.
TEST_F(MatcherTest, PairsAreThoseThatMeetHoweverManyComeTogether) {
  for (std::uint32_t seed = 1; seed <= 60; ++seed) {
    chance_.seed(seed);
    records_.clear();
    const auto matcher =
        MakeMatcher("store " + std::to_string(seed), seed % 3 == 0 ? OnThreads : ForEachPart());
    for (int turn = 0; turn < 12; ++turn) {
      if (records_.empty() || chance_() % 3 != 0) {
        Enter(*matcher, 1 + chance_() % 12);
      } else {
        LeaveAny(*matcher);
      }
      ASSERT_EQ(PairsOf(*matcher), MeetSlowly(comparer_, records_)) << "seed " << seed << " turn " << turn;
    }
  }
}

}  // namespace
}  // namespace crossbill::transforms
