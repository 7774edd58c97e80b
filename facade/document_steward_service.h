// crossbill.v1.DocumentStewardService: people's decisions of documents, made of unified documents and
// records, and the questions that are left to people. Also for the shell. Any thread.
#pragma once

#include <string>

#include "base/clock.h"
#include "crossbill/v1/document_decision.pb.h"
#include "facade/document_book.h"
#include "facade/rpc.h"
#include "facade/views/views.h"

namespace crossbill::v1 {
class DifferentRequest;
class ListDecisionsRequest;
class ListDecisionsResponse;
class ListNearMatchesRequest;
class ListNearMatchesResponse;
class ListProposalsRequest;
class ListProposalsResponse;
class SameRequest;
class SettleRequest;
class UndoDecisionRequest;
class UnsettleRequest;
}  // namespace crossbill::v1

namespace crossbill::facade {

class DocumentStewardService {
 public:
  static constexpr std::size_t kMostPairs = 1'000;  // of one decision
  static constexpr std::size_t kMostText = 4096;    // of a reason or a name, bytes

  DocumentStewardService(Views& views, DocumentBook& book, const Clock& clock)
      : views_(views), book_(book), clock_(clock) {}
  ServiceTable Table();

  Result<v1::DocumentDecision> Same(const v1::SameRequest& request, CallContext& context);
  Result<v1::DocumentDecision> Different(const v1::DifferentRequest& request, CallContext& context);
  Result<v1::DocumentDecision> Settle(const v1::SettleRequest& request, CallContext& context);
  Result<v1::DocumentDecision> Unsettle(const v1::UnsettleRequest& request, CallContext& context);
  // Of one that is undone already: as it is.
  Result<v1::DocumentDecision> UndoDecision(const v1::UndoDecisionRequest& request, CallContext& context);
  Result<v1::ListDecisionsResponse> ListDecisions(const v1::ListDecisionsRequest& request,
                                                  CallContext& context);
  Result<v1::ListProposalsResponse> ListProposals(const v1::ListProposalsRequest& request,
                                                  CallContext& context);
  Result<v1::ListNearMatchesResponse> ListNearMatches(const v1::ListNearMatchesRequest& request,
                                                      CallContext& context);

 private:
  struct Asked;
  template <class Request, class Response, class Make, class Add>
  Status FillQuestions(DocumentQuestion question, const Request& request, CallContext& context,
                       const Make& make, const Add& add, Response& response);
  Result<v1::DocumentDecision> Decide(const Asked& asked, v1::DocumentDecision decision);
  Result<v1::DocumentDecision> Keep(v1::DocumentDecision decision, const std::string& reason,
                                    const std::string& decided_by);

  Views& views_;
  DocumentBook& book_;
  const Clock& clock_;
};

}  // namespace crossbill::facade
