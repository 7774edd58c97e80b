#include "app/write_file.h"

#include <fstream>

namespace crossbill::app {

Status WriteFile(const std::filesystem::path& path, const std::string& bytes) {
  std::error_code failure;
  std::filesystem::create_directories(path.parent_path(), failure);
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out << bytes;
  return out.flush() ? Ok() : Status(Error(Code::kIo, "cannot be written", path.string()));
}

}  // namespace crossbill::app
