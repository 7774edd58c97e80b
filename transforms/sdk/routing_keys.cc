#include "transforms/sdk/routing_keys.h"

namespace crossbill::transforms {
namespace {

void AppendJoined(std::string& out, std::string_view head, std::string_view part) {
  out += head;
  out += part;
}

}  // namespace

std::string PartyKey(std::string_view system, std::string_view party) {
  std::string key;
  key.reserve(3 + system.size() + party.size());
  AppendJoined(key, "P|", system);
  AppendJoined(key, "|", party);
  return key;
}

std::string ReferenceKey(std::string_view system, std::string_view kind, std::string_view number) {
  std::string key;
  key.reserve(4 + system.size() + kind.size() + number.size());
  AppendJoined(key, "R|", system);
  AppendJoined(key, "|", kind);
  AppendJoined(key, "|", number);
  return key;
}

std::string OwnKey(std::string_view system, std::string_view stream, std::string_view key) {
  std::string own;
  own.reserve(4 + system.size() + stream.size() + key.size());
  AppendJoined(own, "U|", system);
  AppendJoined(own, "|", stream);
  AppendJoined(own, "|", key);
  return own;
}

}  // namespace crossbill::transforms
