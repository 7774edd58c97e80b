#include "facade/document_questions.h"

#include <optional>

namespace crossbill::facade {
namespace {

// Nothing where it went meanwhile.
Result<std::optional<v1::UnifiedDocument>> Find(Views& views, const std::string& name) {
  auto document = views.GetDocument(name);
  if (document.ok()) {
    return std::optional(std::move(*document));
  }
  if (document.error().code() == Code::kNotFound) {
    return std::optional<v1::UnifiedDocument>();
  }
  return std::move(document).error();
}

void SetSide(const v1::UnifiedDocument& from, v1::NearMatchQuestion::Side& side) {
  const v1::Document& values = from.document();
  side.set_document(from.name());
  side.set_number(values.number());
  side.set_date(values.date());
  *side.mutable_total() = values.has_total() ? values.total() : values.gross();
  *side.mutable_records() = from.records();
}

}  // namespace

Result<v1::AllocationProposal> ProposalOf(Views& views, const v1::UnifiedDocument& payment) {
  v1::AllocationProposal proposal;
  proposal.set_document(payment.name());
  proposal.set_kind(payment.kind());
  proposal.set_customer(payment.customer());
  proposal.set_number(payment.document().number());
  proposal.set_date(payment.document().date());
  *proposal.mutable_open() = payment.open();
  *proposal.mutable_records() = payment.records();
  for (const v1::DocumentLink& link : payment.links()) {
    if (link.state() != v1::DocumentLink::PROPOSED || link.kind() != v1::Document::INVOICE) {
      continue;
    }
    CROSSBILL_TRY(const auto invoice, Find(views, link.document()));
    if (!invoice) {
      continue;
    }
    v1::AllocationProposal::Candidate& candidate = *proposal.add_candidates();
    candidate.set_document(invoice->name());
    candidate.set_number(invoice->document().number());
    candidate.set_date(invoice->document().date());
    *candidate.mutable_open() = invoice->open();
    candidate.set_evidence(link.evidence());
    *candidate.mutable_records() = invoice->records();
  }
  return proposal;
}

Result<v1::NearMatchQuestion> NearMatchesOf(Views& views, const v1::UnifiedDocument& document) {
  v1::NearMatchQuestion question;
  question.set_kind(document.kind());
  question.set_customer(document.customer());
  SetSide(document, *question.mutable_document());
  for (const v1::NearMatch& near : document.near_matches()) {
    if (near.document() < document.name()) {
      continue;  // it is asked there
    }
    CROSSBILL_TRY(const auto other, Find(views, near.document()));
    if (other) {
      v1::NearMatchQuestion::Side& side = *question.add_candidates();
      SetSide(*other, side);
      side.set_evidence(near.evidence());
    }
  }
  return question;
}

}  // namespace crossbill::facade
