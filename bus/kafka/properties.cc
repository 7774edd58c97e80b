// The user's properties of librdkafka.
#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "base/text.h"
#include "bus/kafka/handle.h"
#include "bus/kafka/kafka_bus.h"

namespace crossbill::bus {
namespace {

// Correctness stands on these, so they are not the user's.
constexpr std::array<std::string_view, 15> kOwnProperties = {
    "acks",
    "auto.offset.reset",
    "enable.auto.commit",
    "enable.auto.offset.store",
    "enable.idempotence",
    "enable.partition.eof",
    "group.id",
    "isolation.level",
    "max.in.flight",
    "max.in.flight.requests.per.connection",
    "message.max.bytes",
    "partition.assignment.strategy",
    "partitioner",
    "request.required.acks",
    "transactional.id",
};

std::vector<std::string> KnownProperties() {
  const KafkaConf conf(rd_kafka_conf_new());
  std::size_t count = 0;
  const char** dump = rd_kafka_conf_dump(conf.get(), &count);
  std::vector<std::string> names;
  for (std::size_t i = 0; i + 1 < count; i += 2) {  // name, value, name, …
    names.emplace_back(dump[i]);
  }
  rd_kafka_conf_dump_free(dump, count);
  return names;
}

}  // namespace

Status CheckKafkaProperty(const std::string& name, const std::string& value) {
  if (std::find(kOwnProperties.begin(), kOwnProperties.end(), name) != kOwnProperties.end()) {
    return Error(Code::kConfigValue,
                 "\"" + name + "\" is set by Crossbill itself: exactly once stands on it; remove the key");
  }
  const KafkaConf conf(rd_kafka_conf_new());
  char text[512];
  switch (rd_kafka_conf_set(conf.get(), name.c_str(), value.c_str(), text, sizeof(text))) {
    case RD_KAFKA_CONF_OK:
      return Ok();
    case RD_KAFKA_CONF_UNKNOWN: {
      const auto near = Nearest(name, KnownProperties());
      return Error(Code::kConfigUnknownKey, "librdkafka has no property \"" + name + "\"" +
                                                (near ? "; did you mean \"" + *near + "\"?" : ""));
    }
    case RD_KAFKA_CONF_INVALID:
      break;
  }
  // librdkafka's text repeats the value, which may be a secret.
  return Error(Code::kConfigValue, "librdkafka does not take this value for \"" + name + "\"");
}

}  // namespace crossbill::bus
