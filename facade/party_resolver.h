// "Who is this?": which customers a party may be. Candidates are found by what is searched for a name, a
// telephone, an e-mail or a number; each is weighed by its golden values as identity weighs records. Any
// thread.
#pragma once

#include "facade/rpc.h"
#include "facade/views/views.h"
#include "transforms/identity/comparer.h"

namespace crossbill::v1 {
class Party;
class ResolvePartyRequest;
class ResolvePartyResponse;
}  // namespace crossbill::v1

namespace crossbill::facade {

class PartyResolver {
 public:
  static constexpr std::size_t kUsualMatches = 5;
  static constexpr std::size_t kMostMatches = 100;
  static constexpr std::size_t kHitsOfValue = 50;  // of one value at most
  static constexpr std::size_t kMostValues = 32;   // are searched for

  PartyResolver(Views& views, const transforms::Comparer& comparer) : views_(views), comparer_(comparer) {}
  Result<v1::ResolvePartyResponse> Resolve(const v1::ResolvePartyRequest& request, CallContext& context);

 private:
  Views& views_;
  const transforms::Comparer& comparer_;
};

}  // namespace crossbill::facade
