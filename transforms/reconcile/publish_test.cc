#include "transforms/reconcile/publish.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "crossbill/v1/exception.pb.h"
#include "crossbill/v1/internal.pb.h"
#include "transforms/sdk/testing/transform_driver.h"

namespace crossbill::transforms {
namespace {

const bus::Topics kTopics("t", 1);

class PublishStageTest : public testing::Test {
 protected:
  TransformDriver driver_{kTopics, PublishStage(kTopics)};

  void Feed(std::string_view owner, std::string_view value, std::string_view name = "orders/1") {
    v1::PublishClaim claim;
    claim.set_owner(std::string(owner));
    claim.set_topic(kTopics.Unified("order"));
    claim.set_value(std::string(value));
    claim.set_removed(value.empty());
    driver_.Feed(kTopics.Publish(), name, claim.SerializeAsString());
  }
  std::vector<std::string> Run() {
    driver_.Run();
    std::vector<std::string> values;
    for (const Written& written : driver_.Take(kTopics.Unified("order"))) {
      values.push_back(written.key + "=" + written.value.value_or("gone"));
    }
    return values;
  }
};

using Values = std::vector<std::string>;

// Exceptions: the same claims, but a life of their own.
class ExceptionStageTest : public PublishStageTest {
 protected:
  static v1::Exception Finding(std::string_view at_stake) {
    v1::Exception finding;
    finding.set_name(kName);
    finding.set_type(v1::Exception::OVERPAID);
    finding.mutable_at_stake()->set_amount(std::string(at_stake));
    return finding;
  }
  void Claim(std::string_view owner, std::string_view at_stake, std::string_view settled_by = "") {
    v1::PublishClaim claim;
    claim.set_owner(std::string(owner));
    claim.set_topic(kTopics.Exceptions());
    if (at_stake.empty()) {
      claim.set_removed(true);
      claim.set_settled_by(std::string(settled_by));
    } else {
      claim.set_value(Finding(at_stake).SerializeAsString());
    }
    driver_.Feed(kTopics.Publish(), kName, claim.SerializeAsString());
  }
  void Decide(v1::ExceptionDecision::Verdict verdict, std::string_view until = "") {
    v1::ExceptionDecision decision;
    decision.set_exception(kName);
    decision.set_name("decisions/" + std::to_string(++decisions_));
    decision.set_verdict(verdict);
    decision.set_decided_at("2026-10-31T10:00:0" + std::to_string(decisions_) + "Z");
    decision.set_until(std::string(until));
    *decision.mutable_at_stake() = Finding("10").at_stake();
    driver_.Feed(kTopics.ExceptionDecisions(), kName, decision.SerializeAsString());
  }
  // "OPEN 10", the states that were written, or "gone".
  std::vector<std::string> Run(Date as_of = kDay) {
    driver_.Run(as_of);
    std::vector<std::string> states;
    for (const Written& written : driver_.Take(kTopics.Exceptions())) {
      v1::Exception exception;
      EXPECT_TRUE(!written.value || exception.ParseFromString(*written.value));
      states.push_back(written.value ? v1::Exception::State_Name(exception.state()) + " " +
                                           exception.at_stake().amount()
                                     : "gone");
    }
    return states;
  }

  static constexpr const char* kName = "exceptions/1";
  static inline const Date kDay = Date::Parse("2026-10-31").value();
  int decisions_ = 0;
};

TEST_F(ExceptionStageTest, AResolvedOneStaysForItsTime) {
  Claim("customers/a", "10");
  EXPECT_EQ(Run(), Values{"OPEN 10"});
  Claim("customers/a", "", "invoices/7");
  EXPECT_EQ(Run(), Values{"RESOLVED 10"});
  driver_.Restart();
  EXPECT_EQ(Run(kDay.PlusDays(400)), Values{});
  EXPECT_EQ(Run(kDay.PlusDays(401)), Values{"gone"});
}

TEST_F(ExceptionStageTest, AMoveBetweenCustomersIsNoHistory) {
  Claim("customers/a", "10");
  Run();
  Claim("customers/a", "");
  driver_.TakeInOnly(kDay);
  driver_.Restart();
  Claim("customers/b", "10");
  EXPECT_EQ(Run(), Values{}) << "the same finding, of another owner";
  Claim("customers/b", "12");
  EXPECT_EQ(Run(), Values{"OPEN 12"});
}

TEST_F(ExceptionStageTest, DecisionsSurviveRestartsAndEndOnTheirDay) {
  Decide(v1::ExceptionDecision::RESOLVE, "2026-11-05");
  EXPECT_EQ(Run(), Values{});
  driver_.Restart();
  Claim("customers/a", "10");
  EXPECT_EQ(Run(), Values{"RESOLVED 10"});
  driver_.Restart();
  EXPECT_EQ(Run(kDay.PlusDays(5)), Values{});
  EXPECT_EQ(Run(kDay.PlusDays(6)), Values{"OPEN 10"});
  Decide(v1::ExceptionDecision::ACKNOWLEDGE);
  EXPECT_EQ(Run(kDay.PlusDays(6)), Values{"ACKNOWLEDGED 10"});
}

TEST_F(ExceptionStageTest, WhatIsPutOffIsNotForgotten) {
  Claim("customers/a", "10");
  driver_.TakeInOnly(kDay);
  EXPECT_TRUE(driver_.Take(kTopics.Exceptions()).empty());
  driver_.Restart();
  EXPECT_EQ(Run(), Values{"OPEN 10"});
}

TEST_F(ExceptionStageTest, ADecisionUnderAnotherNameIsADeadLetter) {
  v1::ExceptionDecision decision;
  decision.set_exception("exceptions/2");
  driver_.Feed(kTopics.ExceptionDecisions(), kName, decision.SerializeAsString());
  driver_.Feed(kTopics.ExceptionDecisions(), kName, std::string("\xff"));
  EXPECT_EQ(Run(), Values{});
  EXPECT_EQ(driver_.Take(kTopics.DeadLetters()).size(), 2u);
}

TEST_F(PublishStageTest, PublishesWhatChangedAndTakesBackWhatNobodyClaims) {
  Feed("customers/b", "x");
  EXPECT_EQ(Run(), Values{"orders/1=x"});
  Feed("customers/b", "x");
  EXPECT_EQ(Run(), Values{});
  Feed("customers/b", "y");
  EXPECT_EQ(Run(), Values{"orders/1=y"});
  Feed("customers/b", "");
  EXPECT_EQ(Run(), Values{"orders/1=gone"});
  Feed("customers/b", "");
  EXPECT_EQ(Run(), Values{}) << "nothing to take back";
}

TEST_F(PublishStageTest, AMoveWithinABatchIsOneChange) {
  Feed("customers/b", "x");
  Run();
  Feed("customers/b", "");
  Feed("customers/a", "z");
  EXPECT_EQ(Run(), Values{"orders/1=z"});
}

TEST_F(PublishStageTest, WhoHasTheNameKeepsItUntilItIsGivenUp) {
  Feed("customers/b", "x");
  EXPECT_EQ(Run(), Values{"orders/1=x"});
  Feed("customers/c", "z");
  Feed("customers/a", "v");
  EXPECT_EQ(Run(), Values{});
  driver_.Restart();
  Feed("customers/a", "w");
  Feed("customers/b", "y");
  EXPECT_EQ(Run(), Values{"orders/1=y"});
  driver_.Restart();
  Feed("customers/b", "");
  EXPECT_EQ(Run(), Values{"orders/1=w"}) << "of those that wait the smallest, with its newest value";
  Feed("customers/c", "");
  EXPECT_EQ(Run(), Values{});
  Feed("customers/a", "");
  EXPECT_EQ(Run(), Values{"orders/1=gone"});
}

TEST_F(PublishStageTest, TheSameValueOfAnotherOwnerIsNoChange) {
  Feed("customers/b", "x");
  Run();
  Feed("customers/a", "x");
  Feed("customers/b", "");
  EXPECT_EQ(Run(), Values{});
  driver_.Restart();
  Feed("customers/a", "");
  EXPECT_EQ(Run(), Values{"orders/1=gone"});
}

TEST_F(PublishStageTest, NamesAreApartAndBadClaimsAreDeadLetters) {
  Feed("customers/a", "x", "orders/1");
  Feed("customers/a", "y", "orders/2");
  driver_.Feed(kTopics.Publish(), "orders/3", std::string("\xff"));
  driver_.Feed(kTopics.Publish(), "orders/3", std::nullopt);
  EXPECT_EQ(Run(), (Values{"orders/1=x", "orders/2=y"}));
  EXPECT_EQ(driver_.Take(kTopics.DeadLetters()).size(), 2u);
}

}  // namespace
}  // namespace crossbill::transforms
