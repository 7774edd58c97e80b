// crossbill.v1.CustomerService over the read model. Any thread.
#pragma once

#include <functional>

#include "facade/party_resolver.h"
#include "facade/rpc.h"
#include "facade/views/views.h"

namespace crossbill::v1 {
class GetCustomerRequest;
class ListCustomersRequest;
class ListCustomersResponse;
class ResolvePartyRequest;
class ResolvePartyResponse;
class SearchCustomersRequest;
class SearchCustomersResponse;
class WatchCustomersRequest;
class WatchCustomersResponse;
}  // namespace crossbill::v1

namespace crossbill::facade {

class CustomerService {
 public:
  static constexpr std::int64_t kHeartbeatMicros = 15'000'000;

  explicit CustomerService(Views& views) : views_(views), resolver_(views) {}
  ServiceTable Table();

  Result<v1::Customer> GetCustomer(const v1::GetCustomerRequest& request, CallContext& context);
  Result<v1::SearchCustomersResponse> SearchCustomers(const v1::SearchCustomersRequest& request,
                                                      CallContext& context);
  Result<v1::ListCustomersResponse> ListCustomers(const v1::ListCustomersRequest& request,
                                                  CallContext& context);

  Result<v1::ResolvePartyResponse> ResolveParty(const v1::ResolvePartyRequest& request, CallContext& context);

  using WriteChange = std::function<bool(const v1::WatchCustomersResponse&)>;
  // Ends with kCancelled when the caller leaves or the server stops; the door makes UNAVAILABLE of the
  // latter.
  Status WatchCustomers(const v1::WatchCustomersRequest& request, CallContext& context,
                        const WriteChange& write);

 private:
  Views& views_;
  PartyResolver resolver_;
};

}  // namespace crossbill::facade
