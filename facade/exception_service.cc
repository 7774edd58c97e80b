#include "facade/exception_service.h"

#include <fmt/format.h>

#include "base/decimal.h"
#include "base/id.h"
#include "crossbill/v1/exception_service.pb.h"
#include "facade/exception_age.h"
#include "facade/listing.h"

namespace crossbill::facade {
namespace {

Status CheckText(std::string_view field, const std::string& text) {
  if (text.size() > ExceptionService::kMostText) {
    return Error(
        Code::kRequestField,
        fmt::format("has {} bytes, at most {} are allowed", text.size(), ExceptionService::kMostText),
        std::string(field));
  }
  return Ok();
}

// What only the record itself says of it.
struct Details {
  std::string unit;
  std::optional<Decimal> min_at_stake;
  int min_age_days = 0;
  Date as_of;

  bool Any() const { return !unit.empty() || min_at_stake || min_age_days > 0; }
  bool Fit(const v1::Exception& exception) const {
    if (!unit.empty() && exception.unit() != unit) {
      return false;
    }
    if (min_at_stake) {
      const auto amount = Decimal::Parse(exception.at_stake().amount());
      if (!amount.ok() || *amount < *min_at_stake) {
        return false;
      }
    }
    if (min_age_days == 0) {
      return true;
    }
    v1::Exception aged = exception;
    SetAge(aged, as_of);
    return aged.has_age_days() && aged.age_days() >= min_age_days;
  }
};

}  // namespace

ServiceTable ExceptionService::Table() {
  return {
      "crossbill.v1.ExceptionService",
      {Unary(this, "ListExceptions", &ExceptionService::ListExceptions),
       Unary(this, "GetException", &ExceptionService::GetException),
       Unary(this, "Acknowledge", &ExceptionService::Acknowledge),
       Unary(this, "Resolve", &ExceptionService::Resolve), Unary(this, "Reopen", &ExceptionService::Reopen)},
      {}};
}

Result<Date> ExceptionService::AsOf(const std::string& asked) const {
  if (asked.empty()) {
    return as_of_();
  }
  const auto date = Date::Parse(asked);
  if (!date.ok()) {
    return Error(Code::kRequestField, fmt::format("\"{}\" is not a date such as 2026-10-31", asked), "as_of");
  }
  return *date;
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
  filter.state = request.state();
  filter.unresolved = request.state() == v1::Exception::STATE_UNSPECIFIED && !request.all_states();
  if (request.all_states() && request.state() != v1::Exception::STATE_UNSPECIFIED) {
    return Error(Code::kRequestField, "not together with `state`", "all_states");
  }
  Details details;
  details.unit = request.unit();
  if (!request.min_at_stake().empty()) {
    const auto amount = Decimal::Parse(request.min_at_stake());
    if (!amount.ok()) {
      return Error(Code::kRequestField, fmt::format("\"{}\" is not a number", request.min_at_stake()),
                   "min_at_stake");
    }
    details.min_at_stake = *amount;
  }
  if (request.min_age_days() < 0) {
    return Error(Code::kRequestField, "is less than 0", "min_age_days");
  }
  details.min_age_days = request.min_age_days();
  CROSSBILL_TRY(details.as_of, AsOf(request.as_of()));
  if (details.Any()) {
    filter.also = [&details](const v1::Exception& exception) { return details.Fit(exception); };
  }
  v1::ListExceptionsResponse response;
  CROSSBILL_TRY(*response.mutable_next_page_token(),
                FetchPage<v1::Exception>(
                    request, request.page_size(), request.page_token(), context,
                    [&](std::size_t limit, const std::string& after) {
                      return views_.ListExceptions(filter, limit, after);
                    },
                    [&](const std::string& name) { return views_.GetException(name); },
                    [&](v1::Exception&& exception) {
                      SetAge(exception, details.as_of);
                      *response.add_exceptions() = std::move(exception);
                    }));
  return response;
}

Result<v1::Exception> ExceptionService::GetException(const v1::GetExceptionRequest& request,
                                                     CallContext& context) {
  CROSSBILL_RETURN_IF_ERROR(context.Check());
  CROSSBILL_RETURN_IF_ERROR(CheckName("name", request.name(), {"exceptions/"}, /*record=*/false));
  CROSSBILL_TRY(const Date as_of, AsOf(request.as_of()));
  CROSSBILL_TRY(v1::Exception exception, views_.GetException(request.name()));
  SetAge(exception, as_of);
  return exception;
}

Result<v1::ExceptionDecision> ExceptionService::Acknowledge(const v1::AcknowledgeRequest& request,
                                                            CallContext& context) {
  CROSSBILL_RETURN_IF_ERROR(context.Check());
  v1::ExceptionDecision decision;
  decision.set_verdict(v1::ExceptionDecision::ACKNOWLEDGE);
  decision.set_whatever_amount(request.whatever_amount());
  return Keep(std::move(decision), request.name(), request.reason(), request.decided_by());
}

Result<v1::ExceptionDecision> ExceptionService::Resolve(const v1::ResolveRequest& request,
                                                        CallContext& context) {
  CROSSBILL_RETURN_IF_ERROR(context.Check());
  if (request.reason().empty()) {
    return Error(Code::kRequestField, "is needed: those who look later want to know why", "reason");
  }
  if (!request.until().empty() && !Date::Parse(request.until()).ok()) {
    return Error(Code::kRequestField, fmt::format("\"{}\" is not a date such as 2026-10-31", request.until()),
                 "until");
  }
  v1::ExceptionDecision decision;
  decision.set_verdict(v1::ExceptionDecision::RESOLVE);
  decision.set_until(request.until());
  decision.set_whatever_amount(request.whatever_amount());
  return Keep(std::move(decision), request.name(), request.reason(), request.decided_by());
}

Result<v1::ExceptionDecision> ExceptionService::Reopen(const v1::ReopenRequest& request,
                                                       CallContext& context) {
  CROSSBILL_RETURN_IF_ERROR(context.Check());
  v1::ExceptionDecision decision;
  decision.set_verdict(v1::ExceptionDecision::REOPEN);
  return Keep(std::move(decision), request.name(), request.reason(), request.decided_by());
}

Result<v1::ExceptionDecision> ExceptionService::Keep(v1::ExceptionDecision decision, const std::string& name,
                                                     const std::string& reason,
                                                     const std::string& decided_by) {
  CROSSBILL_RETURN_IF_ERROR(CheckName("name", name, {"exceptions/"}, /*record=*/false));
  CROSSBILL_RETURN_IF_ERROR(CheckText("reason", reason));
  CROSSBILL_RETURN_IF_ERROR(CheckText("decided_by", decided_by));
  CROSSBILL_TRY(const v1::Exception exception, views_.GetException(name));
  decision.set_exception(name);
  decision.set_reason(reason);
  decision.set_decided_by(decided_by);
  decision.set_decided_at(clock_.Now().ToString());
  if (decision.verdict() != v1::ExceptionDecision::REOPEN) {  // what it covers: the finding as it is now
    *decision.mutable_expected() = exception.expected();
    *decision.mutable_found() = exception.found();
    decision.set_found_text(exception.found_text());
    *decision.mutable_at_stake() = exception.at_stake();
  }
  decision.set_name("decisions/" + ShortId(Hash128Of(decision.SerializeAsString())));
  CROSSBILL_RETURN_IF_ERROR(book_.Write(decision));
  return decision;
}

}  // namespace crossbill::facade
