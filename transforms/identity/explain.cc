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

void ExplainLink(const PartyRecord& left, const PartyRecord& right, v1::RecordLink& link) {
  const Evidence evidence = Compare(left.features, right.features);
  *link.mutable_left() = left.party.source();
  *link.mutable_right() = right.party.source();
  link.set_rule(std::string(RuleOf(evidence)));
  link.set_weight(evidence.weight);
  for (const EvidenceOf& one : evidence.parts) {
    v1::EvidencePart* part = link.add_parts();
    part->set_field(std::string(one.field));
    part->set_level(std::string(one.level));
    part->set_weight(one.weight);
    part->set_left_value(ValueOf(left.party, one.field));
    part->set_right_value(ValueOf(right.party, one.field));
  }
}

}  // namespace crossbill::transforms
