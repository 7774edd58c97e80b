#include "app/review_documents.h"

#include <algorithm>
#include <cstdio>

#include "app/document_call.h"
#include "app/json.h"
#include "app/show.h"
#include "crossbill/v1/document_steward_service.pb.h"

namespace crossbill::app {

Status ReviewDocuments(Session& session, const runtime::ProjectConfig& project, std::size_t limit,
                       bool json) {
  return AskAboutDocuments(
      session, project, [&](facade::DocumentStewardService& service, facade::CallContext& context) -> Status {
        v1::ListProposalsRequest request;
        std::size_t shown = 0;
        int total = 0;
        do {
          request.set_page_size(static_cast<int>(std::min<std::size_t>(limit - shown, 1000)));
          CROSSBILL_TRY(const v1::ListProposalsResponse page, service.ListProposals(request, context));
          for (const v1::AllocationProposal& proposal : page.proposals()) {
            std::printf("%s\n", json ? ToJson(proposal).c_str() : ShowProposal(proposal).c_str());
            ++shown;
          }
          total = page.total();
          request.set_page_token(page.next_page_token());
        } while (shown < limit && !request.page_token().empty());
        if (!json) {
          std::printf(
              "%zu of %d open questions; answer with `crossbill decide document settle|unsettle PAYMENT "
              "INVOICE`\n",
              shown, total);
        }
        return Ok();
      });
}

}  // namespace crossbill::app
