// A customer's value with what depends on all others: ranks, shares, the next best product. Any thread.
#pragma once

#include <string_view>

#include "base/result.h"
#include "crossbill/v1/value_service.pb.h"
#include "facade/views/views.h"

namespace crossbill::facade {

// Of a customer, its successor after merges, or the customer of a record. A customer who never bought has a
// value without figures.
Result<v1::CustomerStanding> StandingOf(Views& views, std::string_view customer);

// In one scope. kNotFound: the customer's figure there is not above zero.
Result<v1::Standing> StandingIn(Views& views, const v1::CustomerValue& value, const RankScope& scope);

}  // namespace crossbill::facade
