// Numbers and state keys as bytes; numbers are big-endian, so that RocksDB's order is the order of numbers.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace crossbill::bus {

void PutFixed32(std::string& out, std::uint32_t value);
void PutFixed64(std::string& out, std::uint64_t value);
// Take it from the front; false when there are not enough bytes.
bool GetFixed32(std::string_view& in, std::uint32_t& value);
bool GetFixed64(std::string_view& in, std::uint64_t& value);

// The number of a store, then the caller's key.
void EncodeStateKey(std::uint32_t store, std::string_view key, std::string& out);
inline constexpr std::size_t kStorePrefixBytes = 4;

}  // namespace crossbill::bus
