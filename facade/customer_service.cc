#include "facade/customer_service.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "crossbill/v1/customer_service.pb.h"
#include "facade/listing.h"

namespace crossbill::facade {
namespace {

constexpr std::size_t kUsualHits = 20;
constexpr std::size_t kMostHits = 100;
constexpr std::size_t kMaxHits = 1000;  // of one search, over all its pages
constexpr std::size_t kMaxQuery = 1024;

// Where a page of hits ended: "score name". Hits come by score, then by name.
struct HitPosition {
  int score = 0;
  std::string name;
};

Result<HitPosition> ReadPosition(const std::string& text) {
  HitPosition position;
  const char* end = text.data() + text.size();
  const auto [blank, failed] = std::from_chars(text.data(), end, position.score);
  if (failed != std::errc() || blank == end || *blank != ' ') {
    return Error(Code::kPageToken, "is not a token of a search", "page_token");
  }
  position.name = text.substr(static_cast<std::size_t>(blank + 1 - text.data()));
  return position;
}

}  // namespace

ServiceTable CustomerService::Table() {
  return {"crossbill.v1.CustomerService",
          {Unary(this, "GetCustomer", &CustomerService::GetCustomer),
           Unary(this, "SearchCustomers", &CustomerService::SearchCustomers, kSearchMs),
           Unary(this, "ListCustomers", &CustomerService::ListCustomers),
           Unary(this, "ResolveParty", &CustomerService::ResolveParty)},
          {Stream(this, "WatchCustomers", &CustomerService::WatchCustomers)}};
}

Result<v1::Customer> CustomerService::GetCustomer(const v1::GetCustomerRequest& request,
                                                  CallContext& context) {
  CROSSBILL_RETURN_IF_ERROR(context.Check());
  CROSSBILL_RETURN_IF_ERROR(CheckName("name", request.name(), {"customers/"}, /*record=*/true));
  return views_.GetCustomer(request.name());
}

Result<v1::SearchCustomersResponse> CustomerService::SearchCustomers(
    const v1::SearchCustomersRequest& request, CallContext& context) {
  CROSSBILL_RETURN_IF_ERROR(context.Check());
  if (request.query().empty()) {
    return Error(Code::kRequestField, "is required", "query");
  }
  if (request.query().size() > kMaxQuery) {
    return Error(Code::kRequestField,
                 fmt::format("has {} bytes, at most {} are allowed", request.query().size(), kMaxQuery),
                 "query");
  }
  CROSSBILL_TRY(const std::size_t size, PageSize(request.page_size(), kUsualHits, kMostHits));
  CROSSBILL_TRY(const std::string token, ReadPageToken(request, request.page_token()));
  HitPosition after{INT32_MAX, ""};
  if (!token.empty()) {
    CROSSBILL_TRY(after, ReadPosition(token));
  }
  CROSSBILL_TRY(const std::vector<Views::Hit> hits,
                views_.SearchCustomers(request.query(), token.empty() ? size + 1 : kMaxHits));
  v1::SearchCustomersResponse response;
  const Views::Hit* last = nullptr;
  std::size_t bytes = 0;
  for (const Views::Hit& hit : hits) {
    CROSSBILL_RETURN_IF_ERROR(context.Check());
    if (hit.score > after.score || (hit.score == after.score && hit.name <= after.name)) {
      continue;
    }
    if (static_cast<std::size_t>(response.hits_size()) == size || bytes > kMaxPageBytes) {
      response.set_next_page_token(MakePageToken(request, fmt::format("{} {}", last->score, last->name)));
      break;
    }
    Result<v1::Customer> customer = views_.GetCustomer(hit.name);
    if (!customer.ok()) {
      if (customer.error().code() == Code::kNotFound) {
        continue;
      }
      return std::move(customer).error();
    }
    bytes += customer->ByteSizeLong() + 256;
    if (bytes > kMaxPageBytes && last != nullptr) {
      response.set_next_page_token(MakePageToken(request, fmt::format("{} {}", last->score, last->name)));
      break;
    }
    last = &hit;
    v1::SearchCustomersResponse::Hit& out = *response.add_hits();
    *out.mutable_customer() = std::move(*customer);
    for (const std::string& matched : hit.matched) {
      out.add_matched(matched);
    }
  }
  return response;
}

Result<v1::ListCustomersResponse> CustomerService::ListCustomers(const v1::ListCustomersRequest& request,
                                                                 CallContext& context) {
  v1::ListCustomersResponse response;
  CROSSBILL_TRY(
      *response.mutable_next_page_token(),
      FetchPage<v1::Customer>(
          request, request.page_size(), request.page_token(), context,
          [&](std::size_t limit, const std::string& after) { return views_.ListCustomers(limit, after); },
          [&](const std::string& name) { return views_.GetCustomer(name); },
          [&](v1::Customer&& customer) { *response.add_customers() = std::move(customer); }));
  return response;
}

Result<v1::ResolvePartyResponse> CustomerService::ResolveParty(const v1::ResolvePartyRequest& request,
                                                               CallContext& context) {
  return resolver_.Resolve(request, context);
}

}  // namespace crossbill::facade
