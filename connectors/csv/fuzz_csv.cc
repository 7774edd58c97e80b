// Any bytes as a CSV file in one of several encodings: reading ends, and every byte is part of one record at
// most.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "connectors/csv/csv_reader.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using crossbill::connectors::CsvOptions;
  using crossbill::connectors::CsvReader;
  if (size < 2) {
    return 0;
  }
  const char* encodings[] = {"utf-8", "gb18030", "cp932", "big5", "euc-jp", "utf-16", "cp037"};
  static const std::string path =
      (std::filesystem::temp_directory_path() / ("fuzz-csv-" + std::to_string(std::rand()))).string();
  std::ofstream(path, std::ios::binary)
      .write(reinterpret_cast<const char*>(data) + 2, static_cast<std::streamsize>(size - 2));
  CsvOptions options;
  options.encoding = encodings[data[0] % 7];
  options.delimiter = data[1] % 2 == 0 ? ',' : '\0';
  options.max_row = 64;
  auto reader = CsvReader::Open(path, static_cast<std::int64_t>(size) - 2, options);
  if (!reader.ok()) {
    return 0;
  }
  (*reader)->Start(0, 1, crossbill::connectors::PrefixHash());
  CsvReader::Record record;
  std::int64_t behind = 0;
  for (auto any = (*reader)->Next(record); any.ok() && *any; any = (*reader)->Next(record)) {
    CROSSBILL_CHECK(record.offset >= behind && (*reader)->offset() > record.offset);
    behind = (*reader)->offset();
  }
  CROSSBILL_CHECK((*reader)->HeadHash().size() == 16);
  return 0;
}
