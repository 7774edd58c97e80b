#include "transforms/identity/explain.h"

#include <string>
#include <string_view>

#include "transforms/identity/score.h"

namespace crossbill::transforms {
namespace {

std::string IdentifierValue(const v1::Party& party, bool tax) {
  for (const v1::Identifier& identifier : party.identifiers()) {
    if ((identifier.type() == v1::Identifier::TAX_ID) == tax) {
      return identifier.value();
    }
  }
  return tax ? std::string() : party.id();
}

// The value as the source has it; the first of a list.
std::string ValueOf(const v1::Party& party, std::string_view field) {
  if (field == "tax_id") {
    return IdentifierValue(party, true);
  }
  if (field == "identifier") {
    return IdentifierValue(party, false);
  }
  if (field == "name" || field == "legal_form") {
    return party.name();
  }
  if (field == "born_on") {
    return party.born_on();
  }
  if (field == "email") {
    return party.emails_size() > 0 ? party.emails(0) : std::string();
  }
  if (field == "phone") {
    return party.phones_size() > 0 ? party.phones(0) : std::string();
  }
  if (party.addresses_size() == 0) {
    return {};
  }
  const v1::Address& address = party.addresses(0);
  if (field == "postal_code") {
    return address.postal_code();
  }
  if (field == "city") {
    return address.city();
  }
  if (field == "street") {
    return address.street().empty() ? address.text() : address.street();
  }
  return {};
}

}  // namespace

std::vector<EvidenceOf> ExplainParts(const v1::Party& left, const Features& left_features,
                                     const v1::Party& right, const Features& right_features) {
  std::vector<EvidenceOf> parts;
  for (const JudgedPart& part : Compare(left_features, right_features).parts) {
    parts.push_back({std::string(part.field), std::string(part.level), part.weight, ValueOf(left, part.field),
                     ValueOf(right, part.field)});
  }
  return parts;
}

}  // namespace crossbill::transforms
