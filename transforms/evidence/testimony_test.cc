#include "transforms/evidence/testimony.h"

#include <gtest/gtest.h>

#include <string>

namespace crossbill::transforms {
namespace {

v1::NumberMention Of(const std::string& system, const std::string& party, v1::Document::Kind kind, bool own,
                     const std::string& net = {}, const std::string& key = "1") {
  v1::NumberMention mention;
  mention.mutable_source()->set_system(system);
  mention.mutable_source()->set_stream("s");
  mention.mutable_source()->set_key(key);
  mention.set_party("P|" + system + "|" + party);
  mention.set_kind(kind);
  mention.set_own(own);
  mention.set_currency("EUR");
  mention.set_net(net);
  return mention;
}

// "left right count" of each pair.
std::string Told(const std::vector<v1::NumberMention>& mentions) {
  std::string told;
  const v1::PartyEvidence evidence = FindEvidence(mentions);
  for (const v1::PartyEvidence::Pair& pair : evidence.pairs()) {
    told += pair.left() + " " + pair.right() + " " + std::to_string(pair.count()) + ";";
  }
  return told;
}

constexpr auto kOrder = v1::Document::ORDER;
constexpr auto kInvoice = v1::Document::INVOICE;

TEST(Testimony, OneKindAndOneAmountCountTwice) {
  EXPECT_EQ(Told({Of("erp", "77", kOrder, false, "10"), Of("crm", "A", kOrder, false, "10")}),
            "P|crm|A P|erp|77 2;");
  EXPECT_EQ(Told({Of("crm", "A", kOrder, false, "10"), Of("erp", "77", kOrder, false)}),
            "P|crm|A P|erp|77 1;");
}

TEST(Testimony, OtherAmountsSayNothing) {
  EXPECT_EQ(Told({Of("crm", "A", kOrder, false, "10"), Of("erp", "77", kOrder, false, "11")}), "");
  v1::NumberMention dollars = Of("erp", "77", kOrder, false, "10");
  dollars.set_currency("USD");
  EXPECT_EQ(Told({Of("crm", "A", kOrder, false, "10"), dollars}), "");
}

TEST(Testimony, AnInvoiceThatNamesAnOrderCountsOnce) {
  EXPECT_EQ(Told({Of("erp", "77", kOrder, true, "10"), Of("fin", "D", kInvoice, false, "12")}),
            "P|erp|77 P|fin|D 1;");
  EXPECT_EQ(Told({Of("erp", "77", kOrder, true, "10"), Of("fin", "D", kInvoice, true, "10")}), "")
      << "their own numbers are alike by chance";
}

TEST(Testimony, ASystemWithTwoPartiesAtTheNumberSaysNothing) {
  EXPECT_EQ(Told({Of("crm", "A", kOrder, false, "10"), Of("crm", "B", kOrder, false, "20", "2"),
                  Of("erp", "77", kOrder, true, "10"), Of("fin", "D", kInvoice, false, "10")}),
            "P|erp|77 P|fin|D 1;");
}

TEST(Testimony, OneSystemAloneAndTooManySayNothing) {
  EXPECT_EQ(Told({Of("crm", "A", kOrder, true, "10"), Of("crm", "A", kInvoice, false, "10", "2")}), "");
  std::vector<v1::NumberMention> many;
  for (std::size_t i = 1; i < kMostAtNumber; ++i) {
    many.push_back(Of("crm", "A", kOrder, false, "10", std::to_string(i)));
  }
  many.push_back(Of("erp", "77", kOrder, true, "10"));
  EXPECT_NE(Told(many), "");
  many.push_back(Of("crm", "A", kOrder, false, "10", "one more"));
  EXPECT_EQ(Told(many), "");
}

}  // namespace
}  // namespace crossbill::transforms
