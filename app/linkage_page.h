// The reference page of linkage models. Any thread.
#pragma once

#include <string>

namespace crossbill::app {

std::string LinkagePage();

}  // namespace crossbill::app
