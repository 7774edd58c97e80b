#include "transforms/erasure/erasures.h"

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "bus/memory/memory_bus.h"
#include "bus/topic_specs.h"
#include "crossbill/v1/document.pb.h"
#include "transforms/erasure/empty_document.h"
#include "transforms/erasure/write_erasures.h"

namespace crossbill::transforms {
namespace {

constexpr std::string_view kSalt = "0123456789abcdef";
const Secret kSecret("s3cret");

std::string Hex(const unsigned char* bytes, std::size_t count) {
  std::string hex;
  for (std::size_t i = 0; i < count; ++i) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    hex += kDigits[bytes[i] >> 4];
    hex += kDigits[bytes[i] & 15];
  }
  return hex;
}

class ErasuresTest : public testing::Test {
 protected:
  ErasuresTest() {
    v1::Erasure key;
    key.set_kind(v1::Erasure::KEY);
    key.set_salt(std::string(kSalt));
    key.set_check(hash_.Check());
    Apply(std::string(kErasureKey), key);
  }
  void Apply(const std::string& key, const v1::Erasure& entry) {
    ASSERT_TRUE(erasures_.Apply({key, entry.SerializeAsString(), {}, 0}).ok());
  }
  void Forget(const std::string& key, v1::Erasure::Kind kind, bool allowed = false) {
    v1::Erasure entry;
    entry.set_name("erasures/a");
    entry.set_kind(kind);
    entry.set_allowed(allowed);
    Apply(key, entry);
  }
  static std::string DocumentOf(const std::string& customer) {
    v1::Document document;
    document.mutable_customer()->set_id(customer);
    document.mutable_customer()->set_name("Anna");
    return document.SerializeAsString();
  }
  ErasureHash hash_{kSalt, kSecret};
  Erasures erasures_{kSecret};
};

using Kind = Treatment::Kind;

TEST(ErasureHashTest, IsHmacSha256) {
  const std::string both = std::string(kSalt) + "s3cret";
  unsigned char key[32], digest[32];
  unsigned int size = 0;
  EVP_Digest(both.data(), both.size(), key, nullptr, EVP_sha256(), nullptr);
  const std::string text = std::string("record") + '\0' + "crm/clients/1";
  HMAC(EVP_sha256(), key, sizeof(key), reinterpret_cast<const unsigned char*>(text.data()), text.size(),
       digest, &size);
  EXPECT_EQ(ErasureHash(kSalt, kSecret).OfRecord("crm/clients/1"), Hex(digest, 16));
}

TEST(ErasureHashTest, DependsOnAllOfIt) {
  const ErasureHash hash(kSalt, kSecret);
  EXPECT_NE(hash.OfRecord("a"), hash.OfParty("a"));
  EXPECT_NE(hash.OfRecord("a"), ErasureHash(kSalt, Secret()).OfRecord("a"));
  EXPECT_NE(hash.OfRecord("a"), ErasureHash("another", kSecret).OfRecord("a"));
  EXPECT_NE(ErasureHash::NewSalt(), ErasureHash::NewSalt());
}

TEST_F(ErasuresTest, AForgottenRecordIsDroppedAndAnotherOneIsNot) {
  EXPECT_EQ(erasures_.Of("party", "crm/clients/1", "x").kind, Kind::kAsIs);
  Forget(hash_.OfRecord("crm/clients/1"), v1::Erasure::RECORD);
  EXPECT_TRUE(erasures_.IsDropped("crm/clients/1"));
  EXPECT_EQ(erasures_.Of("party", "crm/clients/1", "x").kind, Kind::kDrop);
  EXPECT_EQ(erasures_.Of("party", "crm/clients/1", std::nullopt).kind, Kind::kDrop);
  EXPECT_EQ(erasures_.Of("party", "crm/clients/10", "x").kind, Kind::kAsIs);
}

TEST_F(ErasuresTest, DocumentsOfAForgottenNumberAreEmptiedAndInteractionsDropped) {
  const std::string party = hash_.OfParty("P|crm|1");
  Forget(party, v1::Erasure::PARTY);
  const Treatment treatment = erasures_.Of("order", "crm/deals/5", DocumentOf("1"));
  EXPECT_EQ(treatment.kind, Kind::kEmpty);
  EXPECT_EQ(treatment.pseudonym, PseudonymOf(party));
  EXPECT_EQ(erasures_.Of("interaction", "crm/calls/5", DocumentOf("1")).kind, Kind::kDrop);
  EXPECT_EQ(erasures_.Of("order", "erp/orders/5", DocumentOf("1")).kind, Kind::kAsIs) << "another system";
  EXPECT_EQ(erasures_.Of("order", "crm/deals/5", DocumentOf("2")).kind, Kind::kAsIs);
  EXPECT_EQ(erasures_.Of("order", "crm/deals/5", std::nullopt).kind, Kind::kAsIs) << "a deletion";
}

TEST_F(ErasuresTest, WhatIsEmptiedStaysAsItIs) {
  Forget(hash_.OfParty("P|crm|1"), v1::Erasure::PARTY);
  Forget(hash_.OfRecord("crm/deals/5"), v1::Erasure::DOCUMENT);
  const Treatment first = erasures_.Of("order", "crm/deals/5", DocumentOf("1"));
  const std::string emptied = EmptyDocument(DocumentOf("1"), first.pseudonym).value();
  const Treatment second = erasures_.Of("order", "crm/deals/5", emptied);
  EXPECT_EQ(EmptyDocument(emptied, second.pseudonym).value(), emptied);
}

TEST_F(ErasuresTest, WhatIsAllowedAgainCountsAsOtherThanBefore) {
  const std::string key = hash_.OfRecord("crm/clients/1");
  Forget(key, v1::Erasure::RECORD);
  Forget(key, v1::Erasure::RECORD, /*allowed=*/true);
  const Treatment treatment = erasures_.Of("party", "crm/clients/1", "x");
  EXPECT_EQ(treatment.kind, Kind::kAsIs);
  EXPECT_NE(treatment.seed, 0u);
  EXPECT_EQ(erasures_.Of("party", "crm/clients/2", "x").seed, 0u);
}

TEST_F(ErasuresTest, AnotherSecretIsRefused) {
  v1::Erasure key;
  key.set_kind(v1::Erasure::KEY);
  key.set_salt(std::string(kSalt));
  key.set_check(hash_.Check());
  Erasures other{Secret("another")};
  const Status status = other.Apply({kErasureKey, key.SerializeAsString(), {}, 0});
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().code(), Code::kConfigValue);
}

TEST(WriteErasuresTest, IsReadAgain) {
  const bus::Topics topics("t", 1);
  const auto bus = bus::MakeMemoryBus();
  EXPECT_TRUE(ReadErasures(*bus, topics, kSecret).value().empty()) << "there is no topic yet";
  ASSERT_TRUE(bus->CreateTopics(bus::SpecsOf(topics)).ok());
  ErasureGate gate;
  ManualClock clock;
  ASSERT_TRUE(WriteErasures(*bus, topics, gate, clock, [&]() -> Result<ErasureEntries> {
                v1::Erasure audit;
                audit.set_kind(v1::Erasure::AUDIT);
                audit.set_name("erasures/a");
                return ErasureEntries{{"erasures/a", audit}};
              }).ok());
  const Erasures erasures = ReadErasures(*bus, topics, kSecret).value();
  EXPECT_TRUE(erasures.audits().contains("erasures/a"));
  EXPECT_TRUE(erasures.empty()) << "an audit entry forgets nothing";
}

TEST(EmptyDocumentTest, KeepsTheBusinessAndNothingOfThePerson) {
  v1::Document document;
  document.set_number("R1");
  document.mutable_gross()->set_amount("119.00");
  document.add_references()->set_number("W1");
  document.add_lines()->mutable_product()->set_name("Bolt");
  v1::PartyRef& party = *document.mutable_customer();
  party.set_id("anna@x.example");
  party.set_name("Anna");
  party.set_phone("030 1");
  party.set_email("anna@x.example");
  party.set_tax_id("DE1");
  party.mutable_address()->set_city("Ulm");
  document.set_entered_by("anna@x.example");
  document.set_changed_by("north");
  document.mutable_ship_to()->set_city("Ulm");
  document.set_text("for Anna");
  document.set_bank_reference("DE99");
  v1::Document expected;
  expected.set_number("R1");
  *expected.mutable_gross() = document.gross();
  *expected.mutable_references() = document.references();
  *expected.mutable_lines() = document.lines();
  expected.mutable_customer()->set_id("forgotten-1");
  expected.set_changed_by("north");
  EXPECT_EQ(EmptyDocument(document.SerializeAsString(), "forgotten-1").value(), expected.SerializeAsString());
  expected.mutable_customer()->set_id("anna@x.example");
  EXPECT_EQ(EmptyDocument(document.SerializeAsString(), "").value(), expected.SerializeAsString());
}

TEST(EmptyDocumentTest, RefusesWhatIsNoDocument) {
  EXPECT_EQ(EmptyDocument("\xff\xff", "").error().code(), Code::kEventDecode);
}

}  // namespace
}  // namespace crossbill::transforms
