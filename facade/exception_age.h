// How old an exception is: days since its condition began, by the documents' dates, until the as-of date, or
// until it was resolved. Pure.
#pragma once

#include "base/date.h"

namespace crossbill::v1 {
class Exception;
}

namespace crossbill::facade {

// Sets age_days and age ("0-30", "31-60", "61-90", "91+"); leaves them out where nobody knows since when it
// is.
void SetAge(v1::Exception& exception, Date as_of);

}  // namespace crossbill::facade
