// Customers by rank. Any thread.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "crossbill/v1/value_service.pb.h"
#include "facade/views/views.h"

namespace crossbill::facade {

// What a scope that a caller gives means: the last year and the amount where nothing is said, and the only
// currency where there is one. kRequestField: there are several, or the names of enums are none.
Result<RankScope> ScopeOf(Views& views, const std::string& org_unit, const std::string& currency, int period,
                          int measure);

// An entry of a page of ListTop; kNotFound: the customer went meanwhile.
Result<v1::ListTopCustomersResponse::Entry> TopEntryOf(Views& views, const std::string& customer,
                                                       const RankScope& scope);

}  // namespace crossbill::facade
