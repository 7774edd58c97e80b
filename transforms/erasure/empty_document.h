// What is left of a document whose person was forgotten. Pure; any thread.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace crossbill::transforms {

// The document's bytes without name, phone, e-mail, tax id, addresses, free text and the bank's reference of
// its party, and without the party as who entered or changed it. `pseudonym` stands for the party's number,
// where it is not empty. Of what it gives it makes the same again. kEventDecode.
Result<std::string> EmptyDocument(std::string_view bytes, const std::string& pseudonym);

}  // namespace crossbill::transforms
