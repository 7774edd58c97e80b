// How the keys in the stage's state are written. A section's letter and the customer begin them; documents of
// one customer follow in order of kind and record. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/date.h"
#include "transforms/reconcile/source_document.h"

namespace crossbill::transforms {

// section customer \0
std::string CustomerPrefix(char section, std::string_view customer);
// section customer
std::string PlainKey(char section, std::string_view customer);

// kind system \0 stream \0 key \0: a record among its customer's; of a document, its way follows. Kind first:
// so documents lie in the order in which they are matched.
std::string RecordSuffix(DocumentKind kind, std::string_view system, std::string_view stream,
                         std::string_view key);
// Of a document's suffix, the part that is the record.
std::string_view RecordOfSuffix(std::string_view suffix);

// "t", the date and whose it is: in order of dates.
std::string DueKey(Date date, std::string_view whose);
inline constexpr std::size_t kDueKeyStart = 5;  // its length before whose it is
std::optional<Date> DateOfDueKey(std::string_view key);

}  // namespace crossbill::transforms
