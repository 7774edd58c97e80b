// crossbill.v1.ValueService over the read model. Any thread.
#pragma once

#include "facade/rpc.h"
#include "facade/views/views.h"

namespace crossbill::v1 {
class CustomerStanding;
class GetCustomerValueRequest;
class ListMarketsRequest;
class ListMarketsResponse;
class ListTopCustomersRequest;
class ListTopCustomersResponse;
}  // namespace crossbill::v1

namespace crossbill::facade {

class ValueService {
 public:
  explicit ValueService(Views& views) : views_(views) {}
  ServiceTable Table();

  Result<v1::CustomerStanding> GetCustomerValue(const v1::GetCustomerValueRequest& request,
                                                CallContext& context);
  Result<v1::ListTopCustomersResponse> ListTopCustomers(const v1::ListTopCustomersRequest& request,
                                                        CallContext& context);
  Result<v1::ListMarketsResponse> ListMarkets(const v1::ListMarketsRequest& request, CallContext& context);

 private:
  Views& views_;
};

}  // namespace crossbill::facade
