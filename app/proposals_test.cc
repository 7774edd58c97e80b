#include "app/proposals.h"

#include <gtest/gtest.h>

namespace crossbill::app {
namespace {

void AddRecord(const std::string& system, v1::UnifiedDocument& document) {
  v1::SourceRef& record = *document.add_records();
  record.set_system(system);
  record.set_stream("orders");
  record.set_key("1");
}

void AddValue(const std::string& field, const std::string& golden, const std::string& other,
              v1::UnifiedDocument& document) {
  v1::FieldProvenance& provenance = *document.add_provenance();
  provenance.set_field(field);
  provenance.set_value(golden);
  v1::SourceValue& value = *provenance.add_others();
  value.mutable_source()->set_system("crm");
  value.set_value(other);
}

TEST(Proposals, WhoLacksItAndWhoSaysOtherwise) {
  v1::UnifiedDocument document;
  document.set_name("orders/a");
  document.set_kind(v1::Document::ORDER);
  AddRecord("crm", document);
  AddRecord("erp", document);
  AddValue("number", "4500001", "SO-1", document);
  AddValue("total", "10 EUR", "12 EUR", document);
  EXPECT_EQ(
      ProposalOf(document, {"crm", "erp", "oms"}),
      R"({"id":"orders/a","records":[{"system":"crm","stream":"orders","key":"1"},)"
      R"({"system":"erp","stream":"orders","key":"1"}],"kind":"ORDER","lacks":["oms"],)"
      R"("differs":[{"system":"crm","stream":"","key":"","field":"total","has":"12 EUR","golden":"10 EUR"}]})"
      "\n")
      << "each system has numbers of its own";
}

TEST(Proposals, NothingToBeDone) {
  v1::UnifiedDocument document;
  AddRecord("crm", document);
  AddRecord("erp", document);
  AddValue("total", "10 EUR", "10.00 EUR", document);
  EXPECT_EQ(ProposalOf(document, {"crm", "erp"}), "");
}

}  // namespace
}  // namespace crossbill::app
