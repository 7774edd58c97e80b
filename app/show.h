// Customers, documents and exceptions as text for people.
#pragma once

#include <string>
#include <vector>

#include "crossbill/v1/customer.pb.h"
#include "crossbill/v1/customer_service.pb.h"
#include "crossbill/v1/document_steward_service.pb.h"
#include "crossbill/v1/exception.pb.h"
#include "crossbill/v1/steward.pb.h"
#include "crossbill/v1/unified_document.pb.h"
#include "crossbill/v1/value_service.pb.h"

namespace crossbill::app {

struct CustomerPicture {
  v1::Customer customer;
  std::vector<v1::UnifiedDocument> documents;  // newest first
  std::vector<v1::Exception> exceptions;
  v1::CustomerStanding standing;
};

std::string ShowCustomer(const CustomerPicture& picture);
std::string ShowDocument(const v1::UnifiedDocument& document);
std::string ShowException(const v1::Exception& exception);
// The cells of `exceptions list`.
std::vector<std::string> ExceptionRow(const v1::Exception& exception);
std::string ShowHistory(const v1::Exception& exception);
std::string ShowExceptionDecision(const v1::ExceptionDecision& decision);
// One line of a search's result.
std::string ShowHit(const v1::Customer& customer, const std::vector<std::string>& matched);
// Every link with its evidence, and every value with its source.
std::string ExplainCustomer(const v1::Customer& customer);
// A pair of records with its evidence, part by part.
std::string ShowLink(const v1::RecordLink& link, const char* between = "=");
// A customer that a party may be, with the evidence.
std::string ShowMatch(const v1::ResolvePartyResponse::Match& match);
// How a customer's records came together, step by step.
std::string ShowSteps(const v1::Customer& customer);
std::string ShowDecision(const v1::Decision& decision);
std::string ShowReview(const v1::Review& review);
std::string ShowDocumentDecision(const v1::DocumentDecision& decision);
// A payment with the invoices that it may be for.
std::string ShowProposal(const v1::AllocationProposal& proposal);
// A document with those that may be the same.
std::string ShowNearMatches(const v1::NearMatchQuestion& question);
// "+5.10": hundredths of a bit as bits.
std::string BitsText(int weight);
std::string ExplainDocument(const v1::UnifiedDocument& document);
// The rule with what it compared, and its documents.
std::string ExplainException(const v1::Exception& exception,
                             const std::vector<v1::UnifiedDocument>& documents);

}  // namespace crossbill::app
