// Any bytes as JSON: the parser ends, and what it takes can be printed and taken again with the same value.
#include <cstdint>

#include "base/text.h"
#include "connectors/jsonl/json_parser.h"
#include "connectors/sdk/row_text.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace crossbill::connectors;  // NOLINT
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (!crossbill::IsValidUtf8(text)) {
    return 0;
  }
  JsonParser parser;
  Arena arena;
  const auto value = parser.Parse(text, arena);
  if (value.ok()) {
    const std::string printed = JsonOf(*value);
    const auto again = parser.Parse(printed, arena);
    CROSSBILL_CHECK(again.ok() && JsonOf(*again) == printed);
  }
  return 0;
}
