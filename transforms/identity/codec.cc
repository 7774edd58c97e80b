#include "transforms/identity/codec.h"

#include <vector>

#include "transforms/sdk/wire.h"

namespace crossbill::transforms {

std::string StateKey(char what, std::uint64_t number) {
  std::string key(1, what);
  for (int shift = 56; shift >= 0; shift -= 8) {
    key.push_back(static_cast<char>(number >> shift));
  }
  return key;
}

std::string StateKey(char what, std::string_view text, std::string_view rest) {
  std::string key(1, what);
  AppendPart(key, text);
  key += rest;
  return key;
}

std::uint64_t NumberAtEnd(std::string_view key) {
  constexpr std::size_t kBytes = 8;
  std::uint64_t number = 0;
  for (const char c : key.substr(key.size() - kBytes)) {
    number = number << 8 | static_cast<unsigned char>(c);
  }
  return number;
}

void AppendSigned(std::string& bytes, std::int64_t value) {
  AppendVarint(bytes, (static_cast<std::uint64_t>(value) << 1) ^ static_cast<std::uint64_t>(value >> 63));
}

bool TakeSigned(std::string_view& bytes, std::int64_t& value) {
  std::uint64_t folded = 0;
  if (!TakeVarint(bytes, folded)) {
    return false;
  }
  value = static_cast<std::int64_t>(folded >> 1) ^ -static_cast<std::int64_t>(folded & 1);
  return true;
}

Status DeleteAll(bus::StateStore& state, char what) {
  std::vector<std::string> keys;
  CROSSBILL_RETURN_IF_ERROR(
      state.Scan(std::string_view(&what, 1), [&](std::string_view key, std::string_view) {
        keys.emplace_back(key);
        return true;
      }));
  for (const std::string& key : keys) {
    state.Delete(key);
  }
  return Ok();
}

Error DamagedState(std::string_view what) {
  return {Code::kBusCorrupt, "the state of identity is damaged", std::string(what)};
}

}  // namespace crossbill::transforms
