// `exceptions.rules` of crossbill.yaml: conditions in the language of the mappings, compiled and type-checked
// over the golden document and its chain. What comes may be evaluated by any thread.
#pragma once

#include <string>

#include "config/node.h"
#include "transforms/reconcile/own_rules.h"

namespace crossbill::config::v1 {
class Exceptions;
}

namespace crossbill::runtime {

// Rules with problems are left out. `node`: `exceptions:` itself; `file` for the positions of problems.
transforms::OwnRules CompileOwnRules(const config::v1::Exceptions& exceptions, const config::Node& node,
                                     const std::string& file, config::Problems& problems);

// The names that conditions know, as Markdown, from the same table that compiles them.
std::string RenderOwnRuleNames();

}  // namespace crossbill::runtime
