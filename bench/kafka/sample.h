// Some messages of a topic in a file, so that others can be made like them: keys, values and headers, one
// behind the other.
#pragma once

#include <cstdio>
#include <string>
#include <utility>
#include <vector>

#include "bench/kafka/client.h"

namespace crossbill::bench {

struct Message {
  std::string key;
  std::string value;
  std::vector<std::pair<std::string, std::string>> headers;
};

Message MessageOf(const rd_kafka_message_t& message);
void WriteSample(const std::string& path, const std::vector<Message>& messages);
std::vector<Message> ReadSample(const std::string& path);

}  // namespace crossbill::bench
