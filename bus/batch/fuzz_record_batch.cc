// libFuzzer: any bytes as a stored record batch, with a right checksum, so that the inside is reached.
// Built with `cmake --preset fuzz`.
#include <xxhash.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>

#include "bus/batch/record_batch.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using crossbill::bus::FetchedRecord;
  using crossbill::bus::HeaderArena;
  using crossbill::bus::HeaderView;
  using crossbill::bus::RecordBatchReader;
  std::string value(reinterpret_cast<const char*>(data), size);
  if (size >= 40) {
    value[0] = 1;
    const std::uint64_t sum =
        XXH3_64bits_withSeed(value.data() + 40, size - 40, XXH3_64bits(value.data(), 32));
    std::memcpy(value.data() + 32, &sum, sizeof(sum));
  }
  auto reader = RecordBatchReader::Open(value, std::int64_t{1} << 40);
  if (!reader.ok()) {
    return 0;
  }
  HeaderArena arena;
  FetchedRecord fetched;
  volatile std::size_t bytes = 0;  // looks at every byte range that the reader hands out
  for (auto more = reader->Next(arena, fetched); more.ok() && *more; more = reader->Next(arena, fetched)) {
    for (const HeaderView& header : fetched.record.headers) {
      bytes = bytes + header.name.size() + header.value.size();
    }
    if (fetched.record.value) {
      bytes = bytes + fetched.record.value->find('\0');
    }
  }
  return 0;
}
