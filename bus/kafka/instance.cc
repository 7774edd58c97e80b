#include "bus/kafka/instance.h"

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <random>

#include "base/id.h"

namespace crossbill::bus {
namespace {

constexpr std::size_t kLength = 12;

std::string Random() {
  std::random_device device;
  const auto draw = [&] { return (static_cast<std::uint64_t>(device()) << 32) | device(); };
  return ShortId({draw(), draw()}, kLength);
}

bool IsWhole(const std::string& instance) {
  return instance.size() == kLength &&
         std::all_of(instance.begin(), instance.end(), [](unsigned char c) { return std::isalnum(c) != 0; });
}

}  // namespace

std::string InstancePath(const KafkaOptions& options) { return options.state_path + ".instance"; }

Result<std::string> InstanceOf(const KafkaOptions& options) {
  if (options.state_path.empty()) {
    return Random();
  }
  const std::filesystem::path path = InstancePath(options);
  std::string instance;
  if (std::ifstream(path) >> instance && IsWhole(instance)) {
    return instance;
  }
  instance = Random();
  std::error_code failed;
  std::filesystem::create_directories(path.parent_path(), failed);
  // A file that is half written is made anew by the next start.
  if (!(std::ofstream(path) << instance << "\n" << std::flush)) {
    return Error(Code::kIo, "the process's identity cannot be written", path.string());
  }
  return instance;
}

}  // namespace crossbill::bus
