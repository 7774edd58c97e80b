// libFuzzer: any bytes as an expression, compiled and evaluated. Built with `cmake --preset fuzz`.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "connectors/mapping/expression_test_support.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  crossbill::mapping::Evaluator evaluate;
  evaluate(std::string_view(reinterpret_cast<const char*>(data), size));
  return 0;
}
