// The form in which a value is compared: script-aware, without what says nothing. A value that is nobody's
// ("123456789", "test@test.com") or cannot be read gives nothing. Pure; any thread.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace crossbill::linkage {

struct Cleaner {
  std::string_view name;  // in a model: `clean: person_name`
  std::string_view doc;
  // Appends the forms of `raw`; `country` is the record's (ISO 3166), "" where it is not known.
  void (*clean)(std::string_view raw, std::string_view country, std::vector<std::string>& forms);
};

std::span<const Cleaner> AllCleaners();
// nullptr when there is none of that name.
const Cleaner* FindCleaner(std::string_view name);

// An address in lower case, without a +tag; "" for what is none, or nobody's.
std::string EmailForm(std::string_view raw);

}  // namespace crossbill::linkage
