#include "transforms/reconcile/exception_life.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace crossbill::transforms {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using State = v1::Exception;
using Verdict = v1::ExceptionDecision;

const Date kDay = Date::Parse("2026-10-31").value();

// One exception and what becomes of it, as its stage drives it.
class ExceptionLifeTest : public testing::Test {
 protected:
  static v1::Exception Finding(std::string_view at_stake) {
    v1::Exception finding;
    finding.set_name("exceptions/1");
    finding.set_type(v1::Exception::OVERPAID);
    finding.mutable_at_stake()->set_amount(std::string(at_stake));
    finding.mutable_at_stake()->set_currency("EUR");
    return finding;
  }
  void Find(std::string_view at_stake) { TakeFinding(life_, Finding(at_stake).SerializeAsString()); }
  void Lose(std::string_view settled_by = "") { LoseFinding(life_, settled_by); }
  v1::ExceptionDecision Decision(Verdict::Verdict verdict, std::string_view second,
                                 std::string_view covers = "10") {
    v1::ExceptionDecision decision;
    decision.set_name("decisions/" + std::string(second));
    decision.set_exception("exceptions/1");
    decision.set_verdict(verdict);
    decision.set_decided_at("2026-10-31T10:00:" + std::string(second) + "Z");
    decision.set_decided_by("A. Clerk");
    decision.set_reason("why not");
    *decision.mutable_at_stake() = Finding(covers).at_stake();
    return decision;
  }
  void Decide(const v1::ExceptionDecision& decision) { TakeDecision(life_, decision, kDay); }
  // Until nothing is waited for.
  void Settle(Date as_of = kDay) {
    while (!Advance(life_, as_of, 1'000)) {
    }
  }
  v1::Exception Published() {
    v1::Exception exception;
    const auto value = Render(life_);
    EXPECT_TRUE(value && exception.ParseFromString(*value));
    return exception;
  }
  std::vector<std::string> History() {
    std::vector<std::string> kinds;
    for (const v1::ExceptionEvent& event : life_.history()) {
      kinds.push_back(v1::ExceptionEvent::Kind_Name(event.kind()));
    }
    return kinds;
  }

  v1::ExceptionLife life_;
};

TEST_F(ExceptionLifeTest, IsOpenThenSettledByADocumentThenReopened) {
  Find("10");
  Settle();
  EXPECT_EQ(Published().state(), State::OPEN);
  Lose("invoices/7");
  Settle();
  const v1::Exception settled = Published();
  EXPECT_EQ(settled.state(), State::RESOLVED);
  EXPECT_EQ(settled.settled_by(), "invoices/7");
  EXPECT_EQ(settled.resolution(), "settled by invoices/7");
  EXPECT_EQ(settled.resolved_on(), "2026-10-31");
  EXPECT_TRUE(settled.gone());
  Find("10");
  Settle();
  const v1::Exception again = Published();
  EXPECT_EQ(again.state(), State::OPEN);
  EXPECT_EQ(again.settled_by(), "");
  EXPECT_EQ(again.resolved_on(), "");
  EXPECT_THAT(History(), ElementsAre("OPENED", "RESOLVED", "REOPENED"));
}

TEST_F(ExceptionLifeTest, WhatComesAndGoesWithinARoundLeavesNoTrace) {
  Find("10");
  Lose();
  Settle();
  EXPECT_EQ(Render(life_), std::nullopt);
  Find("10");
  Settle();
  Lose();
  Find("10");
  Settle();
  EXPECT_THAT(History(), ElementsAre("OPENED"));
  Lose();
  EXPECT_FALSE(Advance(life_, kDay, 0)) << "it may be on its way to another customer";
  EXPECT_EQ(Published().state(), State::OPEN);
  Find("10");
  Settle();
  EXPECT_THAT(History(), ElementsAre("OPENED"));
}

TEST_F(ExceptionLifeTest, APersonsDecisionHoldsUntilWhatItIsAboutChanges) {
  Find("10");
  Settle();
  Decide(Decision(Verdict::ACKNOWLEDGE, "01"));
  Settle();
  EXPECT_EQ(Published().state(), State::ACKNOWLEDGED);
  EXPECT_EQ(Published().decision().decided_by(), "A. Clerk");
  Decide(Decision(Verdict::RESOLVE, "02"));
  Settle();
  EXPECT_EQ(Published().state(), State::RESOLVED);
  EXPECT_EQ(Published().resolution(), "by A. Clerk: why not");
  EXPECT_FALSE(Published().gone());
  Find("10.00");
  Settle();
  EXPECT_EQ(Published().state(), State::RESOLVED) << "the same amount, written otherwise";
  Find("11");
  Settle();
  EXPECT_EQ(Published().state(), State::OPEN);
  EXPECT_EQ(life_.history().rbegin()->why(), "at stake was 10 EUR, is 11 EUR");
  Find("10");
  Settle();
  EXPECT_EQ(Published().state(), State::RESOLVED) << "it is again what was decided about";
  EXPECT_THAT(History(), ElementsAre("OPENED", "ACKNOWLEDGED", "RESOLVED", "REOPENED", "RESOLVED"));
}

TEST_F(ExceptionLifeTest, ADecisionMayHoldWhateverTheAmountAndUntilADay) {
  Find("10");
  v1::ExceptionDecision decision = Decision(Verdict::RESOLVE, "01");
  decision.set_whatever_amount(true);
  decision.set_until("2026-11-02");
  Decide(decision);
  Find("12");
  Settle();
  EXPECT_EQ(Published().state(), State::RESOLVED);
  Settle(kDay.PlusDays(2));
  EXPECT_EQ(Published().state(), State::RESOLVED);
  Settle(kDay.PlusDays(3));
  EXPECT_EQ(Published().state(), State::OPEN);
  EXPECT_EQ(life_.history().rbegin()->why(), "the decision held until 2026-11-02");
  Settle(kDay);
  EXPECT_EQ(Published().state(), State::RESOLVED) << "the state is a function of the date";
}

TEST_F(ExceptionLifeTest, TheNewestDecisionCountsInWhateverOrderTheyCome) {
  Find("10");
  Decide(Decision(Verdict::REOPEN, "03"));
  Decide(Decision(Verdict::RESOLVE, "02"));
  Decide(Decision(Verdict::RESOLVE, "02"));
  Settle();
  EXPECT_EQ(Published().state(), State::OPEN);
  EXPECT_THAT(History(), ElementsAre("OPENED", "RESOLVED", "REOPENED"));
  Decide(Decision(Verdict::ACKNOWLEDGE, "04"));
  Settle();
  EXPECT_EQ(Published().state(), State::ACKNOWLEDGED);
}

TEST_F(ExceptionLifeTest, ADecisionWaitsForItsFindingAndOutlivesIt) {
  Decide(Decision(Verdict::ACKNOWLEDGE, "01"));
  Settle();
  EXPECT_EQ(Render(life_), std::nullopt);
  Find("10");
  Settle();
  EXPECT_EQ(Published().state(), State::ACKNOWLEDGED);
  EXPECT_THAT(History(), ElementsAre("OPENED", "ACKNOWLEDGED"));
  Lose();
  Settle();
  EXPECT_FALSE(Forget(life_, kDay.PlusDays(400), 400));
  EXPECT_TRUE(Forget(life_, kDay.PlusDays(401), 400));
  EXPECT_EQ(Render(life_), std::nullopt);
  Find("10");
  Settle(kDay.PlusDays(500));
  EXPECT_EQ(Published().state(), State::ACKNOWLEDGED);
}

TEST_F(ExceptionLifeTest, WhatAPersonResolvedIsKeptWhileItIsFound) {
  Find("10");
  Decide(Decision(Verdict::RESOLVE, "01"));
  Settle();
  EXPECT_FALSE(Forget(life_, kDay.PlusDays(5000), 400)) << "it would be open again";
  Lose();
  Settle();
  EXPECT_THAT(History(), ElementsAre("OPENED", "RESOLVED")) << "it stays the person's";
  EXPECT_TRUE(Published().gone());
}

TEST_F(ExceptionLifeTest, WhatComesBackAsAPersonResolvedItIsThePersonsAgain) {
  Find("40");
  Settle();
  Decide(Decision(Verdict::RESOLVE, "01"));
  Settle();
  EXPECT_EQ(Published().state(), State::OPEN) << "of another amount";
  Lose();
  Settle();
  EXPECT_EQ(Published().resolution(), "not found any more");
  for (int i = 0; i < 2; ++i) {
    Find("10");
    Settle();
    EXPECT_EQ(Published().state(), State::RESOLVED);
    EXPECT_EQ(Published().resolution(), "by A. Clerk: why not");
    EXPECT_FALSE(Published().gone());
  }
  EXPECT_THAT(History(), ElementsAre("OPENED", "RESOLVED", "REOPENED", "RESOLVED", "REOPENED", "RESOLVED"));
}

TEST_F(ExceptionLifeTest, TheHistoryIsBounded) {
  for (int i = 0; i < kMostHistory; ++i) {
    Find("10");
    Settle();
    Lose();
    Settle();
  }
  EXPECT_EQ(life_.history_size(), kMostHistory);
  EXPECT_EQ(Published().state(), State::RESOLVED);
}

}  // namespace
}  // namespace crossbill::transforms
