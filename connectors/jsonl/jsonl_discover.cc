#include "connectors/jsonl/jsonl_discover.h"

#include <algorithm>

#include "connectors/jsonl/jsonl_reader.h"
#include "connectors/sdk/file_groups.h"
#include "connectors/sdk/row_text.h"
#include "connectors/sdk/sql_found.h"

namespace crossbill::connectors {
namespace {

// One object's fields by their dotted names.
struct Flat {
  std::vector<std::pair<std::string, Value>> fields;
  void Add(const std::string& prefix, const Value& object) {
    for (const MapEntry& entry : object.AsMap()) {
      const std::string name =
          prefix.empty() ? std::string(entry.key) : prefix + "." + std::string(entry.key);
      if (entry.value.type() == ValueType::kMap) {
        Add(name, entry.value);
      } else {
        fields.emplace_back(name, entry.value);
      }
    }
  }
};

Result<FoundStream> Look(const std::string& path, const FoundFile& file, const std::string& pattern,
                         const std::string& encoding) {
  DecoderCache decoders;
  CROSSBILL_TRY(auto reader, JsonlReader::Open(path, std::min<std::int64_t>(file.size, 1 << 20), encoding,
                                               decoders, 1 << 20));
  std::vector<Flat> objects;
  std::vector<Schema::Column> columns;
  std::vector<std::shared_ptr<void>> memory;
  JsonlReader::Record record;
  while (objects.size() < 20) {
    CROSSBILL_TRY(const bool any, reader->Next(record));
    if (!any) {
      break;
    }
    if (record.error) {
      continue;
    }
    memory.push_back(reader->memory());
    objects.emplace_back().Add("", *record.object);
    for (const auto& [name, value] : objects.back().fields) {
      const auto known = std::find_if(columns.begin(), columns.end(),
                                      [&, n = std::string_view(name)](const auto& c) { return c.name == n; });
      if (known == columns.end()) {
        columns.push_back({name, value.type()});
      } else if (known->type == ValueType::kNull || value.type() == ValueType::kDecimal) {
        known->type = value.type();
      }
    }
  }
  FoundStream found;
  found.name = NameOfGroup(pattern);
  for (const Flat& object : objects) {
    std::vector<std::string> sample;
    for (const auto& column : columns) {
      const auto it = std::find_if(object.fields.begin(), object.fields.end(),
                                   [&](const auto& field) { return field.first == column.name; });
      sample.push_back(it == object.fields.end() ? "" : TextOf(it->second));
    }
    found.samples.push_back(std::move(sample));
  }
  found.schema = Schema(std::move(columns));
  found.settings = {{"files", pattern}};
  return found;
}

}  // namespace

Result<std::vector<FoundStream>> DiscoverJsonl(const std::string& folder, const std::string& encoding) {
  CROSSBILL_TRY(const auto files, ListFiles(folder, "**/*.{jsonl,ndjson,JSONL}"));
  std::vector<FoundStream> out;
  const auto newest = NewestOfEachGroup(files);
  out.reserve(newest.size());
  for (const auto& [pattern, file] : newest) {
    CROSSBILL_TRY(auto found, Look(folder + "/" + file.path, file, pattern, encoding));
    out.push_back(std::move(found));
  }
  CompleteFound(out, {});
  for (FoundStream& found : out) {
    found.children.clear();  // files of JSON lines have their lines inside
  }
  return out;
}

}  // namespace crossbill::connectors
