#include "bench/kafka/sample.h"

#include <fstream>

namespace crossbill::bench {
namespace {

void WriteText(std::ofstream& out, const std::string& text) {
  const auto size = static_cast<std::uint32_t>(text.size());
  out.write(reinterpret_cast<const char*>(&size), sizeof(size));
  out.write(text.data(), static_cast<std::streamsize>(text.size()));
}

bool ReadText(std::ifstream& in, std::string& text) {
  std::uint32_t size = 0;
  if (!in.read(reinterpret_cast<char*>(&size), sizeof(size))) {
    return false;
  }
  text.resize(size);
  return static_cast<bool>(in.read(text.data(), size));
}

}  // namespace

Message MessageOf(const rd_kafka_message_t& message) {
  Message out;
  out.key.assign(static_cast<const char*>(message.key), message.key_len);
  out.value.assign(static_cast<const char*>(message.payload), message.len);
  rd_kafka_headers_t* headers = nullptr;
  if (rd_kafka_message_headers(&message, &headers) == RD_KAFKA_RESP_ERR_NO_ERROR) {
    const char* name = nullptr;
    const void* value = nullptr;
    std::size_t size = 0;
    for (std::size_t i = 0; rd_kafka_header_get_all(headers, i, &name, &value, &size) == 0; ++i) {
      out.headers.emplace_back(name, std::string(static_cast<const char*>(value), size));
    }
  }
  return out;
}

void WriteSample(const std::string& path, const std::vector<Message>& messages) {
  std::ofstream out(path, std::ios::binary);
  for (const Message& message : messages) {
    WriteText(out, message.key);
    WriteText(out, message.value);
    WriteText(out, std::to_string(message.headers.size()));
    for (const auto& [name, value] : message.headers) {
      WriteText(out, name);
      WriteText(out, value);
    }
  }
  if (!out.flush()) {
    Fail(path + " cannot be written");
  }
}

std::vector<Message> ReadSample(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::vector<Message> messages;
  Message message;
  std::string count;
  while (ReadText(in, message.key)) {
    if (!ReadText(in, message.value) || !ReadText(in, count)) {
      Fail(path + " is damaged");
    }
    message.headers.resize(std::stoul(count));
    for (auto& [name, value] : message.headers) {
      if (!ReadText(in, name) || !ReadText(in, value)) {
        Fail(path + " is damaged");
      }
    }
    messages.push_back(message);
  }
  if (messages.empty()) {
    Fail(path + " has no messages");
  }
  return messages;
}

}  // namespace crossbill::bench
