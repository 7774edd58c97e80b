#include "transforms/erasure/empty_document.h"

#include "crossbill/v1/document.pb.h"

namespace crossbill::transforms {
namespace {

// In a shop the customer types the order in.
bool IsParty(const std::string& text, const v1::PartyRef& party) {
  return text == party.id() || text == party.name() || text == party.email() || text == party.phone();
}

}  // namespace

Result<std::string> EmptyDocument(std::string_view bytes, const std::string& pseudonym) {
  v1::Document document;
  if (!document.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return Error(Code::kEventDecode, "not a document");
  }
  const v1::PartyRef& party = document.customer();
  for (std::string* by :
       {document.mutable_entered_by(), document.mutable_changed_by(), document.mutable_approved_by()}) {
    if (IsParty(*by, party)) {
      by->clear();
    }
  }
  if (document.has_customer()) {
    v1::PartyRef left;
    left.set_id(pseudonym.empty() ? party.id() : pseudonym);
    *document.mutable_customer() = left;
  }
  document.clear_ship_to();
  document.clear_text();
  document.clear_bank_reference();
  return document.SerializeAsString();
}

}  // namespace crossbill::transforms
