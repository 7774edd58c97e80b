#include "connectors/csv/csv_discover.h"

#include <algorithm>
#include <map>

#include "connectors/csv/csv_reader.h"
#include "connectors/sdk/glob.h"
#include "connectors/sdk/sql_found.h"

namespace crossbill::connectors {
namespace {

// "20261029/invoices.csv" and "20261030/invoices.csv" are one stream "*/invoices.csv"; "orders-202511.csv" is of "orders-*.csv".
std::string PatternOf(const std::string& path) {
  std::string out;
  const std::size_t name = path.rfind('/') + 1;
  for (std::size_t i = 0; i < path.size(); ++i) {
    const bool digit = path[i] >= '0' && path[i] <= '9';
    if (i < name) {
      out = out.empty() || out.back() == '/' ? out + "*" : out;
      out += path[i] == '/' ? "/" : "";
    } else if (!digit || i + 4 >= path.size()) {
      out += path[i];
    } else if (out.empty() || out.back() != '*') {
      out += "*";
    }
  }
  return out;
}

std::string NameOf(const std::string& pattern) {
  std::string name = pattern.substr(pattern.rfind('/') + 1);
  name = name.substr(0, name.rfind('.'));
  std::erase_if(name, [](char c) { return c == '*'; });
  while (!name.empty() && (name.back() == '-' || name.back() == '_')) {
    name.pop_back();
  }
  return name.empty() ? "rows" : name;
}

Result<FoundStream> Look(const std::string& path, const FoundFile& file, const std::string& pattern, const std::string& encoding) {
  CsvOptions options;
  options.delimiter = '\0';
  options.encoding = encoding;
  FoundStream found;
  found.name = NameOf(pattern);
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
  std::map<std::string, const FoundFile*> newest;
  for (const FoundFile& file : files) {
    newest[PatternOf(file.path)] = &file;
  }
  std::vector<FoundStream> out;
  out.reserve(newest.size());
  for (const auto& [pattern, file] : newest) {
    CROSSBILL_TRY(auto found, Look(folder + "/" + file->path, *file, pattern, encoding));
    out.push_back(std::move(found));
  }
  CompleteFound(out, {});
  return out;
}

}  // namespace crossbill::connectors
