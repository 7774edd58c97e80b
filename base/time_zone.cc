#include <unicode/basictz.h>
#include <unicode/timezone.h>

#include "base/date.h"
#include "base/text.h"

namespace crossbill {

struct TimeZone::Impl {
  std::unique_ptr<icu::BasicTimeZone> zone;
};

TimeZone::TimeZone() = default;

Result<TimeZone> TimeZone::Open(std::string_view name) {
  std::unique_ptr<icu::TimeZone> zone(icu::TimeZone::createTimeZone(
      icu::UnicodeString::fromUTF8({name.data(), static_cast<std::int32_t>(name.size())})));
  auto* basic = dynamic_cast<icu::BasicTimeZone*>(zone.get());
  icu::UnicodeString id;
  if (basic == nullptr ||
      zone->getID(id) == UNICODE_STRING_SIMPLE("Etc/Unknown")) {  // what ICU gives for any other name
    return Error(
        Code::kConfigValue,
        "\"" + Printable(name, 60) +
            "\" is not a time zone: expected a name of the IANA database, such as Asia/Shanghai or UTC");
  }
  auto impl = std::make_shared<Impl>();
  zone.release();
  impl->zone.reset(basic);
  TimeZone result;
  result.impl_ = std::move(impl);
  return result;
}

Timestamp TimeZone::FromLocal(Date date, std::int64_t micros_of_day) const {
  const std::int64_t local = date.days() * std::int64_t{86'400'000'000} + micros_of_day;
  if (impl_ == nullptr) {
    return Timestamp(local);
  }
  // The offset before the change answers both: of a repeated time it is the first, of a skipped one it gives
  // the later.
  std::int32_t raw = 0, saving = 0;
  UErrorCode status = U_ZERO_ERROR;
  const std::int64_t local_millis = local / 1000 - (local % 1000 < 0 ? 1 : 0);
  impl_->zone->getOffsetFromLocal(static_cast<UDate>(local_millis), UCAL_TZ_LOCAL_FORMER,
                                  UCAL_TZ_LOCAL_FORMER, raw, saving, status);
  if (U_FAILURE(status)) {
    return Timestamp(local);
  }
  std::int64_t instant = local - (std::int64_t{raw} + saving) * 1000;
  // What people read then is the offset after the change.
  impl_->zone->getOffset(static_cast<UDate>(instant / 1000 - (instant % 1000 < 0 ? 1 : 0)), 0, raw, saving,
                         status);
  return Timestamp(instant, static_cast<std::int16_t>((raw + saving) / 60'000));
}

}  // namespace crossbill
