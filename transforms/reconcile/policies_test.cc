#include "transforms/reconcile/policies.h"

#include <gtest/gtest.h>

#include "transforms/reconcile/fixture.h"

namespace crossbill::transforms {
namespace {

using Type = v1::Exception;

Decimal Number(std::string_view text) { return Decimal::Parse(text).value(); }

Policy Absolute(std::string_view amount) {
  Policy policy;
  policy.absolute = Number(amount);
  return policy;
}

TEST(Policies, TheMostSpecificCountsForEachSetting) {
  Policy all = Absolute("1");
  all.severity = Type::LOW;
  all.unit = "AR";
  Policy by_type = Absolute("2");
  by_type.types = {Type::PRICE_MISMATCH};
  Policy by_unit = Absolute("3");
  by_unit.org_unit = "1000";
  Policy by_customer = Absolute("4");
  by_customer.customer = "erp/kna1/7";
  by_customer.severity = Type::HIGH;
  const std::vector<Policy> policies = {by_customer, by_unit, by_type, all};
  CustomerFacts facts;
  facts.records = {"erp/kna1/7"};
  const auto of = [&](Type::Type type, std::string_view unit, const CustomerFacts* known) {
    return TreatmentOf(policies, type, unit, "customers/a", known, {});
  };
  EXPECT_EQ(of(Type::OVERPAID, "2000", nullptr).absolute, Number("1"));
  EXPECT_EQ(of(Type::PRICE_MISMATCH, "2000", nullptr).absolute, Number("2"));
  EXPECT_EQ(of(Type::PRICE_MISMATCH, "1000", nullptr).absolute, Number("3"));
  const Treatment theirs = of(Type::PRICE_MISMATCH, "1000", &facts);
  EXPECT_EQ(theirs.absolute, Number("4"));
  EXPECT_EQ(theirs.severity, Type::HIGH);
  EXPECT_EQ(theirs.unit, "AR") << "which no more specific policy says";
  EXPECT_EQ(theirs.policy,
            "this customer: absolute 4, severity HIGH; all: absolute 1, severity LOW, unit AR");
  EXPECT_EQ(of(Type::PRICE_MISMATCH, "1000", nullptr).severity, Type::LOW);
}

TEST(Policies, ACustomerIsFoundByIdAndByTaxId) {
  Policy by_id = Absolute("1");
  by_id.customer = "customers/a";
  Policy by_tax = Absolute("2");
  by_tax.tax_id = PlainTaxId("DE 123.456-789");
  EXPECT_FALSE(by_id.NeedsCustomer());
  EXPECT_TRUE(by_tax.NeedsCustomer());
  CustomerFacts facts;
  facts.tax_ids = {"DE123456789"};
  EXPECT_EQ(TreatmentOf({by_id}, Type::OVERPAID, "", "customers/a", nullptr, {}).absolute, Number("1"));
  EXPECT_EQ(TreatmentOf({by_id}, Type::OVERPAID, "", "customers/b", nullptr, {}).absolute, Number("0"));
  EXPECT_EQ(TreatmentOf({by_tax}, Type::OVERPAID, "", "customers/b", &facts, {}).absolute, Number("2"));
}

TEST(Policies, TheLargerOfAbsoluteAndPercentIsTolerated) {
  Treatment treatment;
  treatment.absolute = Number("0.50");
  treatment.percent = Number("1");
  EXPECT_FALSE(treatment.Differ(Number("10.50"), Number("10")));
  EXPECT_TRUE(treatment.Differ(Number("10.51"), Number("10")));
  EXPECT_FALSE(treatment.Differ(Number("198"), Number("200")));
  EXPECT_TRUE(treatment.Differ(Number("197.99"), Number("200")));
}

std::vector<Doc> Overcharged() {
  return {Doc(kOrder, "erp", "o").Number("4500001").On("2026-01-05").Total("100", "EUR").Line("A", "2", "50"),
          Doc(kShipment, "erp", "s")
              .Number("80001")
              .On("2026-01-08")
              .Line("A", "2")
              .LineRef(v1::Reference::ORDER, "4500001", "10"),
          Doc(kInvoice, "erp", "i")
              .Number("90001")
              .On("2026-01-09")
              .Total("103", "EUR")
              .Line("A", "2", "51.50")
              .LineRef(v1::Reference::ORDER, "4500001", "10")
              .LineRef(v1::Reference::SHIPMENT, "80001")};
}

TEST(Policies, AreHeldAgainstFindings) {
  ReconcileOptions options = TestOptions();
  ASSERT_EQ(Reconcile(Overcharged(), "2026-10-31", options).exceptions.size(), 1u);
  Policy lenient;
  lenient.types = {Type::PRICE_MISMATCH};
  lenient.percent = Number("3");
  options.policies = {lenient};
  EXPECT_TRUE(Reconcile(Overcharged(), "2026-10-31", options).exceptions.empty());
  Policy strict = lenient;
  strict.customer = "customers/c1";
  strict.percent = Number("0.1");
  strict.unit = "claims";
  options.policies.push_back(strict);
  const World found = Reconcile(Overcharged(), "2026-10-31", options);
  ASSERT_EQ(found.exceptions.size(), 1u);
  EXPECT_EQ(found.exceptions[0].unit(), "claims");
  EXPECT_EQ(found.exceptions[0].policy(), "PRICE_MISMATCH, this customer: 0.1%, unit claims");
  Policy off;
  off.org_unit = "";
  off.off = true;
  options.policies = {off};
  EXPECT_TRUE(Reconcile(Overcharged(), "2026-10-31", options).exceptions.empty());
}

TEST(Policies, DaysPutAFindingOff) {
  ReconcileOptions options = TestOptions();
  Policy patient;
  patient.types = {Type::INVOICE_WITHOUT_ORDER};
  patient.days = 30;
  options.policies = {patient};
  const std::vector<Doc> alone = {
      Doc(kInvoice, "finance", "F1").Number("F1").On("2026-10-09").Total("100", "EUR")};
  const World early = Reconcile(alone, "2026-10-31", options);
  EXPECT_TRUE(early.exceptions.empty());
  EXPECT_EQ(early.next_due, Date::Parse("2026-11-09").value());
  EXPECT_EQ(Reconcile(alone, "2026-11-09", options).exceptions.size(), 1u);
}

}  // namespace
}  // namespace crossbill::transforms
