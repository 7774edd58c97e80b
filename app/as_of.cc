#include "app/as_of.h"

#include <algorithm>
#include <optional>

#include "bus/progress.h"

namespace crossbill::app {

Result<Date> AsOfOrLast(const Session& session, bus::Bus& bus, const bus::Topics& topics,
                        const std::string& asked) {
  if (!asked.empty()) {
    const auto date = Date::Parse(asked);
    if (!date.ok()) {
      return Error(Code::kUsage, "--as-of: \"" + asked + "\" is not a date such as 2026-10-31");
    }
    return *date;
  }
  std::optional<Date> last;
  CROSSBILL_TRY(const auto workers, bus::ReadProgress(bus, topics.Progress()));
  for (const auto& [worker, progress] : workers) {
    const auto date = Date::Parse(progress.at);
    if (worker.starts_with("publish.") && date.ok()) {
      last = std::max(last.value_or(*date), *date);
    }
  }
  return last.value_or(session.clock.Now().date());
}

}  // namespace crossbill::app
