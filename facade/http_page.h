// The page at /, made of http/index.html when the build is configured. The text lives as long as the program.
#pragma once

#include <string_view>

namespace crossbill::facade {

std::string_view HttpPage();

}  // namespace crossbill::facade
