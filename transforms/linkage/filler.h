// What people type where a form wants a value and they have none. Pure; any thread.
#pragma once

#include <string_view>

namespace crossbill::linkage {

// A sign all over ("000000", "XXXXX"), or digits in order, up or down ("123456789"). `text` is not empty, and
// has no blanks or punctuation.
bool IsFiller(std::string_view text);

// "test@test.com", "noreply@…", "none@…": an address in lower case that is nobody's.
bool IsFillerEmail(std::string_view email);

}  // namespace crossbill::linkage
