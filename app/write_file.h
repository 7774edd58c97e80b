// Files that the program writes for people.
#pragma once

#include <filesystem>
#include <string>

#include "base/result.h"

namespace crossbill::app {

// Makes the folders above it; what was there is replaced. kIo.
Status WriteFile(const std::filesystem::path& path, const std::string& bytes);

}  // namespace crossbill::app
