// Payments of two systems, from records to pairs.
#include "runtime/join_records.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "base/date.h"
#include "base/decimal.h"
#include "crossbill/config/v1/project.pb.h"
#include "crossbill/v1/payment.pb.h"
#include "runtime/linkage_files.h"

namespace crossbill::runtime {
namespace {

struct Paid {
  std::string system, key;
  v1::Payment payment;
};

linkage::Model PaymentModel() {
  auto model = ReadModel("payment");
  EXPECT_TRUE(model.ok()) << model.error().ToString();
  return *std::move(model);
}

v1::Payment PaymentOf(const std::string& amount, const std::string& text, const Date& day, bool sent) {
  v1::Payment payment;
  payment.mutable_total()->set_amount(amount);
  payment.set_text(text);
  sent ? payment.set_sent_on(day.ToString()) : payment.set_paid_on(day.ToString());
  return payment;
}

// Each is sent and received a day or two later; every third less a fee, every fourth with its text cut.
std::vector<Paid> Payments(int count) {
  std::mt19937 chance(1);
  std::vector<Paid> payments;
  for (int i = 0; i < count; ++i) {
    std::string name;
    for (int letter = 0; letter < 6; ++letter) {
      name += static_cast<char>('A' + chance() % 26);
    }
    const std::string text = name + " INVOICE " + std::to_string(1000 + chance() % 9000);
    const Decimal sent(1000 + static_cast<std::int64_t>(chance() % 900'000), 2);
    const Decimal received(i % 3 == 0 ? sent.coefficient() - 5 : sent.coefficient(), 2);
    const Date day = Date::Parse("2026-03-01")->PlusDays(static_cast<int>(chance() % 60));
    const std::string key = std::to_string(i);
    payments.push_back({"bank", "bank/out/" + key, PaymentOf(sent.ToString(), text, day, true)});
    payments.push_back({"ledger", "ledger/in/" + key,
                        PaymentOf(received.ToString(), i % 4 == 0 ? text.substr(0, 12) : text,
                                  day.PlusDays(1 + i % 2), false)});
  }
  return payments;
}

// "bank/out/7 ledger/in/7" and its margin.
using Pairs = std::map<std::string, int>;

Pairs PairsOf(const linkage::Model& model, const std::vector<Paid>& payments) {
  linkage::Records records(model);
  for (const Paid& paid : payments) {
    records.Add(model, paid.payment, paid.key, paid.system);
  }
  const linkage::Blocks blocks(model, records);
  auto weights = ReadParametersFile(std::string(kPackagedParameters), "payment", model);
  EXPECT_TRUE(weights.ok()) << weights.error().ToString();
  weights->SetRecords(records.size());
  const WeighedPairs weighed = WeighPairs(model, *weights, records, blocks, model.clusters.review, 2);
  const auto joined = JoinRecords(model, *weights, records, weighed.edges);
  EXPECT_TRUE(joined.ok()) << joined.error().ToString();
  Pairs pairs;
  for (const linkage::Match& match : joined->matches) {
    const auto [first, second] = std::minmax(records.key(match.left), records.key(match.right));
    pairs.emplace(first + " " + second, match.margin);
    EXPECT_EQ(joined->clusters[match.left], joined->clusters[match.right]);
  }
  return pairs;
}

TEST(JoinRecordsTest, FindsWhatWasSentAmongWhatCame) {
  const linkage::Model model = PaymentModel();
  const Pairs pairs = PairsOf(model, Payments(300));
  EXPECT_GE(pairs.size(), 295u);
  std::size_t automatic = 0;
  for (const auto& [pair, margin] : pairs) {
    const std::string number = pair.substr(pair.rfind('/') + 1);
    EXPECT_EQ(pair, "bank/out/" + number + " ledger/in/" + number);
    automatic += IsAutomatic(model, {0, 0, 0, margin}) ? 1 : 0;
  }
  EXPECT_GE(automatic, 280u);
}

TEST(JoinRecordsTest, TheOrderOfRecordsSaysNothing) {
  const linkage::Model model = PaymentModel();
  std::vector<Paid> payments = Payments(60);
  for (int i = 0; i < 10; ++i) {  // and some that nothing tells apart
    const Date day = Date::Parse("2026-03-10").value();
    payments.push_back({"bank", "bank/out/x" + std::to_string(i), PaymentOf("50", "RENT", day, true)});
    payments.push_back({"ledger", "ledger/in/x" + std::to_string(i), PaymentOf("50", "RENT", day, false)});
  }
  const Pairs expected = PairsOf(model, payments);
  std::mt19937 chance(2);
  for (int round = 0; round < 5; ++round) {
    std::shuffle(payments.begin(), payments.end(), chance);
    EXPECT_EQ(PairsOf(model, payments), expected);
  }
  for (const auto& [pair, margin] : expected) {
    if (pair.find('x') != std::string::npos) {
      EXPECT_EQ(margin, 0) << pair;
    }
  }
}

TEST(JoinRecordsTest, PairsAreOfTwoSystems) {
  const linkage::Model model = PaymentModel();
  linkage::Records records(model);
  for (const std::string system : {"bank", "ledger", "shop"}) {
    records.Add(model, PaymentOf("1", "A", Date(0), true), system + "/payments/1", system);
  }
  const auto joined = JoinRecords(model, {}, records, {});
  ASSERT_FALSE(joined.ok());
  EXPECT_EQ(joined.error().code(), Code::kConfigValue);
  EXPECT_NE(joined.error().message().find("of 3 systems"), std::string::npos);
}

TEST(JoinRecordsTest, NothingIsAutomaticUnlessTheModelSaysSo) {
  linkage::Model model = PaymentModel();
  EXPECT_TRUE(IsAutomatic(model, {0, 1, 5000, *model.clusters.automatic}));
  EXPECT_FALSE(IsAutomatic(model, {0, 1, 5000, *model.clusters.automatic - 1}));
  model.clusters.automatic.reset();
  EXPECT_FALSE(IsAutomatic(model, {0, 1, 5000, 5000}));
}

TEST(JoinRecordsTest, AStreamOfPartiesTakesNoModelOfPayments) {
  config::v1::Identity identity;
  identity.set_model("payment");
  identity.set_parameters("packaged");
  const auto comparer = ReadComparer(identity, ".");
  ASSERT_FALSE(comparer.ok());
  EXPECT_EQ(comparer.error().code(), Code::kConfigValue);
}

}  // namespace
}  // namespace crossbill::runtime
