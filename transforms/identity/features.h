// What identity compares of a party record: its values, cleaned. Made once a version. Immutable; any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "crossbill/v1/party.pb.h"
#include "transforms/linkage/names.h"

namespace crossbill::transforms {

struct AddressForm {
  std::string postcode;
  std::string city;
  std::vector<std::string> numbers;  // of the street, in order: house, block, room
  std::string letters;               // of the street, without blanks
  std::string street;                // as written
};

struct TaxId {
  std::string text;   // without the country
  bool sound = true;  // its check digits do not fail
};

struct Features {
  std::vector<NameForm> names;          // the name first, then other names
  std::vector<std::string> bare_names;  // of each name, without the city
  std::string reading;                  // katakana
  std::vector<TaxId> tax_ids;
  std::vector<std::string> anchors;  // other numbers that stand for one party: "GLN:…", "EXTERNAL:system|key"
  std::vector<std::string> emails;
  std::vector<std::string> phones;  // the last eight digits
  std::vector<AddressForm> addresses;
  std::string born_on;
  bool organisation = false;  // says so, or has a legal form
  std::vector<std::string>
      blocks;  // keys under which records are looked for that may be the same; sorted, each once
};

Features MakeFeatures(const v1::Party& party, std::string_view default_country);

}  // namespace crossbill::transforms
