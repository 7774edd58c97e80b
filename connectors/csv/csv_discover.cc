#include "connectors/csv/csv_discover.h"

#include <algorithm>

#include "connectors/csv/csv_reader.h"
#include "connectors/sdk/file_groups.h"
#include "connectors/sdk/glob.h"
#include "connectors/sdk/sql_found.h"

namespace crossbill::connectors {
namespace {

Result<FoundStream> Look(const std::string& path, const FoundFile& file, const std::string& pattern,
                         const std::string& encoding) {
  CsvOptions options;
  options.delimiter = '\0';
  options.encoding = encoding;
  FoundStream found;
  found.name = NameOfGroup(pattern);
  CROSSBILL_TRY(auto reader, CsvReader::Open(path, std::min<std::int64_t>(file.size, 1 << 20), options));
  std::vector<Schema::Column> columns;
  for (const std::string& column : reader->columns()) {
    columns.push_back({column, ValueType::kText});
  }
  found.schema = Schema(std::move(columns));
  found.settings = {{"files", pattern}, {"delimiter", "auto"}};
  reader->Start(0, 1, PrefixHash());
  CsvReader::Record record;
  while (found.samples.size() < 20) {
    CROSSBILL_TRY(const bool any, reader->Next(record));
    if (!any) {
      break;
    }
    if (!record.error && record.fields->size() == reader->columns().size()) {
      found.samples.emplace_back(record.fields->begin(), record.fields->end());
    }
  }
  return found;
}

}  // namespace

Result<std::vector<FoundStream>> DiscoverCsv(const std::string& folder, const std::string& encoding) {
  CROSSBILL_TRY(const auto files, ListFiles(folder, "**/*.{csv,CSV,txt,tsv}"));
  const auto newest = NewestOfEachGroup(files);
  std::vector<FoundStream> out;
  out.reserve(newest.size());
  for (const auto& [pattern, file] : newest) {
    CROSSBILL_TRY(auto found, Look(folder + "/" + file.path, file, pattern, encoding));
    out.push_back(std::move(found));
  }
  CompleteFound(out, {});
  return out;
}

}  // namespace crossbill::connectors
