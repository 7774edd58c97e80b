#include "facade/exception_age.h"

#include <algorithm>

#include "crossbill/v1/exception.pb.h"

namespace crossbill::facade {
namespace {

const char* ClassOf(int days) {
  return days <= 30 ? "0-30" : days <= 60 ? "31-60" : days <= 90 ? "61-90" : "91+";
}

}  // namespace

void SetAge(v1::Exception& exception, Date as_of) {
  const auto since = Date::Parse(exception.since());
  if (!since.ok()) {
    return;
  }
  const auto resolved = Date::Parse(exception.resolved_on());
  const Date until = resolved.ok() && *resolved < as_of ? *resolved : as_of;
  const int days = std::max(0, until.days() - since->days());
  exception.set_age_days(days);
  exception.set_age(ClassOf(days));
}

}  // namespace crossbill::facade
