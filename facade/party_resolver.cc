#include "facade/party_resolver.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "crossbill/v1/customer_service.pb.h"
#include "facade/requests.h"
#include "transforms/identity/attested.h"

namespace crossbill::facade {
namespace {

constexpr std::size_t kMostBytes = 64u << 10;  // of a party

// What of a party finds customers.
std::vector<std::string> SearchedValues(const v1::Party& party) {
  std::vector<std::string> values;
  const auto add = [&](const std::string& value) {
    if (!value.empty() && values.size() < PartyResolver::kMostValues &&
        std::find(values.begin(), values.end(), value) == values.end()) {
      values.push_back(value);
    }
  };
  for (const v1::Identifier& identifier : party.identifiers()) {
    add(identifier.value());
  }
  std::for_each(party.emails().begin(), party.emails().end(), add);
  std::for_each(party.phones().begin(), party.phones().end(), add);
  add(party.name());
  if (party.name().empty() && !party.family_name().empty()) {
    add(party.given_name() + " " + party.family_name());
  }
  add(party.name_kana());
  std::for_each(party.other_names().begin(), party.other_names().end(), add);
  return values;
}

// A name of its parts, where nothing else says it: the comparers look at the whole one.
v1::Party Completed(v1::Party party) {
  if (party.name().empty() && !party.family_name().empty()) {
    party.set_name(party.given_name() + " " + party.family_name());
  }
  return party;
}

}  // namespace

Result<v1::ResolvePartyResponse> PartyResolver::Resolve(const v1::ResolvePartyRequest& request,
                                                        CallContext& context) {
  CROSSBILL_TRY(const std::size_t size, PageSize(request.page_size(), kUsualMatches, kMostMatches));
  if (request.party().ByteSizeLong() > kMostBytes) {
    return Error(Code::kRequestField, fmt::format("is larger than {} bytes", kMostBytes), "party");
  }
  const v1::Party party = Completed(request.party());
  const std::vector<std::string> values = SearchedValues(party);
  if (values.empty()) {
    return Error(Code::kRequestField, "needs a name, a telephone, an e-mail or a number", "party");
  }
  std::set<std::string> found;
  for (const std::string& value : values) {
    CROSSBILL_RETURN_IF_ERROR(context.Check());
    CROSSBILL_TRY(const std::vector<Views::Hit> hits, views_.SearchCustomers(value, kHitsOfValue));
    for (const Views::Hit& hit : hits) {
      found.insert(hit.name);
    }
  }
  const transforms::CleanedPtr probe = comparer_.Clean(party);
  std::vector<v1::ResolvePartyResponse::Match> matches;
  for (const std::string& name : found) {
    CROSSBILL_RETURN_IF_ERROR(context.Check());
    Result<v1::Customer> customer = views_.GetCustomer(name);
    if (!customer.ok()) {
      if (customer.error().code() == Code::kNotFound) {  // went meanwhile
        continue;
      }
      return std::move(customer).error();
    }
    const transforms::CleanedPtr golden = comparer_.Clean(customer->party());
    const transforms::Weighed weighed = comparer_.Compare(*probe, *golden);
    if (weighed.weight < comparer_.rules().review) {
      continue;
    }
    v1::RecordLink link;
    transforms::FillEvidence(comparer_, *probe, *golden, 0, link);
    v1::ResolvePartyResponse::Match& match = matches.emplace_back();
    *match.mutable_customer() = std::move(*customer);
    match.set_weight(link.weight());
    match.mutable_parts()->Swap(link.mutable_parts());
    match.set_linked(!weighed.contradicted && weighed.weight >= comparer_.rules().connect);
  }
  std::sort(matches.begin(), matches.end(), [](const auto& a, const auto& b) {
    return std::pair(-a.weight(), a.customer().name()) < std::pair(-b.weight(), b.customer().name());
  });
  v1::ResolvePartyResponse response;
  for (std::size_t i = 0; i < std::min(size, matches.size()); ++i) {
    *response.add_matches() = std::move(matches[i]);
  }
  return response;
}

}  // namespace crossbill::facade
