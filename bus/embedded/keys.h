// The keys of the embedded bus; numbers are big-endian, so that RocksDB's order is the order of partitions
// and offsets.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "bus/record.h"
#include "bus/state/encoding.h"

namespace crossbill::bus {

// Column family "records": topic number, partition, last offset of the batch.
inline constexpr std::size_t kRecordKeyBytes = 16;
struct RecordKey {
  std::uint32_t topic = 0;
  std::uint32_t partition = 0;
  std::uint64_t last_offset = 0;
};
std::string EncodeRecordKey(const RecordKey& key);
std::optional<RecordKey> DecodeRecordKey(std::string_view bytes);

// Column family "default".
inline constexpr std::string_view kFormatKey = "format";
inline constexpr char kTopicPrefix =
    't';  // t <name>                  -> topic number, partitions, compacted, retention
inline constexpr char kPartitionPrefix =
    'b';  // b <topic> <partition>     -> begin, cleaned up to, records kept below that
inline constexpr char kOffsetPrefix = 'o';    // o <topic> <partition> <group> -> offset
inline constexpr char kProducerPrefix = 'p';  // p <transactional id>      -> epoch
inline constexpr char kStorePrefix = 's';     // s <store name>            -> store number

std::string NameKey(char prefix, std::string_view name);
std::string PartitionKey(std::uint32_t topic, std::uint32_t partition);
std::string OffsetKey(std::uint32_t topic, std::uint32_t partition, std::string_view group);

}  // namespace crossbill::bus
