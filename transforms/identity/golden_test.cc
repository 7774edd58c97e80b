#include "transforms/identity/golden.h"

#include <gtest/gtest.h>

#include <string>

namespace crossbill::transforms {
namespace {

v1::Party Of(const std::string& system, const std::string& name, const std::string& phone = {},
             const std::string& email = {}) {
  v1::Party party;
  party.mutable_source()->set_system(system);
  party.mutable_source()->set_stream("s");
  party.mutable_source()->set_key("1");
  party.set_name(name);
  if (!phone.empty()) {
    party.add_phones(phone);
  }
  if (!email.empty()) {
    party.add_emails(email);
  }
  party.add_addresses()->set_country("DE");
  return party;
}

const v1::FieldProvenance* Find(const v1::Customer& customer, const std::string& field) {
  for (const v1::FieldProvenance& one : customer.provenance()) {
    if (one.field() == field) {
      return &one;
    }
  }
  return nullptr;
}

TEST(Golden, AuthorityThenLengthThenTheFirst) {
  const v1::Party crm = Of("crm", "Hansa Warenhaus AG, Hamburg"), erp = Of("erp", "HANSA WARENHAUS AG"),
                  oms = Of("oms", "hansa ag");
  v1::Customer customer;
  MakeGolden({&crm, &erp, &oms}, {"erp"}, customer);
  EXPECT_EQ(customer.display_name(), "HANSA WARENHAUS AG");
  const v1::FieldProvenance* name = Find(customer, "party.name");
  ASSERT_NE(name, nullptr);
  EXPECT_EQ(name->rule(), "authority");
  EXPECT_EQ(name->winner().system(), "erp");
  EXPECT_EQ(name->others_size(), 2);

  v1::Customer without;
  MakeGolden({&crm, &erp, &oms}, {}, without);
  EXPECT_EQ(without.display_name(), "Hansa Warenhaus AG, Hamburg");
  EXPECT_EQ(Find(without, "party.name")->rule(), "longest");
}

TEST(Golden, ListsAreUnitedWithoutWhatIsWrittenDifferentlyOnly) {
  const v1::Party crm = Of("crm", "A", "040-6549503", "INFO@hansa.example"),
                  erp = Of("erp", "A", "+49 406549503", "info@hansa.example");
  v1::Customer customer;
  MakeGolden({&crm, &erp}, {"erp"}, customer);
  ASSERT_EQ(customer.party().phones_size(), 1);
  EXPECT_EQ(customer.party().phones(0), "+49 406549503") << "as the authority writes it";
  EXPECT_EQ(customer.party().emails_size(), 1);
  const v1::FieldProvenance* phone = Find(customer, "party.phones[0]");
  ASSERT_NE(phone, nullptr);
  EXPECT_EQ(phone->others_size(), 1);
  EXPECT_EQ(phone->others(0).value(), "040-6549503");
}

TEST(Golden, EveryValueHasItsProvenance) {
  v1::Party one = Of("crm", "A", "040-6549503", "a@b.example");
  one.set_segment("A");
  one.set_kind(v1::Party::ORGANISATION);
  v1::Customer customer;
  MakeGolden({&one}, {}, customer);
  for (const char* field : {"party.name", "party.segment", "party.kind", "party.phones[0]", "party.emails[0]",
                            "party.addresses[0]"}) {
    ASSERT_NE(Find(customer, field), nullptr) << field;
    EXPECT_EQ(Find(customer, field)->rule(), "only one") << field;
  }
  EXPECT_EQ(Find(customer, "party.born_on"), nullptr);
  EXPECT_EQ(customer.records_size(), 1);
}

}  // namespace
}  // namespace crossbill::transforms
