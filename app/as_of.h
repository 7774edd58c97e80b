// The date that answers count from when nobody says one. One thread.
#pragma once

#include <string>

#include "app/session.h"
#include "base/date.h"

namespace crossbill::app {

// `asked`, or, when it is empty, the date for which the exceptions were last looked at; the clock's before
// that. kUsage when it is no date.
Result<Date> AsOfOrLast(const Session& session, bus::Bus& bus, const bus::Topics& topics,
                        const std::string& asked);

}  // namespace crossbill::app
