// Where the schema registry is: Crossbill's own keys among those of `bus.kafka`, named as Confluent's clients
// name them.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "base/result.h"

namespace crossbill::bus {

inline constexpr std::string_view kRegistryUrl = "schema_registry";
inline constexpr std::string_view kRegistryUserInfo = "schema_registry.basic.auth.user.info";
inline constexpr std::string_view kRegistryCaFile = "schema_registry.ssl.ca.location";
// Which topics' values are framed; of the topics, so it is checked where they are known.
inline constexpr std::string_view kRegistryTopics = "schema_registry.topics";

struct RegistryOptions {
  std::string url;                  // "https://registry:8081/path"
  std::string user_info;            // "user:password"; empty: no login
  std::string ca_file;              // PEM; empty: the system's
  std::int64_t timeout_ms = 30000;  // of all requests of one Register together
};

// Whether a key of `bus.kafka` is ours and no property of librdkafka's: `schema_registry` and all below it.
bool IsRegistryKey(std::string_view name);
// kConfigUnknownKey, kConfigValue; the message never has the value.
Status CheckRegistryKey(std::string_view name, const std::string& value);
// The url is empty when no registry is configured. The keys have been checked.
RegistryOptions RegistryOptionsOf(const std::map<std::string, std::string>& properties);

}  // namespace crossbill::bus
