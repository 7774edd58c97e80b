// libFuzzer: any bytes as a configuration. Built with `cmake --preset fuzz`.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "config/node.h"
#include "config/reader.h"
#include "crossbill/config/v1/connector.pb.h"
#include "crossbill/config/v1/project.pb.h"

namespace {

class NoVariables final : public crossbill::config::Variables {
 public:
  const std::string* Find(std::string_view name) const override { return name == "A" ? &value_ : nullptr; }

 private:
  std::string value_ = "1";
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace crossbill::config;  // NOLINT: one function
  Problems problems;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  // An empty folder: ${file:…} finds nothing.
  const auto file = ReadYaml("fuzz.yaml", text, NoVariables(), "/nonexistent", problems);
  if (file == nullptr) {
    if (!problems.HasErrors()) {
      std::abort();
    }
    return 0;
  }
  v1::Project project;
  v1::Connector connector;
  ReadMessage(*file, file->root, "", {&project}, problems);
  ReadMessage(*file, file->root, "", {&connector}, problems);
  problems.Sort();
  (void)problems.ToString();
  return 0;
}
