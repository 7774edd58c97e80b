// What is asked about: documents that may be one, and were not taken for it.
#include "transforms/reconcile/near_matches.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <map>
#include <random>
#include <set>

#include "fmt/format.h"
#include "transforms/reconcile/fixture.h"

namespace crossbill::transforms {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

Doc Order(std::string_view system, std::string_view key, std::string_view total = "100",
          std::string_view day = "2026-01-05") {
  return Doc(kOrder, system, key).Number(key).On(day).Total(total, "EUR");
}

// "erp/1 crm/2: the same total, 0 days apart", of each pair once.
std::vector<std::string> Questions(const World& world) {
  std::map<std::string, std::string> record_of;
  for (const auto& [record, name] : world.name_of) {
    record_of.try_emplace(name, record);
  }
  std::vector<std::string> questions;
  for (const auto& [name, document] : world.documents) {
    for (const v1::NearMatch& near : document.near_matches()) {
      if (record_of.at(name) > record_of.at(near.document())) {
        questions.push_back(
            fmt::format("{} {}: {}", record_of.at(name), record_of.at(near.document()), near.evidence()));
      }
    }
  }
  return questions;
}

TEST(NearMatches, TwoThatAreAsNearAreAsked) {
  const Doc a = Order("crm", "S-10001"), b = Order("crm", "S-20002");
  Doc x = Order("erp", "4500001");
  const Doc y = Order("erp", "4600002");
  const World world = Reconcile({a, b, x, y});
  ASSERT_FALSE(world.Same("crm/S-10001", "erp/4500001"));
  EXPECT_THAT(Questions(world),
              UnorderedElementsAre("erp/4500001 crm/S-10001: the same total, 0 days apart",
                                   "erp/4500001 crm/S-20002: the same total, 0 days apart",
                                   "erp/4600002 crm/S-10001: the same total, 0 days apart",
                                   "erp/4600002 crm/S-20002: the same total, 0 days apart"));
  x.Decided(v1::DocumentDecision::SAME, a);
  const World decided = Reconcile({a, b, x, y});
  EXPECT_TRUE(decided.Same("crm/S-10001", "erp/4500001"));
  EXPECT_TRUE(decided.Same("crm/S-20002", "erp/4600002")) << "what is left leaves no doubt";
  EXPECT_THAT(Questions(decided), IsEmpty());
}

TEST(NearMatches, WhatAPersonKeptApartIsNotAsked) {
  const Doc a = Order("crm", "S-10001"), b = Order("crm", "S-20002");
  Doc x = Order("erp", "4500001");
  x.Decided(v1::DocumentDecision::DIFFERENT, a, 0).Decided(v1::DocumentDecision::DIFFERENT, b, 1);
  const World world = Reconcile({a, b, x});
  EXPECT_THAT(Questions(world), IsEmpty());
}

TEST(NearMatches, TwoDigitsThatAreExchanged) {
  const auto ask = [](std::string_view left, std::string_view right, std::string_view day = "2026-01-07") {
    return Questions(Reconcile({Order("crm", "S-10001", left), Order("erp", "4500001", right, day)}));
  };
  EXPECT_THAT(
      ask("1234.50", "1243.5"),
      ElementsAre(
          "erp/4500001 crm/S-10001: the same total but for two digits that are exchanged, 2 days apart"));
  EXPECT_THAT(ask("1234.50", "1432.50"), IsEmpty()) << "not side by side";
  EXPECT_THAT(ask("1234.50", "1235.50"), IsEmpty()) << "another digit";
  EXPECT_THAT(ask("1234.50", "12345"), IsEmpty());
  EXPECT_THAT(ask("1234.50", "1243.50", "2026-03-07"), IsEmpty()) << "not near in time";
}

TEST(NearMatches, WhatContradictsIsNotAsked) {
  const auto ask = [](const Doc& left, const Doc& right) { return Questions(Reconcile({left, right})); };
  const Doc crm = Order("crm", "S-10001", "1234.50");
  ASSERT_EQ(ask(crm, Order("erp", "4500001", "1243.50")).size(), 1u);
  EXPECT_THAT(ask(crm, Order("crm", "S-10002", "1243.50")), IsEmpty()) << "of one stream";
  EXPECT_THAT(
      ask(crm, Doc(kOrder, "erp", "4500001").Number("4500001").On("2026-01-05").Total("1243.50", "USD")),
      IsEmpty());
  EXPECT_THAT(ask(Doc(crm).Ref(v1::Reference::CUSTOMER_PO, "PO-1111"),
                  Order("erp", "4500001", "1243.50").Ref(v1::Reference::CUSTOMER_PO, "PO-7777")),
              IsEmpty());
}

TEST(NearMatches, ShipmentsOfOtherOrdersAreNotAsked) {
  const auto shipped = [](std::string_view system, std::string_view key, std::string_view order) {
    return Doc(kShipment, system, key)
        .Number(key)
        .On("2026-01-06")
        .Ref(v1::Reference::ORDER, order)
        .Line("A", "5");
  };
  const Doc one = Order("erp", "4500001"), two = Order("erp", "4500002", "200");
  // Two on either side of one order: nothing tells which is which.
  const World same = Reconcile({one, shipped("erp", "80001", "4500001"), shipped("erp", "80002", "4500001"),
                                shipped("oms", "70001", "4500001"), shipped("oms", "70002", "4500001")});
  EXPECT_EQ(Questions(same).size(), 4u);
  const World other =
      Reconcile({one, two, shipped("erp", "80001", "4500001"), shipped("oms", "70001", "4500002")});
  EXPECT_THAT(Questions(other), IsEmpty());
}

TEST(NearMatches, ACrowdIsAskedInPart) {
  std::vector<Doc> docs;
  for (int i = 0; i < 9; ++i) {
    docs.push_back(Order("crm", fmt::format("S-1000{}", i)));
    docs.push_back(Order("erp", fmt::format("450000{}", i)));
  }
  const World world = Reconcile(docs);
  EXPECT_THAT(Questions(world), testing::SizeIs(testing::Gt(8u)));
  for (const auto& [name, document] : world.documents) {
    EXPECT_LE(document.near_matches_size(), static_cast<int>(kMostNearMatches));
  }
}

// In any order; on both sides; never of what could not be one.
TEST(NearMatches, AreAFunctionOfTheSet) {
  for (unsigned seed = 1; seed <= 60; ++seed) {
    std::mt19937 random(seed);
    const auto below = [&](std::size_t n) { return random() % n; };
    std::vector<Doc> docs;
    for (std::size_t i = 0; i < 24; ++i) {
      const char* system = std::array{"crm", "erp", "oms"}[below(3)];
      const char* total = std::array{"1234.50", "1243.50", "99"}[below(3)];
      docs.push_back(Order(system, fmt::format("{}{}", 1000 + i, "77777"), total,
                           fmt::format("2026-01-{:02}", 1 + below(20))));
    }
    const World expected = Reconcile(docs);
    for (int round = 0; round < 3; ++round) {
      std::shuffle(docs.begin(), docs.end(), random);
      ASSERT_EQ(Reconcile(docs).bytes, expected.bytes) << "seed " << seed;
    }
    for (const auto& [name, document] : expected.documents) {
      std::set<std::string> systems;
      for (const v1::SourceRef& record : document.records()) {
        systems.insert(record.system());
      }
      for (const v1::NearMatch& near : document.near_matches()) {
        const v1::UnifiedDocument& other = expected.documents.at(near.document());
        const auto back = std::count_if(other.near_matches().begin(), other.near_matches().end(),
                                        [&, of = name](const v1::NearMatch& each) {
                                          return each.document() == of && each.evidence() == near.evidence();
                                        });
        EXPECT_EQ(back, 1) << "seed " << seed;
        for (const v1::SourceRef& record : other.records()) {
          EXPECT_FALSE(systems.contains(record.system())) << "seed " << seed << ": two records of one stream";
        }
      }
    }
  }
}

}  // namespace
}  // namespace crossbill::transforms
