#include "transforms/routing/scan.h"

#include <gtest/gtest.h>

#include "crossbill/v1/document.pb.h"
#include "crossbill/v1/internal.pb.h"
#include "transforms/routing/routed.h"

namespace crossbill::transforms {
namespace {

void Refer(v1::Reference& reference, v1::Reference::Type type, std::string number) {
  reference.set_type(type);
  reference.set_number(std::move(number));
}

TEST(Scan, FindsNumberAndCustomer) {
  v1::Document document;
  document.set_number("4500012");
  document.mutable_customer()->set_name("somebody");
  document.mutable_customer()->set_id("77");
  const std::string bytes = document.SerializeAsString();
  ScannedDocument scanned;
  ASSERT_TRUE(ScanDocument(bytes, scanned));
  EXPECT_EQ(scanned.number, "4500012");
  EXPECT_EQ(scanned.customer_id, "77");
  EXPECT_EQ(scanned.reference_kind, "");
}

TEST(Scan, TheDocumentsOwnReferenceComesBeforeItsLines) {
  v1::Document document;
  Refer(*document.add_lines()->add_references(), v1::Reference::ORDER, "of the line");
  const std::string with_line = document.SerializeAsString();
  ScannedDocument scanned;
  ASSERT_TRUE(ScanDocument(with_line, scanned));
  EXPECT_EQ(scanned.reference_number, "of the line");

  Refer(*document.add_references(), v1::Reference::CUSTOMER_PO, "leads nowhere");
  Refer(*document.add_references(), v1::Reference::CONTRACT, "K-1");
  Refer(*document.add_references(), v1::Reference::SHIPMENT, "second");
  const std::string with_both = document.SerializeAsString();
  ASSERT_TRUE(ScanDocument(with_both, scanned));
  EXPECT_EQ(scanned.reference_kind, "ORDER") << "a contract is an order";
  EXPECT_EQ(scanned.reference_number, "K-1");
}

TEST(Scan, BytesThatAreNoMessageAreRefused) {
  ScannedDocument scanned;
  EXPECT_FALSE(ScanDocument("not a message", scanned));
  EXPECT_TRUE(ScanDocument("", scanned));
}

TEST(Routed, IsAnInternalMessageByteForByte) {
  v1::RoutedDocument message;
  message.mutable_source()->set_system("erp");
  message.mutable_source()->set_stream("vbak");
  message.mutable_source()->set_key("0004500012");
  message.set_kind(v1::Document::ORDER);
  message.set_sequence(300);
  message.set_document(std::string(200, 'd'));
  message.set_via("P|erp|1");
  message.set_removed(true);
  message.set_number_key("R|erp|ORDER|2");
  message.set_number_key_before("R|erp|ORDER|1");
  message.set_announcement(true);
  message.set_customer("customers/a");
  const std::string bytes = message.SerializeAsString();
  Routed routed;
  ASSERT_TRUE(ReadRouted(bytes, routed));
  EXPECT_EQ(RecordKeyOf(routed), "erp/vbak/0004500012");
  std::string again;
  AppendRouted(routed, again);
  EXPECT_EQ(again, bytes);
  EXPECT_FALSE(ReadRouted(std::string_view(bytes).substr(0, bytes.size() - 1), routed));
}

TEST(Routed, ALongSourceKeepsItsLength) {
  const std::string key(1000, 'k');
  Routed routed;
  routed.system = "s";
  routed.stream = "t";
  routed.key = key;
  std::string bytes;
  AppendRouted(routed, bytes);
  v1::RoutedDocument message;
  ASSERT_TRUE(message.ParseFromString(bytes));
  EXPECT_EQ(message.source().key(), key);
}

}  // namespace
}  // namespace crossbill::transforms
