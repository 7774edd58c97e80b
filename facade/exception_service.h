// crossbill.v1.ExceptionService: over the read model, and people's decisions. Any thread.
#pragma once

#include <functional>
#include <string>

#include "base/clock.h"
#include "crossbill/v1/exception.pb.h"
#include "facade/exception_book.h"
#include "facade/rpc.h"
#include "facade/views/views.h"

namespace crossbill::v1 {
class AcknowledgeRequest;
class GetExceptionRequest;
class ListExceptionsRequest;
class ListExceptionsResponse;
class ReopenRequest;
class ResolveRequest;
}  // namespace crossbill::v1

namespace crossbill::facade {

class ExceptionService {
 public:
  static constexpr std::size_t kMostText = 4096;  // bytes of a reason or a name

  // as_of: the date that the process works with. All must outlive the service.
  ExceptionService(Views& views, ExceptionBook& book, const Clock& clock, std::function<Date()> as_of)
      : views_(views), book_(book), clock_(clock), as_of_(std::move(as_of)) {}
  ServiceTable Table();

  Result<v1::ListExceptionsResponse> ListExceptions(const v1::ListExceptionsRequest& request,
                                                    CallContext& context);
  Result<v1::Exception> GetException(const v1::GetExceptionRequest& request, CallContext& context);
  Result<v1::ExceptionDecision> Acknowledge(const v1::AcknowledgeRequest& request, CallContext& context);
  Result<v1::ExceptionDecision> Resolve(const v1::ResolveRequest& request, CallContext& context);
  Result<v1::ExceptionDecision> Reopen(const v1::ReopenRequest& request, CallContext& context);

 private:
  Result<Date> AsOf(const std::string& asked) const;
  // Names it, says when, and writes it down with what it covers.
  Result<v1::ExceptionDecision> Keep(v1::ExceptionDecision decision, const std::string& name,
                                     const std::string& reason, const std::string& decided_by);

  Views& views_;
  ExceptionBook& book_;
  const Clock& clock_;
  const std::function<Date()> as_of_;
};

}  // namespace crossbill::facade
