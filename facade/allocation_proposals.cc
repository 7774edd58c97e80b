#include "facade/allocation_proposals.h"

#include <algorithm>
#include <utility>

#include "base/decimal.h"
#include "crossbill/v1/unified_document.pb.h"

namespace crossbill::facade {
namespace {

constexpr std::size_t kTogether = 1000;  // names of documents that are looked at at once

bool IsAsked(const v1::DocumentLink& link) {
  return link.state() == v1::DocumentLink::PROPOSED && link.kind() == v1::Document::INVOICE;
}

v1::AllocationProposal ProposalOf(const v1::UnifiedDocument& document) {
  v1::AllocationProposal proposal;
  proposal.set_document(document.name());
  proposal.set_kind(document.kind());
  proposal.set_customer(document.customer());
  proposal.set_number(document.document().number());
  proposal.set_date(document.document().date());
  *proposal.mutable_open() = document.open();
  *proposal.mutable_records() = document.records();
  return proposal;
}

Status AddCandidate(Views& views, const v1::DocumentLink& link, v1::AllocationProposal& proposal) {
  const auto invoice = views.GetDocument(link.document());
  if (!invoice.ok()) {
    return invoice.error().code() == Code::kNotFound ? Ok() : Status(invoice.error());
  }
  v1::AllocationProposal::Candidate& candidate = *proposal.add_candidates();
  candidate.set_document(invoice->name());
  candidate.set_number(invoice->document().number());
  candidate.set_date(invoice->document().date());
  *candidate.mutable_open() = invoice->open();
  candidate.set_evidence(link.evidence());
  *candidate.mutable_records() = invoice->records();
  return Ok();
}

Status AddProposal(Views& views, const v1::UnifiedDocument& document,
                   std::vector<v1::AllocationProposal>& found) {
  if (std::none_of(document.links().begin(), document.links().end(), IsAsked)) {
    return Ok();
  }
  v1::AllocationProposal proposal = ProposalOf(document);
  for (const v1::DocumentLink& link : document.links()) {
    if (IsAsked(link)) {
      CROSSBILL_RETURN_IF_ERROR(AddCandidate(views, link, proposal));
    }
  }
  found.push_back(std::move(proposal));
  return Ok();
}

Decimal AtStake(const v1::AllocationProposal& proposal) {
  const auto amount = Decimal::Parse(proposal.open().amount());
  return amount.ok() ? amount->Abs() : Decimal();
}

}  // namespace

Result<std::vector<v1::AllocationProposal>> FindProposals(Views& views, const std::string& customer,
                                                          CallContext& context) {
  std::vector<v1::AllocationProposal> found;
  std::string after;
  do {
    CROSSBILL_TRY(const Page page,
                  views.ListDocuments({customer, v1::Document::PAYMENT, {}}, kTogether, after));
    for (const std::string& name : page.names) {
      CROSSBILL_RETURN_IF_ERROR(context.Check());
      const auto payment = views.GetDocument(name);
      if (payment.ok()) {
        CROSSBILL_RETURN_IF_ERROR(AddProposal(views, *payment, found));
      } else if (payment.error().code() != Code::kNotFound) {  // else it went meanwhile
        return payment.error();
      }
    }
    after = page.next;
  } while (!after.empty());
  std::stable_sort(found.begin(), found.end(),
                   [](const v1::AllocationProposal& a, const v1::AllocationProposal& b) {
                     return AtStake(b) < AtStake(a);
                   });
  return found;
}

}  // namespace crossbill::facade
