#include "bus/state/manifest_guard.h"

#include <cstdint>
#include <filesystem>
#include <fstream>

namespace crossbill::bus {
namespace {

struct Manifest {
  std::string name;  // "MANIFEST-000012"
  std::uintmax_t size = 0;
};

Manifest NowOf(const std::string& path) {
  Manifest manifest;
  std::ifstream(path + "/CURRENT") >> manifest.name;
  std::error_code failed;
  const std::uintmax_t size = std::filesystem::file_size(path + "/" + manifest.name, failed);
  manifest.size = failed ? 0 : size;
  return manifest;
}

}  // namespace

std::string ManifestGuard::Check() const {
  Manifest remembered;
  if (!(std::ifstream(path_ + ".manifest") >> remembered.name >> remembered.size)) {
    return "";  // the first start, or a damaged memory: RocksDB's own checks have to do
  }
  const Manifest now = NowOf(path_);
  if (now.name == remembered.name && now.size < remembered.size) {
    return path_ + "/" + now.name + " has " + std::to_string(now.size) + " bytes and had " +
           std::to_string(remembered.size);
  }
  return "";
}

void ManifestGuard::Remember() {
  const std::lock_guard lock(mutex_);
  const Manifest now = NowOf(path_);
  const std::string fresh = path_ + ".manifest.new";
  std::error_code ignored;
  if (std::ofstream(fresh) << now.name << " " << now.size << "\n" << std::flush) {
    std::filesystem::rename(fresh, path_ + ".manifest", ignored);
  }
}

}  // namespace crossbill::bus
