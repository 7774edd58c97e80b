#include "bus/embedded/keys.h"

namespace crossbill::bus {
std::string EncodeRecordKey(const RecordKey& key) {
  std::string out;
  out.reserve(kRecordKeyBytes);
  PutFixed32(out, key.topic);
  PutFixed32(out, key.partition);
  PutFixed64(out, key.last_offset);
  return out;
}

std::optional<RecordKey> DecodeRecordKey(std::string_view bytes) {
  RecordKey key;
  if (bytes.size() != kRecordKeyBytes || !GetFixed32(bytes, key.topic) || !GetFixed32(bytes, key.partition) ||
      !GetFixed64(bytes, key.last_offset)) {
    return std::nullopt;
  }
  return key;
}

std::string NameKey(char prefix, std::string_view name) { return prefix + std::string(name); }

std::string PartitionKey(std::uint32_t topic, std::uint32_t partition) {
  std::string out(1, kPartitionPrefix);
  PutFixed32(out, topic);
  PutFixed32(out, partition);
  return out;
}

std::string OffsetKey(std::uint32_t topic, std::uint32_t partition, std::string_view group) {
  std::string out(1, kOffsetPrefix);
  PutFixed32(out, topic);
  PutFixed32(out, partition);
  out.append(group);
  return out;
}

}  // namespace crossbill::bus
