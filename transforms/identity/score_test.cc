#include "transforms/identity/score.h"

#include <gtest/gtest.h>

#include <string>

namespace crossbill::transforms {
namespace {

constexpr int kThreshold = 600;

struct Party {
  std::string name, kana, tax_id, email, phone, street, city, postcode, country;
};

Features Of(const Party& from) {
  v1::Party party;
  party.set_name(from.name);
  party.set_name_kana(from.kana);
  if (!from.tax_id.empty()) {
    v1::Identifier* identifier = party.add_identifiers();
    identifier->set_type(v1::Identifier::TAX_ID);
    identifier->set_value(from.tax_id);
  }
  if (!from.email.empty()) {
    party.add_emails(from.email);
  }
  if (!from.phone.empty()) {
    party.add_phones(from.phone);
  }
  v1::Address* address = party.add_addresses();
  address->set_street(from.street);
  address->set_city(from.city);
  address->set_postal_code(from.postcode);
  address->set_country(from.country);
  return MakeFeatures(party, "");
}

int Weight(const Party& a, const Party& b) {
  const Evidence evidence = Compare(Of(a), Of(b));
  const Evidence mirrored = Compare(Of(b), Of(a));
  EXPECT_EQ(evidence.weight, mirrored.weight) << "the order of the two does not matter";
  int sum = 0;
  for (const JudgedPart& part : evidence.parts) {
    sum += part.weight;
  }
  EXPECT_EQ(sum, evidence.weight);
  return evidence.weight;
}

const Party kNorthgate = {"Northgate Stores Inc",
                          "",
                          "US389625573",
                          "info@northgate.example",
                          "(312) 808 2423",
                          "1 Oak Avenue",
                          "Chicago",
                          "60601",
                          "US"};
const Party kBranch = {"Northgate Stores Seattle Branch",
                       "",
                       "US389625573",
                       "seattle@northgate.example",
                       "206-553-8215",
                       "50 Lake Drive",
                       "Seattle",
                       "98101",
                       "US"};
const Party kKarin = {"Karin Braun", "",      "",  "karin.braun@post.example", "030 3048034", "Lindenweg 85",
                      "Berlin",      "10115", "DE"};

TEST(Score, TheSamePartyWrittenInAnotherWay) {
  EXPECT_GE(Weight(kNorthgate, {"NORTHGATE STORES", "", "389625573", "", "+1 3128082423", "1 OAK AVE",
                                "Chicago", "60601", "US"}),
            kThreshold);
  EXPECT_GE(Weight(kKarin, {"Braun, Karin", "", "", "Karin.Braun+shop@post.example", "", "", "", "", ""}),
            kThreshold);
  EXPECT_GE(
      Weight(kKarin, {"K. BRAUN", "", "", "", "+49 30 3048034", "Lindenweg 85", "Berlin", "10115", "DE"}),
      kThreshold);
  EXPECT_GE(
      Weight({"銀杏商事", "", "", "", "", "銀杏町8丁目13番1号", "仙台市青葉区", "980-4021", "JP"},
             {"株式会社銀杏商事", "", "", "", "", "仙台市青葉区銀杏町8-13-1", "仙台", "980-4021", "JP"}),
      kThreshold);
  EXPECT_GE(Weight({"ナカムラ ミヒコ", "", "", "", "070-8134-6176", "", "", "", "JP"},
                   {"中村 美彦", "ﾅｶﾑﾗ ﾐﾋｺ", "", "", "+81 7081346176", "", "", "", "JP"}),
            kThreshold);
}

TEST(Score, SlipsInEveryWordOfANameDoNotContradict) {
  Party other = kKarin;
  other.email.clear();
  for (const std::string name : {"Kari nBraun", "K. Brraun", "Karin Brau n"}) {
    other.name = name;
    EXPECT_GE(Weight(kKarin, other), kThreshold) << name;
    EXPECT_FALSE(Compare(Of(kKarin), Of(other)).contradicted) << name;
  }
  Party ana = kKarin, anna = other;
  ana.name = "Ana Braun";
  anna.name = "Anna Braun";
  EXPECT_GE(Weight(ana, anna), kThreshold);
  anna.name = "Anja Braun";
  EXPECT_TRUE(Compare(Of(ana), Of(anna)).contradicted) << "a sister";
}

TEST(Score, LookalikesAreNotTheSame) {
  EXPECT_LT(Weight(kNorthgate, kBranch), kThreshold) << "a branch has the tax id of its company";
  Party karl = kKarin;
  karl.name = "Karl-Heinz Braun";
  karl.email = "kh.braun@post.example";
  EXPECT_LT(Weight(kKarin, karl), kThreshold) << "a household has one telephone and one address";
  EXPECT_TRUE(Compare(Of(kKarin), Of(karl)).contradicted);
  Party elsewhere = kKarin;
  elsewhere.email = "karin@elsewhere.example";
  elsewhere.phone = "040 1112223";
  elsewhere.street = "Gartenweg 3";
  elsewhere.city = "Hamburg";
  elsewhere.postcode = "20095";
  EXPECT_LT(Weight(kKarin, elsewhere), kThreshold) << "the same name elsewhere";
  EXPECT_LT(Weight({"张勇", "", "", "", "13708030900", "科技园路256号255室", "杭州", "310484", "CN"},
                   {"张勇建", "", "", "", "13708030900", "科技园路256号255室", "杭州", "310484", "CN"}),
            kThreshold);
}

TEST(Score, DifferentTaxIdsForbid) {
  Party other = kNorthgate;
  other.tax_id = "US389625574";
  EXPECT_TRUE(Compare(Of(kNorthgate), Of(other)).forbidden);
  other.tax_id = "n/a";
  EXPECT_FALSE(Compare(Of(kNorthgate), Of(other)).forbidden) << "that is none";
  other.tax_id = "0000000000";
  EXPECT_FALSE(Compare(Of(kNorthgate), Of(other)).forbidden) << "filled in for want of one";
}

TEST(Score, AKeyOfAnotherSystemLinks) {
  v1::Party crm, erp;
  crm.mutable_source()->set_system("crm");
  erp.mutable_source()->set_system("erp");
  erp.set_id("42");
  v1::Identifier* identifier = crm.add_identifiers();
  identifier->set_type(v1::Identifier::EXTERNAL);
  identifier->set_system("erp");
  identifier->set_value("42");
  const Evidence evidence = Compare(MakeFeatures(crm, ""), MakeFeatures(erp, ""));
  EXPECT_GE(evidence.weight, kThreshold);
}

TEST(Score, NothingInCommonIsNothing) { EXPECT_LE(Weight({}, {}), 0); }

// A number whose check digits fail may be mistyped: it forbids nothing, but still links what has it too.
TEST(Score, OnlySoundTaxIdsForbid) {
  Party sound = kNorthgate, other = kNorthgate, mistyped = kNorthgate;
  sound.tax_id = "DE136695976";
  other.tax_id = "DE811907980";
  mistyped.tax_id = "DE136695977";
  EXPECT_TRUE(Compare(Of(sound), Of(other)).forbidden);
  EXPECT_FALSE(Compare(Of(sound), Of(mistyped)).forbidden);
  EXPECT_GT(Weight(sound, mistyped), kThreshold);
  EXPECT_GT(Weight(mistyped, mistyped), Weight(sound, mistyped));
}

}  // namespace
}  // namespace crossbill::transforms
