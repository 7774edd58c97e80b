// What is known of a customer beside its documents: its records, its tax ids, and what identity says of it.
// For policies and rules that are about customers.
#pragma once

#include <set>
#include <string>
#include <string_view>

#include "base/result.h"

namespace crossbill::transforms {

struct CustomerFacts {
  std::string name;  // "customers/…"; empty: nobody knows whose the documents are
  std::string display_name;
  std::set<std::string> records;  // "system/stream/key"
  std::set<std::string> tax_ids;  // without blanks and signs, in capitals
  std::string kind;               // "PERSON", "ORGANISATION"
  std::string segment;
  std::string country;  // of the first address
};

// Of a serialised crossbill.v1.Customer. kBusCorrupt when it is none.
Result<CustomerFacts> ReadCustomerFacts(std::string_view customer);
// "DE 123-456.789" is "DE123456789".
std::string PlainTaxId(std::string_view text);

}  // namespace crossbill::transforms
