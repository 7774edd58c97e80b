// "Who is this?": which customers a party may be. Candidates are the records that meet it in a block of the
// comparer by which identity works; each is weighed as identity weighs pairs of records, and a customer by
// its records. Any thread.
#pragma once

#include "facade/rpc.h"
#include "facade/views/party_index.h"
#include "facade/views/views.h"

namespace crossbill::v1 {
class ResolvePartyRequest;
class ResolvePartyResponse;
}  // namespace crossbill::v1

namespace crossbill::facade {

class PartyResolver {
 public:
  static constexpr std::size_t kUsualMatches = 5;
  static constexpr std::size_t kMostMatches = 100;

  explicit PartyResolver(Views& views) : views_(views) {}
  // kPartiesNotKept: the read model has no index of parties.
  Result<v1::ResolvePartyResponse> Resolve(const v1::ResolvePartyRequest& request, CallContext& context);

 private:
  Views& views_;
};

}  // namespace crossbill::facade
