#include "runtime/position.h"

#include <charconv>

namespace crossbill::runtime {
namespace {
constexpr std::string_view kHead = "{\"sequence\":";
constexpr std::string_view kMiddle = ",\"position\":";

// True for one whole JSON object, as far as its braces tell.
bool IsObject(std::string_view json) {
  int depth = 0;
  bool in_text = false;
  bool escaped = false;
  for (std::size_t i = 0; i < json.size(); ++i) {
    const char c = json[i];
    if (escaped) {
      escaped = false;
    } else if (in_text && c == '\\') {
      escaped = true;
    } else if (c == '"') {
      in_text = !in_text;
    } else if (!in_text && c == '{') {
      ++depth;
    } else if (!in_text && c == '}' && --depth <= 0) {
      return depth == 0 && i + 1 == json.size();
    }
  }
  return false;
}

}  // namespace

std::string ToJson(const StreamPosition& position) {
  std::string json(kHead);
  json += std::to_string(position.sequence);
  json += kMiddle;
  json += position.position.empty() ? "null" : position.position;
  json += "}";
  return json;
}

Result<StreamPosition> ParsePosition(std::string_view json) {
  const Error damaged(Code::kBusCorrupt, "a position record is damaged: " + std::string(json.substr(0, 80)));
  if (!json.starts_with(kHead) || !json.ends_with('}')) {
    return damaged;
  }
  StreamPosition position;
  const char* begin = json.data() + kHead.size();
  const auto [end, failure] = std::from_chars(begin, json.data() + json.size(), position.sequence);
  std::string_view rest = json.substr(static_cast<std::size_t>(end - json.data()));
  if (failure != std::errc() || !rest.starts_with(kMiddle)) {
    return damaged;
  }
  rest.remove_prefix(kMiddle.size());
  rest.remove_suffix(1);
  if (rest != "null") {
    if (!IsObject(rest)) {
      return damaged;
    }
    position.position = std::string(rest);
  }
  return position;
}

}  // namespace crossbill::runtime
