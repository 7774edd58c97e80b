#include "connectors/sdk/names.h"

#include <algorithm>

#include "base/text.h"

namespace crossbill::connectors {

Error NoSuchName(std::string_view what, std::string_view name, std::string_view place,
                 std::vector<std::string> existing) {
  constexpr std::size_t kListed = 20;
  std::string message =
      "there is no " + std::string(what) + " \"" + std::string(name) + "\" in " + std::string(place);
  std::sort(existing.begin(), existing.end());
  if (const auto near = Nearest(name, existing)) {
    std::stable_partition(existing.begin(), existing.end(), [&](const std::string& e) { return e == *near; });
    message += "; did you mean \"" + *near + "\"?";
  }
  if (existing.empty()) {
    return {Code::kSourceTable, message + "; there is none at all"};
  }
  message += "; there are: ";
  for (std::size_t i = 0; i < existing.size() && i < kListed; ++i) {
    message += (i == 0 ? "" : ", ") + existing[i];
  }
  if (existing.size() > kListed) {
    message += " and " + std::to_string(existing.size() - kListed) + " more";
  }
  return {Code::kSourceTable, message};
}

Status RequireColumns(const Schema& schema, const std::vector<std::string>& names, std::string_view table) {
  for (const std::string& name : names) {
    if (schema.Find(name) < 0) {
      std::vector<std::string> existing;
      for (const auto& column : schema.columns()) {
        existing.push_back(column.name);
      }
      return NoSuchName("column", name, table, std::move(existing));
    }
  }
  return Ok();
}

}  // namespace crossbill::connectors
