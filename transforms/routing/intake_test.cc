#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "bus/event_headers.h"
#include "crossbill/v1/dead_letter.pb.h"
#include "crossbill/v1/document.pb.h"
#include "crossbill/v1/document_decision.pb.h"
#include "crossbill/v1/internal.pb.h"
#include "transforms/routing/routing.h"
#include "transforms/sdk/testing/transform_driver.h"

namespace crossbill::transforms {
namespace {

const bus::Topics kTopics("t", 1);

v1::RoutedDocument Parse(const Written& written) {
  v1::RoutedDocument routed;
  EXPECT_TRUE(routed.ParseFromString(written.value.value()));
  return routed;
}

class IntakeTest : public testing::Test {
 protected:
  void Feed(std::int64_t sequence, std::optional<v1::Document> document, const std::string& kind = "order") {
    SourceEvent event{"erp/vbak/1", sequence, std::nullopt, "crossbill.v1.Order"};
    if (document) {
      event.value = document->SerializeAsString();
    }
    driver_.FeedEvent(kTopics.Source(kind), event);
    driver_.Run();
  }
  void Erase(std::int64_t sequence, std::optional<v1::Document> document) {
    const std::string number = std::to_string(sequence);
    const bus::HeaderView headers[] = {{bus::kHeaderSequence, number}, {bus::kHeaderErasure, "1"}};
    const std::string value = document ? document->SerializeAsString() : "";
    bus::RecordView record{"erp/vbak/1", std::nullopt, headers, 0};
    if (document) {
      record.value = value;
    }
    const auto producer = driver_.bus().OpenProducer("eraser").value();
    ASSERT_TRUE(producer->Begin().ok());
    ASSERT_TRUE(producer->Send(kTopics.Source("order"), -1, record).ok());
    ASSERT_TRUE(producer->Commit().ok());
    driver_.Run();
  }
  void Decide(const std::string& name, bool undone = false) {
    v1::DocumentDecision decision;
    decision.set_name("decisions/" + name);
    decision.set_verdict(v1::DocumentDecision::SAME);
    decision.set_undone(undone);
    v1::RecordPair& pair = *decision.add_pairs();
    pair.mutable_left()->set_system("erp");
    pair.mutable_left()->set_stream("vbak");
    pair.mutable_left()->set_key("1");
    pair.mutable_right()->set_system("crm");
    driver_.Feed(kTopics.DocumentDecisions(), "erp/vbak/1", decision.SerializeAsString());
    driver_.Run();
  }
  // The decisions that a document carries: "a b".
  static std::string Decided(const v1::RoutedDocument& routed) {
    v1::RecordDecisions decisions;
    EXPECT_TRUE(decisions.ParseFromString(routed.decisions()));
    std::string names;
    for (const v1::DocumentDecision& decision : decisions.decisions()) {
      EXPECT_EQ(decision.pairs_size(), 1);
      names += (names.empty() ? "" : " ") + decision.name().substr(std::string("decisions/").size());
    }
    return names;
  }
  static v1::Document Of(const std::string& customer, const std::string& number) {
    v1::Document document;
    document.mutable_customer()->set_id(customer);
    document.set_number(number);
    return document;
  }
  TransformDriver driver_{kTopics, IntakeStage(kTopics)};
};

TEST_F(IntakeTest, GoesToItsPartyWithTheKeyOfItsNumber) {
  const v1::Document document = Of("77", "4500012");
  Feed(5, document);
  const auto sent = driver_.Take(kTopics.Routing());
  ASSERT_EQ(sent.size(), 1u);
  EXPECT_EQ(sent[0].key, "P|erp|77");
  const v1::RoutedDocument routed = Parse(sent[0]);
  EXPECT_EQ(routed.document(), document.SerializeAsString());
  EXPECT_EQ(routed.kind(), v1::Document::ORDER);
  EXPECT_EQ(routed.sequence(), 5);
  EXPECT_EQ(routed.via(), "P|erp|77");
  EXPECT_EQ(routed.number_key(), "R|erp|ORDER|4500012");
  EXPECT_EQ(routed.number_key_before(), "");
}

TEST_F(IntakeTest, RepeatsAndOlderVersionsAreDropped) {
  Feed(5, Of("77", "1"));
  driver_.Take(kTopics.Routing());
  Feed(5, Of("77", "1"));
  Feed(4, Of("78", "1"));
  driver_.Restart();
  Feed(3, std::nullopt);
  EXPECT_TRUE(driver_.Take(kTopics.Routing()).empty());
}

TEST_F(IntakeTest, WhatTakesAnEqualVersionsPlaceCountsAndADroppedRecordLeavesNothing) {
  Feed(5, Of("77", "1"));
  driver_.Take(kTopics.Routing());
  Erase(5, Of("forgotten-1", "1"));
  const auto sent = driver_.Take(kTopics.Routing());
  ASSERT_EQ(sent.size(), 2u);
  EXPECT_TRUE(Parse(sent[0]).removed());
  EXPECT_EQ(sent[1].key, "P|erp|forgotten-1");
  Erase(4, Of("88", "1"));
  EXPECT_TRUE(driver_.Take(kTopics.Routing()).empty()) << "an older one is older";
  Erase(5, std::nullopt);
  EXPECT_EQ(driver_.Take(kTopics.Routing()).size(), 1u);
  Erase(5, std::nullopt);
  EXPECT_TRUE(driver_.Take(kTopics.Routing()).empty()) << "of what is not there nothing is told";
  Feed(5, Of("77", "1"));
  EXPECT_EQ(driver_.Take(kTopics.Routing()).size(), 1u) << "not even its number was kept";
}

TEST_F(IntakeTest, ADecisionFollowsTheRecordThatWasSentBefore) {
  Feed(5, Of("77", "1"));
  EXPECT_EQ(Decided(Parse(driver_.Take(kTopics.Routing()).at(0))), "");
  Decide("a");
  const auto sent = driver_.Take(kTopics.Routing());
  ASSERT_EQ(sent.size(), 1u);
  EXPECT_EQ(sent[0].key, "P|erp|77");
  EXPECT_TRUE(Parse(sent[0]).decisions_only());
  EXPECT_EQ(Parse(sent[0]).via(), "P|erp|77");
  EXPECT_EQ(Parse(sent[0]).document(), "");
  EXPECT_EQ(Decided(Parse(sent[0])), "a");
  Decide("a");
  EXPECT_TRUE(driver_.Take(kTopics.Routing()).empty()) << "it is known";
  Decide("b");
  EXPECT_EQ(Decided(Parse(driver_.Take(kTopics.Routing()).at(0))), "a b");
  Decide("a", true);
  EXPECT_EQ(Decided(Parse(driver_.Take(kTopics.Routing()).at(0))), "b");
}

TEST_F(IntakeTest, ADecisionIsKeptForARecordThatComesOrComesAgain) {
  Decide("a");
  EXPECT_TRUE(driver_.Take(kTopics.Routing()).empty()) << "there is nothing to tell it to";
  driver_.Restart();
  Feed(5, Of("77", "1"));
  EXPECT_EQ(Decided(Parse(driver_.Take(kTopics.Routing()).at(0))), "a");
  Feed(6, std::nullopt);
  EXPECT_EQ(Decided(Parse(driver_.Take(kTopics.Routing()).at(0))), "") << "a removal carries none";
  Decide("b");
  EXPECT_TRUE(driver_.Take(kTopics.Routing()).empty());
  Feed(7, Of("78", "1"));
  EXPECT_EQ(Decided(Parse(driver_.Take(kTopics.Routing()).at(0))), "a b");
  driver_.Feed(kTopics.DocumentDecisions(), "erp/vbak/1", std::string("\xff"));
  driver_.Run();
  EXPECT_EQ(driver_.Take(kTopics.DeadLetters()).size(), 1u);
}

TEST_F(IntakeTest, AMoveTellsTheOldPlacesAndTheNewOnes) {
  Feed(1, Of("77", "1"));
  driver_.Take(kTopics.Routing());
  Feed(2, Of("78", "2"));
  const auto sent = driver_.Take(kTopics.Routing());
  ASSERT_EQ(sent.size(), 2u);
  EXPECT_EQ(sent[0].key, "P|erp|77");
  EXPECT_TRUE(Parse(sent[0]).removed());
  EXPECT_EQ(Parse(sent[0]).via(), "P|erp|77");
  EXPECT_EQ(Parse(sent[0]).number_key(), "");
  EXPECT_EQ(Parse(sent[0]).number_key_before(), "R|erp|ORDER|1");
  EXPECT_EQ(sent[1].key, "P|erp|78");
  EXPECT_FALSE(Parse(sent[1]).removed());
  EXPECT_EQ(Parse(sent[1]).number_key(), "R|erp|ORDER|2");
  EXPECT_EQ(Parse(sent[1]).number_key_before(), "") << "it was announced elsewhere";
}

TEST_F(IntakeTest, AnotherNumberTakesTheOldOneBack) {
  Feed(1, Of("77", "1"));
  driver_.Take(kTopics.Routing());
  Feed(2, Of("77", "1"));
  Feed(3, Of("77", "2"));
  const auto sent = driver_.Take(kTopics.Routing());
  ASSERT_EQ(sent.size(), 2u);
  EXPECT_EQ(Parse(sent[0]).number_key_before(), "");
  EXPECT_EQ(Parse(sent[1]).number_key(), "R|erp|ORDER|2");
  EXPECT_EQ(Parse(sent[1]).number_key_before(), "R|erp|ORDER|1");
}

// "number own|refers party net", or "number gone".
std::string Show(const Written& written) {
  v1::NumberMention mention;
  EXPECT_TRUE(mention.ParseFromString(written.value.value()));
  EXPECT_EQ(mention.source().key(), "1");
  return mention.removed()
             ? written.key + " gone"
             : written.key + (mention.own() ? " own " : " refers ") + mention.party() + " " + mention.net();
}

TEST_F(IntakeTest, TheNumbersOfADocumentWithAPartyAreToldAndTakenBack) {
  v1::Document document = Of("77", "0004500012");
  document.mutable_total()->set_amount("10.50");
  document.add_references()->set_number("RE 0090001234 / AB 4500099");
  document.add_references()->set_number("2026");  // too short
  Feed(1, document);
  std::vector<std::string> told;
  for (const Written& written : driver_.Take(kTopics.Mentions())) {
    told.push_back(Show(written));
  }
  EXPECT_EQ(told, (std::vector<std::string>{
                      "4500012 own P|erp|77 10.5", "RE0090001234AB4500099 refers P|erp|77 10.5",
                      "90001234 refers P|erp|77 10.5", "4500099 refers P|erp|77 10.5"}));
  document.clear_references();
  document.mutable_customer()->set_id("78");
  Feed(2, document);
  told.clear();
  for (const Written& written : driver_.Take(kTopics.Mentions())) {
    told.push_back(Show(written));
  }
  EXPECT_EQ(told, (std::vector<std::string>{"RE0090001234AB4500099 gone", "90001234 gone", "4500099 gone",
                                            "4500012 own P|erp|78 10.5"}));
  document.clear_customer();
  Feed(3, document);
  const auto last = driver_.Take(kTopics.Mentions());
  ASSERT_EQ(last.size(), 1u);
  EXPECT_EQ(Show(last[0]), "4500012 gone");
}

TEST_F(IntakeTest, ADeletionTakesItAwayAndStaysKnown) {
  Feed(1, Of("77", "1"));
  driver_.Take(kTopics.Routing());
  Feed(3, std::nullopt);
  const auto sent = driver_.Take(kTopics.Routing());
  ASSERT_EQ(sent.size(), 1u);
  EXPECT_TRUE(Parse(sent[0]).removed());
  EXPECT_EQ(Parse(sent[0]).number_key_before(), "R|erp|ORDER|1");
  Feed(2, Of("77", "1"));
  EXPECT_TRUE(driver_.Take(kTopics.Routing()).empty()) << "it was deleted after this version";
  Feed(4, Of("77", "1"));
  EXPECT_EQ(driver_.Take(kTopics.Routing()).size(), 1u);
}

TEST_F(IntakeTest, ATombstoneAloneDeletesWhatIsKnown) {
  Feed(1, Of("77", "1"));
  driver_.Take(kTopics.Routing());
  driver_.Feed(kTopics.Source("order"), "erp/vbak/1", std::nullopt);
  driver_.Feed(kTopics.Source("order"), "erp/vbak/unknown", std::nullopt);
  driver_.Run();
  EXPECT_EQ(driver_.Take(kTopics.Routing()).size(), 1u);
  EXPECT_TRUE(driver_.Take(kTopics.DeadLetters()).empty());
}

TEST_F(IntakeTest, WithoutAPartyItWaitsAtItsReferenceOrStandsAlone) {
  v1::Document invoice;
  invoice.set_number("90");
  v1::Reference* reference = invoice.add_references();
  reference->set_type(v1::Reference::SHIPMENT);
  reference->set_number("80");
  Feed(1, invoice, "invoice");
  auto sent = driver_.Take(kTopics.Routing());
  ASSERT_EQ(sent.size(), 1u) << "it has no party to announce";
  EXPECT_EQ(sent[0].key, "R|erp|SHIPMENT|80");
  Feed(2, v1::Document(), "invoice");
  sent = driver_.Take(kTopics.Routing());
  ASSERT_EQ(sent.size(), 1u);
  EXPECT_TRUE(Parse(sent[0]).removed());
  const auto alone = driver_.Take(kTopics.Reconcile());
  ASSERT_EQ(alone.size(), 1u);
  EXPECT_EQ(alone[0].key, "U|erp|vbak|1");
}

TEST_F(IntakeTest, WhatIsFoundByItsNumberAndAmountIsSoAtItsParty) {
  v1::Document invoice = Of("77", "0090000216");
  invoice.set_date("2026-01-31");
  invoice.set_currency("EUR");
  invoice.mutable_gross()->set_amount("119.00");
  Feed(1, invoice, "invoice");
  EXPECT_EQ(Parse(driver_.Take(kTopics.Routing()).at(0)).clues(), "C|N|90000216\nC|A|EUR|119|2026-01");
  invoice.mutable_gross()->set_amount("120");
  Feed(2, invoice, "invoice");
  const v1::RoutedDocument changed = Parse(driver_.Take(kTopics.Routing()).at(0));
  EXPECT_EQ(changed.clues(), "C|N|90000216\nC|A|EUR|120|2026-01");
  EXPECT_EQ(changed.clues_before(), "C|N|90000216\nC|A|EUR|119|2026-01");
  Feed(3, std::nullopt, "invoice");
  EXPECT_EQ(Parse(driver_.Take(kTopics.Routing()).at(0)).clues_before(), changed.clues());
}

TEST_F(IntakeTest, APaymentOfNobodyLooksForWhatItNames) {
  v1::Document payment;
  payment.set_text("Inv. 0090000216, W26-0001861 thanks");
  payment.set_date("2026-01-31");
  payment.set_currency("EUR");
  payment.mutable_total()->set_amount("10.50");
  Feed(1, payment, "payment");
  const auto sent = driver_.Take(kTopics.Routing());
  ASSERT_EQ(sent.size(), 1u);
  EXPECT_EQ(sent[0].key, "C|N|90000216");
  EXPECT_EQ(
      Parse(sent[0]).next_places(),
      "C|N|W260001861\nC|N|260001861\nC|A|EUR|10.5|2026-01\nC|A|EUR|10.5|2025-12\nC|A|EUR|10.5|2025-11\n"
      "C|A|EUR|10.5|2025-10\nC|A|EUR|10.5|2025-09\nC|A|EUR|10.5|2025-08\nC|A|EUR|10.5|2025-07");
}

TEST_F(IntakeTest, WhatCannotBeUsedIsADeadLetter) {
  SourceEvent event{"erp/vbak/1", 1, "not a message", "crossbill.v1.Order"};
  driver_.FeedEvent(kTopics.Source("order"), event);
  driver_.Feed(kTopics.Source("order"), "no source key", "");
  driver_.Feed(kTopics.Source("order"), "erp/vbak/2", "");
  driver_.Run();
  const auto letters = driver_.Take(kTopics.DeadLetters());
  ASSERT_EQ(letters.size(), 3u);
  std::string all;
  for (const Written& written : letters) {
    v1::DeadLetter letter;
    ASSERT_TRUE(letter.ParseFromString(*written.value));
    EXPECT_EQ(letter.code(), "CB1500");
    EXPECT_EQ(letter.topic(), kTopics.Source("order"));
    all += letter.why() + ";";
  }
  EXPECT_NE(all.find("not a protobuf message"), std::string::npos);
  EXPECT_NE(all.find("system/stream/key"), std::string::npos);
  EXPECT_NE(all.find("ce_sequence"), std::string::npos);
  EXPECT_TRUE(driver_.Take(kTopics.Routing()).empty());
}

}  // namespace
}  // namespace crossbill::transforms
