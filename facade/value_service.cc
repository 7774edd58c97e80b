#include "facade/value_service.h"

#include "crossbill/v1/value_service.pb.h"
#include "facade/listing.h"
#include "facade/views/standing.h"
#include "facade/views/top.h"

namespace crossbill::facade {

ServiceTable ValueService::Table() {
  return {"crossbill.v1.ValueService",
          {Unary(this, "GetCustomerValue", &ValueService::GetCustomerValue),
           Unary(this, "ListTopCustomers", &ValueService::ListTopCustomers),
           Unary(this, "ListMarkets", &ValueService::ListMarkets)},
          {}};
}

Result<v1::CustomerStanding> ValueService::GetCustomerValue(const v1::GetCustomerValueRequest& request,
                                                            CallContext& context) {
  CROSSBILL_RETURN_IF_ERROR(context.Check());
  CROSSBILL_RETURN_IF_ERROR(CheckName("name", request.name(), {"customers/"}, /*record=*/true));
  return StandingOf(views_, request.name());
}

Result<v1::ListTopCustomersResponse> ValueService::ListTopCustomers(
    const v1::ListTopCustomersRequest& request, CallContext& context) {
  CROSSBILL_TRY(const RankScope scope,
                ScopeOf(views_, request.org_unit(), request.currency(), request.period(), request.measure()));
  using Entry = v1::ListTopCustomersResponse::Entry;
  v1::ListTopCustomersResponse response;
  CROSSBILL_TRY(
      *response.mutable_next_page_token(),
      FetchPage<Entry>(
          request, request.page_size(), request.page_token(), context,
          [&](std::size_t limit, const std::string& after) { return views_.ListTop(scope, limit, after); },
          [&](const std::string& name) { return TopEntryOf(views_, name, scope); },
          [&](Entry&& entry) { *response.add_customers() = std::move(entry); }));
  return response;
}

Result<v1::ListMarketsResponse> ValueService::ListMarkets(const v1::ListMarketsRequest& /*request*/,
                                                          CallContext& context) {
  CROSSBILL_RETURN_IF_ERROR(context.Check());
  v1::ListMarketsResponse response;
  CROSSBILL_RETURN_IF_ERROR(
      views_.VisitMarkets([&](const v1::MarketFigures& market) { *response.add_markets() = market; }));
  return response;
}

}  // namespace crossbill::facade
