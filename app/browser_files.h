// What topic browsers and other readers of the topics need to decode values without a schema registry:
// schemas and a piece of the browser's configuration, as files. No broker is asked.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"

namespace crossbill::runtime {
class ProjectConfig;
}

namespace crossbill::app {

// kafka-ui, akhq, console; proto: the schemas and a table of the topics alone.
bool IsBrowserKind(const std::string& kind);

// Writes proto/… (the .proto files), crossbill.desc (all of them as a FileDescriptorSet, what is imported
// first) and the configuration into the folder, which is made; gives what was written. The browsers' topics
// whose values have frames are left to the schema registry. kIo.
Result<std::vector<std::filesystem::path>> WriteBrowserFiles(const runtime::ProjectConfig& project,
                                                             const std::string& kind,
                                                             const std::filesystem::path& folder);

}  // namespace crossbill::app
