// `exceptions:` of crossbill.yaml: problems with their places, policies and rules as the stages get them.
#include "runtime/exception_config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/reader.h"
#include "crossbill/config/v1/project.pb.h"
#include "runtime/own_rules.h"

namespace crossbill::runtime {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

struct Loaded {
  config::v1::Project project;
  transforms::OwnRules rules;
  config::Problems problems;
  std::vector<std::string> Texts() const {
    std::vector<std::string> texts;
    for (const config::Problem& problem : problems.list()) {
      texts.push_back(problem.ToString());
    }
    return texts;
  }
};

Loaded Load(const std::string& exceptions) {
  Loaded loaded;
  const auto file = config::ReadYaml("crossbill.yaml", "version: 1\nexceptions:\n" + exceptions,
                                     *config::ProcessEnvironment(), ".", loaded.problems);
  EXPECT_NE(file, nullptr);
  config::ReadMessage(*file, file->root, "", {&loaded.project}, loaded.problems);
  CheckExceptions(*file, loaded.project, loaded.problems);
  loaded.rules = CompileOwnRules(loaded.project.exceptions(), *file->root.Find("exceptions"), file->file,
                                 loaded.problems);
  return loaded;
}

TEST(ExceptionConfig, PoliciesAsTheStagesGetThem) {
  const Loaded loaded = Load(
      "  keep_resolved: 30d\n"
      "  policies:\n"
      "    - {types: [PRICE_MISMATCH], customer: erp/kna1/7, absolute: 0.05, percent: 0.5%, severity: high}\n"
      "    - {org_unit: \"1000\", types: [SHIPPED_NOT_INVOICED], days: 60, unit: AR}\n"
      "    - {tax_id: DE 123, off: true}\n");
  EXPECT_THAT(loaded.Texts(), IsEmpty());
  EXPECT_EQ(KeepResolvedDays(loaded.project.exceptions()), 30);
  const auto policies = PoliciesOf(loaded.project.exceptions());
  std::vector<std::string> texts;
  for (const transforms::Policy& policy : policies) {
    texts.push_back(ToString(policy));
  }
  EXPECT_THAT(texts,
              ElementsAre("PRICE_MISMATCH, erp/kna1/7: absolute 0.05, 0.5%, severity HIGH",
                          "SHIPPED_NOT_INVOICED, org unit 1000: 60 days, unit AR", "tax id DE123: off"));
  EXPECT_EQ(KeepResolvedDays(config::v1::Exceptions()), 400);
}

TEST(ExceptionConfig, EverythingWrongIsSaidWithItsPlace) {
  const Loaded loaded = Load(
      "  keep_resolved: 3h\n"
      "  policies:\n"
      "    - {types: [PRICE_MISMATHC], absolute: 1}\n"
      "    - {types: [PRICE_MISMATCH], days: 3}\n"
      "    - {absolute: much, severity: awful}\n"
      "    - {customer: someone, tax_id: DE1, off: true}\n"
      "    - {org_unit: \"1000\"}\n");
  const auto texts = loaded.Texts();
  ASSERT_EQ(texts.size(), 8u) << testing::PrintToString(texts);
  EXPECT_THAT(texts,
              testing::UnorderedElementsAre(
                  AllOf(HasSubstr("crossbill.yaml:3:18: "), HasSubstr("keep_resolved")),
                  AllOf(HasSubstr(":5:"), HasSubstr("PRICE_MISMATCH")),
                  AllOf(HasSubstr(":6:39: "), HasSubstr("days: means nothing for PRICE_MISMATCH")),
                  AllOf(HasSubstr(":7:18: "), HasSubstr("\"much\" is not a number")),
                  AllOf(HasSubstr(":7:34: "), HasSubstr("\"awful\" is none of low, medium, high")),
                  HasSubstr("neither customers/ID nor SYSTEM/STREAM/KEY"), HasSubstr("keep one of the two"),
                  AllOf(HasSubstr(":9:7: "), HasSubstr("says nothing"))));
}

// An order of 1200 with two lines, of which one was shipped.
struct Subject {
  v1::Document document;
  transforms::CustomerFacts customer;
  transforms::RuleSubject subject{
      document, &customer, Date::Parse("2026-10-31").value(), {}, {}, {}, {}, {}, 0, 0, 0, 0, 0, 0, {}};
  Subject() {
    document.set_number("4500001");
    document.set_date("2026-10-01");
    document.set_currency("EUR");
    document.mutable_total()->set_amount("1200.00");
    for (const char* sku : {"A", "B"}) {
      v1::Line* line = document.add_lines();
      line->mutable_product()->set_sku(sku);
      line->set_quantity("2");
      line->mutable_unit_price()->set_amount("300");
    }
    customer.segment = std::string(1, 'C');  // a literal makes GCC 12 warn of an overlap that is none
    subject.ordered = Decimal(1200);
    subject.invoiced = Decimal(1000);
    subject.orders = 1;
    subject.lines = {{Decimal(2), Decimal(2), {}}, {Decimal(2), Decimal(0), {}}};
  }
};

std::optional<transforms::OwnRule::Finding> Look(const std::string& when, const std::string& more = "") {
  const Loaded loaded = Load("  rules:\n    - {name: r, on: order, when: '" + when + "'" + more + "}\n");
  EXPECT_THAT(loaded.Texts(), IsEmpty());
  EXPECT_EQ(loaded.rules.size(), 1u);
  const Subject subject;
  return loaded.rules.empty() ? std::nullopt : loaded.rules[0]->Look(subject.subject);
}

TEST(OwnRules, SeeTheDocumentItsChainAndItsCustomer) {
  EXPECT_TRUE(Look("total > 1000 && approved_by == null"));
  EXPECT_FALSE(Look("total > 1200"));
  EXPECT_TRUE(Look("customer.segment == \"C\" && ordered - invoiced > 100.00"));
  EXPECT_TRUE(Look("lines.exists(l, l.shipped < l.quantity)"));
  EXPECT_FALSE(Look("lines.all(l, l.shipped < l.quantity)"));
  EXPECT_TRUE(Look("age_days == 30 && date < as_of && size(lines) == 2"));
  EXPECT_FALSE(Look("gross > 0")) << "what is not known holds for nothing";
}

TEST(OwnRules, SayWhatIsAtStakeAndWhatTheyNeed) {
  const auto finding = Look("total > 0", ", at_stake: ordered - invoiced");
  ASSERT_TRUE(finding && finding->at_stake);
  EXPECT_EQ(*finding->at_stake, Decimal(200));
  const Loaded loaded = Load(
      "  rules:\n"
      "    - {name: a, on: order, when: 'customer.segment == \"A\"', severity: high, unit: KAM, why: text}\n"
      "    - {name: b, on: invoice, when: age_days > 30}\n");
  ASSERT_EQ(loaded.rules.size(), 2u);
  EXPECT_TRUE(loaded.rules[0]->needs_customer);
  EXPECT_FALSE(loaded.rules[0]->changes_with_time);
  EXPECT_EQ(loaded.rules[0]->severity, v1::Exception::HIGH);
  EXPECT_EQ(loaded.rules[0]->unit, "KAM");
  EXPECT_FALSE(loaded.rules[1]->needs_customer);
  EXPECT_TRUE(loaded.rules[1]->changes_with_time);
  EXPECT_EQ(loaded.rules[1]->on, v1::Document::INVOICE);
}

TEST(OwnRules, TypeErrorsAndUnknownNamesAreSaidWithTheirPlace) {
  const Loaded loaded = Load(
      "  rules:\n"
      "    - {name: a, on: order, when: 'totl > 1000'}\n"
      "    - {name: b, on: order, when: 'total > \"x\"'}\n"
      "    - {name: c, on: order, when: total}\n"
      "    - {name: c, on: basket, when: 'customer.taxid == \"1\"', severity: bad}\n"
      "    - {name: e, on: order, when: 'lines.exists(a, lines.exists(b, lines.exists(c, c.id == "
      "a.id)))'}\n");
  const auto texts = loaded.Texts();
  EXPECT_THAT(texts,
              testing::UnorderedElementsAre(
                  AllOf(HasSubstr("crossbill.yaml:4:35: "), HasSubstr("totl"), HasSubstr("total")),
                  HasSubstr("crossbill.yaml:5:"),
                  AllOf(HasSubstr(":6:"), HasSubstr("true or false was expected, not decimal")),
                  AllOf(HasSubstr(":7:"), HasSubstr("\"c\" is there already")),
                  AllOf(HasSubstr(":7:"), HasSubstr("\"basket\" is none of")),
                  AllOf(HasSubstr(":7:"), HasSubstr("taxid")), AllOf(HasSubstr(":7:"), HasSubstr("\"bad\"")),
                  AllOf(HasSubstr(":8:"), HasSubstr("2 deep"))))
      << testing::PrintToString(texts);
  EXPECT_THAT(loaded.rules, IsEmpty());
}

}  // namespace
}  // namespace crossbill::runtime
