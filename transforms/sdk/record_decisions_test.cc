#include "transforms/sdk/record_decisions.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace crossbill::transforms {
namespace {

v1::SourceRef Record(const std::string& key) {
  v1::SourceRef record;
  record.set_system("erp");
  record.set_stream("vbak");
  record.set_key(key);
  return record;
}

v1::DocumentDecision Event(const std::string& name, bool undone) {
  v1::DocumentDecision event;
  event.set_name("decisions/" + name);
  event.set_verdict(v1::DocumentDecision::SAME);
  for (const auto& [left, right] : {std::pair("1", "2"), {"1", "3"}, {"7", "2"}}) {
    v1::RecordPair& pair = *event.add_pairs();
    *pair.mutable_left() = Record(left);
    *pair.mutable_right() = Record(right);
  }
  event.set_undone(undone);
  return event;
}

TEST(RecordDecisions, KeepsThePairsThatTheRecordIsLeftOf) {
  v1::RecordDecisions known;
  EXPECT_TRUE(AddDecision(Event("a", false), "erp/vbak/1", known));
  EXPECT_FALSE(AddDecision(Event("a", false), "erp/vbak/1", known)) << "it is known";
  ASSERT_EQ(known.decisions_size(), 1);
  ASSERT_EQ(known.decisions(0).pairs_size(), 2);
  EXPECT_EQ(known.decisions(0).pairs(1).right().key(), "3");
}

TEST(RecordDecisions, TheOrderOfArrivalDoesNotMatter) {
  std::vector<v1::DocumentDecision> events = {Event("a", false), Event("b", false), Event("b", true),
                                              Event("c", false), Event("c", false)};
  const auto less = [](const v1::DocumentDecision& a, const v1::DocumentDecision& b) {
    return std::pair(a.name(), a.undone()) < std::pair(b.name(), b.undone());
  };
  std::string expected;
  std::sort(events.begin(), events.end(), less);
  do {
    v1::RecordDecisions known;
    for (const v1::DocumentDecision& event : events) {
      AddDecision(event, "erp/vbak/1", known);
    }
    v1::RecordDecisions standing;
    ASSERT_TRUE(standing.ParseFromString(StandingDecisions(known)));
    ASSERT_EQ(standing.decisions_size(), 2);
    EXPECT_EQ(standing.decisions(0).name(), "decisions/a");
    EXPECT_EQ(standing.decisions(1).name(), "decisions/c");
    if (expected.empty()) {
      expected = known.SerializeAsString();
    }
    ASSERT_EQ(known.SerializeAsString(), expected);
  } while (std::next_permutation(events.begin(), events.end(), less));
}

TEST(RecordDecisions, NothingTravelsWhenAllWasUndone) {
  v1::RecordDecisions known;
  EXPECT_TRUE(AddDecision(Event("a", true), "erp/vbak/1", known));
  EXPECT_FALSE(AddDecision(Event("a", false), "erp/vbak/1", known));
  EXPECT_EQ(StandingDecisions(known), "");
}

}  // namespace
}  // namespace crossbill::transforms
