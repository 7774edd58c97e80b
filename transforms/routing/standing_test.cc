#include "transforms/routing/standing.h"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <string>

#include "bus/memory/memory_bus.h"
#include "transforms/routing/places.h"
#include "transforms/sdk/wire.h"

namespace crossbill::transforms {
namespace {

using Said = std::map<std::string, std::string>;  // by announcer: its customer

class StandingTest : public testing::TestWithParam<const char*> {
 protected:
  StandingTest() {
    producer_ = std::move(bus_->OpenProducer("p")).value();
    state_ = producer_->OpenState("s").value();
    CROSSBILL_CHECK(producer_->Begin().ok());
  }
  std::string place() const { return GetParam(); }
  Standing Load() { return LoadStanding(place(), *state_).value(); }
  void Say(const std::string& name, const std::string& customer) {
    Standing standing = Load();
    if (Announce(place(), {name, customer}, standing, *state_).value()) {
      KeepStanding(place(), standing, *state_);
    }
  }
  void TakeBack(const std::string& name) {
    Standing standing = Load();
    if (AnnounceNoLonger(place(), name, standing, *state_).value()) {
      KeepStanding(place(), standing, *state_);
    }
  }
  // By the definition: of several announcers the first; at a clue's place they must agree.
  std::string CustomerOf(const Said& said) const {
    if (said.empty()) {
      return "";
    }
    for (const auto& [name, customer] : said) {
      if (IsClueKey(place()) && customer != said.begin()->second) {
        return std::string(kSeveral);
      }
    }
    return said.begin()->second;
  }
  std::size_t Entries() {
    std::size_t entries = 0;
    CROSSBILL_CHECK(state_
                        ->Scan("",
                               [&](std::string_view, std::string_view) {
                                 ++entries;
                                 return true;
                               })
                        .ok());
    return entries;
  }
  std::unique_ptr<bus::Bus> bus_ = bus::MakeMemoryBus();
  std::unique_ptr<bus::Producer> producer_;
  bus::StateStore* state_ = nullptr;
};

TEST_P(StandingTest, AFewAnnouncersAreOneEntryAndSayingItAgainSaysNothing) {
  for (int i = 0; i < static_cast<int>(kFewAtPlace); ++i) {
    Say("erp/orders/" + std::to_string(i), "customers/1");
  }
  EXPECT_EQ(Entries(), 1u);
  Standing standing = Load();
  EXPECT_EQ(standing.customer, "customers/1");
  EXPECT_FALSE(Announce(place(), {"erp/orders/3", "customers/1"}, standing, *state_).value());
}

TEST_P(StandingTest, WhatCountsIsAFunctionOfWhatIsSaidNow) {
  constexpr unsigned kSeed = 11;
  SCOPED_TRACE("seed " + std::to_string(kSeed));
  std::mt19937 random(kSeed);
  Said said;
  int few = 0, many = 0;
  for (int step = 0; step < 6000; ++step) {
    // Waves: towards many announcers, then towards none.
    const bool grows = step / 300 % 2 == 0;
    const std::string name = "erp/orders/" + std::to_string(random() % (kFewAtPlace * 2));
    if (random() % 4 < (grows ? 3u : 1u)) {
      const std::string customer = "customers/" + std::to_string(random() % 8 == 0 ? random() % 3 : 0);
      said[name] = customer;
      Say(name, customer);
    } else {
      said.erase(name);
      TakeBack(name);
    }
    const Standing standing = Load();
    ASSERT_EQ(standing.announcer.empty(), said.empty()) << "step " << step;
    if (!IsClueKey(place()) && !said.empty()) {
      ASSERT_EQ(standing.announcer, said.begin()->first) << "step " << step;
    }
    ASSERT_EQ(standing.customer, CustomerOf(said)) << "step " << step;
    ++(standing.scattered ? many : few);
  }
  EXPECT_GT(few, 300);
  EXPECT_GT(many, 300);
  for (const auto& [name, customer] : Said(said)) {
    TakeBack(name);
  }
  EXPECT_EQ(Entries(), 0u) << "nothing is left behind";
}

// As it was written when each announcer had an entry of its own.
TEST_P(StandingTest, AnEntryOfBeforeGoesOn) {
  std::string bytes;
  for (const char* part : {"erp/orders/1", "customers/1", "", "", "erp/shipments/7"}) {
    AppendPart(bytes, part);
  }
  state_->Put(StateKey(place(), 'm'), bytes);
  state_->Put(StateKey(place(), 'a', "erp/orders/1"), "customers/1");
  state_->Put(StateKey(place(), 'a', "erp/orders/2"), "customers/1");
  EXPECT_EQ(Load().waiting, std::vector<std::string>{"erp/shipments/7"});
  TakeBack("erp/orders/1");
  EXPECT_EQ(Load().announcer, "erp/orders/2");
  TakeBack("erp/orders/2");
  EXPECT_EQ(Load().announcer, "");
  EXPECT_TRUE(Load().waited_for());
}

INSTANTIATE_TEST_SUITE_P(Places, StandingTest, testing::Values("R|erp|ORDER|4500012", "C|N|4500012"));

}  // namespace
}  // namespace crossbill::transforms
