// `exceptions:` of crossbill.yaml: policies, and how long what is resolved is kept; checked and made ready
// for the stages. Any thread.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "config/node.h"
#include "transforms/reconcile/policies.h"

namespace crossbill::config::v1 {
class Exceptions;
class Project;
}  // namespace crossbill::config::v1

namespace crossbill::runtime {

// What the reader of the configuration cannot know by itself.
void CheckExceptions(const config::File& file, const config::v1::Project& project,
                     config::Problems& problems);

std::vector<transforms::Policy> PoliciesOf(const config::v1::Exceptions& exceptions);
int KeepResolvedDays(const config::v1::Exceptions& exceptions);
// "low", "medium", "high"; nothing for what is none of them.
std::optional<v1::Exception::Severity> SeverityOf(std::string_view word);

}  // namespace crossbill::runtime
