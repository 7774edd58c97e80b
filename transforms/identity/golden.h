// The golden values of a customer: which record's value wins in each field, and why. Pure; any thread.
#pragma once

#include <string>
#include <vector>

#include "crossbill/v1/customer.pb.h"
#include "crossbill/v1/party.pb.h"

namespace crossbill::transforms {

// Fills display_name, party, records and provenance. `parties` in order of their record keys. A field's
// winner: the system that stands first in `authority`; then the longest value; then the first record key.
// Lists are the union, without what is written differently only.
void MakeGolden(const std::vector<const v1::Party*>& parties, const std::vector<std::string>& authority,
                v1::Customer& customer);

}  // namespace crossbill::transforms
