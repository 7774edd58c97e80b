#include "facade/document_service.h"

#include <fmt/format.h>

#include "crossbill/v1/document_service.pb.h"
#include "facade/listing.h"

namespace crossbill::facade {

ServiceTable DocumentService::Table() {
  return {"crossbill.v1.DocumentService",
          {Unary(this, "GetDocument", &DocumentService::GetDocument),
           Unary(this, "ListDocuments", &DocumentService::ListDocuments)},
          {}};
}

Result<v1::UnifiedDocument> DocumentService::GetDocument(const v1::GetDocumentRequest& request,
                                                         CallContext& context) {
  CROSSBILL_RETURN_IF_ERROR(context.Check());
  CROSSBILL_RETURN_IF_ERROR(CheckDocumentName("name", request.name(), /*record=*/true));
  return views_.GetDocument(request.name());
}

Result<v1::ListDocumentsResponse> DocumentService::ListDocuments(const v1::ListDocumentsRequest& request,
                                                                 CallContext& context) {
  Views::DocumentFilter filter;
  if (!request.customer().empty()) {
    CROSSBILL_RETURN_IF_ERROR(CheckName("customer", request.customer(), {"customers/"}, /*record=*/true));
    CROSSBILL_TRY(filter.customer, views_.ResolveCustomer(request.customer()));
  }
  if (!request.chain().empty()) {
    CROSSBILL_RETURN_IF_ERROR(CheckName("chain", request.chain(), {"chains/"}, /*record=*/false));
    filter.chain = request.chain();
  }
  if (!v1::Document::Kind_IsValid(request.kind())) {
    return Error(Code::kRequestField,
                 fmt::format("{} is no kind of document", static_cast<int>(request.kind())), "kind");
  }
  filter.kind = request.kind();
  v1::ListDocumentsResponse response;
  CROSSBILL_TRY(
      *response.mutable_next_page_token(),
      FetchPage<v1::UnifiedDocument>(
          request, request.page_size(), request.page_token(), context,
          [&](std::size_t limit, const std::string& after) {
            return views_.ListDocuments(filter, limit, after);
          },
          [&](const std::string& name) { return views_.GetDocument(name); },
          [&](v1::UnifiedDocument&& document) { *response.add_documents() = std::move(document); }));
  return response;
}

}  // namespace crossbill::facade
