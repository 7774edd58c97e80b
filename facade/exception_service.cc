#include "facade/exception_service.h"

#include <fmt/format.h>

#include "crossbill/v1/exception_service.pb.h"
#include "facade/listing.h"

namespace crossbill::facade {

ServiceTable ExceptionService::Table() {
  return {"crossbill.v1.ExceptionService",
          {Unary(this, "ListExceptions", &ExceptionService::ListExceptions)},
          {}};
}

Result<v1::ListExceptionsResponse> ExceptionService::ListExceptions(const v1::ListExceptionsRequest& request,
                                                                    CallContext& context) {
  Views::ExceptionFilter filter;
  if (!request.customer().empty()) {
    CROSSBILL_RETURN_IF_ERROR(CheckName("customer", request.customer(), {"customers/"}, /*record=*/true));
    CROSSBILL_TRY(filter.customer, views_.ResolveCustomer(request.customer()));
  }
  if (!request.document().empty()) {
    CROSSBILL_RETURN_IF_ERROR(CheckDocumentName("document", request.document(), /*record=*/false));
    filter.document = request.document();
  }
  for (int i = 0; i < request.types_size(); ++i) {
    const v1::Exception::Type type = request.types(i);
    if (!v1::Exception::Type_IsValid(type) || type == v1::Exception::UNSPECIFIED) {
      return Error(Code::kRequestField, fmt::format("{} is no type of exception", static_cast<int>(type)),
                   fmt::format("types[{}]", i));
    }
    filter.types.push_back(type);
  }
  if (!v1::Exception::State_IsValid(request.state())) {
    return Error(Code::kRequestField,
                 fmt::format("{} is no state of an exception", static_cast<int>(request.state())), "state");
  }
  filter.state = request.state() == v1::Exception::STATE_UNSPECIFIED ? v1::Exception::OPEN : request.state();
  v1::ListExceptionsResponse response;
  CROSSBILL_TRY(*response.mutable_next_page_token(),
                FetchPage<v1::Exception>(
                    request, request.page_size(), request.page_token(), context,
                    [&](std::size_t limit, const std::string& after) {
                      return views_.ListExceptions(filter, limit, after);
                    },
                    [&](const std::string& name) { return views_.GetException(name); },
                    [&](v1::Exception&& exception) { *response.add_exceptions() = std::move(exception); }));
  return response;
}

}  // namespace crossbill::facade
