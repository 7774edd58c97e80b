#include "app/review_documents.h"

#include <algorithm>
#include <cstdio>

#include "app/document_call.h"
#include "app/json.h"
#include "app/show.h"
#include "crossbill/v1/document_steward_service.pb.h"

namespace crossbill::app {

namespace {

// Shows at most `limit` questions, page by page; `total`: how many there are.
template <class Request, class Ask, class Show>
Status ShowQuestions(std::size_t limit, const Ask& ask, const Show& show, std::size_t& shown, int& total) {
  Request request;
  shown = 0;
  do {
    request.set_page_size(static_cast<int>(std::min<std::size_t>(limit - shown, 1000)));
    CROSSBILL_TRY(const auto page, ask(request));
    shown += show(page);
    total = page.total();
    request.set_page_token(page.next_page_token());
  } while (shown < limit && !request.page_token().empty());
  return Ok();
}

}  // namespace

Status ReviewDocuments(Session& session, const runtime::ProjectConfig& project, std::size_t limit,
                       bool json) {
  return AskAboutDocuments(
      session, project, [&](facade::DocumentStewardService& service, facade::CallContext& context) -> Status {
        const auto print = [&](const auto& question, const auto& show) {
          std::printf("%s\n", json ? ToJson(question).c_str() : show(question).c_str());
        };
        std::size_t payments = 0, same = 0;
        int all_payments = 0, all_same = 0;
        CROSSBILL_RETURN_IF_ERROR(ShowQuestions<v1::ListProposalsRequest>(
            limit, [&](const auto& request) { return service.ListProposals(request, context); },
            [&](const v1::ListProposalsResponse& page) {
              for (const v1::AllocationProposal& proposal : page.proposals()) {
                print(proposal, ShowProposal);
              }
              return static_cast<std::size_t>(page.proposals_size());
            },
            payments, all_payments));
        CROSSBILL_RETURN_IF_ERROR(ShowQuestions<v1::ListNearMatchesRequest>(
            limit, [&](const auto& request) { return service.ListNearMatches(request, context); },
            [&](const v1::ListNearMatchesResponse& page) {
              for (const v1::NearMatchQuestion& question : page.questions()) {
                print(question, ShowNearMatches);
              }
              return static_cast<std::size_t>(page.questions_size());
            },
            same, all_same));
        if (!json) {
          std::printf(
              "%zu of %d payments; answer with `crossbill decide document settle|unsettle PAYMENT INVOICE`\n"
              "%zu of %d documents that may be another one; answer with `crossbill decide document "
              "same|different DOCUMENT DOCUMENT`\n",
              payments, all_payments, same, all_same);
        }
        return Ok();
      });
}

}  // namespace crossbill::app
