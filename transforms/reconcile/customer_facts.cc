#include "transforms/reconcile/customer_facts.h"

#include "crossbill/v1/customer.pb.h"
#include "transforms/sdk/source_event.h"

namespace crossbill::transforms {

std::string PlainTaxId(std::string_view text) {
  std::string plain;
  for (const char c : text) {
    if (c >= 'a' && c <= 'z') {
      plain += static_cast<char>(c - 'a' + 'A');
    } else if ((c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               (static_cast<unsigned char>(c) & 0x80) != 0) {
      plain += c;
    }
  }
  return plain;
}

Result<CustomerFacts> ReadCustomerFacts(std::string_view bytes) {
  v1::Customer customer;
  if (!customer.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return Error(Code::kBusCorrupt, "a stored customer cannot be read");
  }
  CustomerFacts facts;
  facts.name = customer.name();
  facts.display_name = customer.display_name();
  for (const v1::SourceRef& record : customer.records()) {
    facts.records.insert(RecordKey(record));
  }
  for (const v1::Identifier& identifier : customer.party().identifiers()) {
    if (identifier.type() == v1::Identifier::TAX_ID) {
      facts.tax_ids.insert(PlainTaxId(identifier.value()));
    }
  }
  if (customer.party().kind() != v1::Party::UNSPECIFIED) {
    facts.kind = v1::Party::Kind_Name(customer.party().kind());
  }
  facts.segment = customer.party().segment();
  if (!customer.party().addresses().empty()) {
    facts.country = customer.party().addresses(0).country();
  }
  return facts;
}

}  // namespace crossbill::transforms
