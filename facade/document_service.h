// crossbill.v1.DocumentService over the read model. Any thread.
#pragma once

#include "facade/rpc.h"
#include "facade/views/views.h"

namespace crossbill::v1 {
class GetDocumentRequest;
class ListDocumentsRequest;
class ListDocumentsResponse;
}  // namespace crossbill::v1

namespace crossbill::facade {

class DocumentService {
 public:
  explicit DocumentService(Views& views) : views_(views) {}
  ServiceTable Table();

  Result<v1::UnifiedDocument> GetDocument(const v1::GetDocumentRequest& request, CallContext& context);
  Result<v1::ListDocumentsResponse> ListDocuments(const v1::ListDocumentsRequest& request,
                                                  CallContext& context);

 private:
  Views& views_;
};

}  // namespace crossbill::facade
