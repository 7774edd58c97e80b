// crossbill.v1.ExceptionService over the read model. Any thread.
#pragma once

#include "facade/rpc.h"
#include "facade/views/views.h"

namespace crossbill::v1 {
class ListExceptionsRequest;
class ListExceptionsResponse;
}  // namespace crossbill::v1

namespace crossbill::facade {

class ExceptionService {
 public:
  explicit ExceptionService(Views& views) : views_(views) {}
  ServiceTable Table();

  Result<v1::ListExceptionsResponse> ListExceptions(const v1::ListExceptionsRequest& request,
                                                    CallContext& context);

 private:
  Views& views_;
};

}  // namespace crossbill::facade
