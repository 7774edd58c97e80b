#include "connectors/csv/csv_children.h"

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <fstream>

namespace crossbill::connectors {
namespace {

constexpr std::uint32_t kNull = 0xFFFFFFFF;

bool TextBefore(std::string_view a, std::string_view b, bool& equal) {
  const auto x = Decimal::Parse(a);
  const auto y = Decimal::Parse(b);
  if (x.ok() && y.ok()) {
    equal = *x == *y;
    return *x < *y;
  }
  equal = a == b;
  return a < b;
}

}  // namespace

std::vector<int> FieldsOf(const Schema& schema, const std::vector<std::string>& file_columns) {
  std::vector<int> out(schema.size(), -1);
  for (std::size_t i = 0; i < file_columns.size(); ++i) {
    const int column = schema.Find(file_columns[i]);
    if (column >= 0) {
      out[static_cast<std::size_t>(column)] = static_cast<int>(i);
    }
  }
  return out;
}

Error WrongColumns(std::size_t fields, std::size_t columns) {
  return {Code::kRowColumns, "the row has " + std::to_string(fields) +
                                 (fields == 1 ? " column" : " columns") + ", the file has " +
                                 std::to_string(columns)};
}

Result<std::shared_ptr<CsvChildren>> CsvChildren::Load(const std::string& path, const std::string& relative,
                                                       const CsvChildSpec& spec, const Schema& schema) {
  auto out = std::make_shared<CsvChildren>();
  out->spec_ = &spec;
  out->schema_ = &schema;
  out->path_ = path;
  out->relative_ = relative;
  for (const auto& [child_column, parent_column] : spec.on) {
    out->on_columns_.push_back(schema.Find(child_column));
  }
  for (const std::string& column : spec.order_by) {
    out->order_columns_.push_back(schema.Find(column));
  }
  std::error_code error;
  const auto size = static_cast<std::int64_t>(std::filesystem::file_size(path, error));
  if (error) {
    return Error(Code::kSourceUnavailable, "the file \"" + path + "\" cannot be read: " + error.message());
  }
  CROSSBILL_TRY(auto reader, CsvReader::Open(path, size, spec.options));
  const std::vector<int> fields = FieldsOf(schema, reader->columns());
  reader->Start(0, 1, PrefixHash());
  CsvReader::Record record;
  while (true) {
    CROSSBILL_TRY(const bool any, reader->Next(record));
    if (!any) {
      break;
    }
    if (record.error) {
      out->Reject(record, *record.error);
    } else if (record.fields->size() != reader->columns().size()) {
      out->Reject(record, WrongColumns(record.fields->size(), reader->columns().size()));
    } else {
      out->Add(record, fields);
    }
  }
  return out;
}

void CsvChildren::Reject(const CsvReader::Record& record, Error error) {
  bad_.push_back({spec_->records_as, relative_, record.line, 0, record.offset, "", std::string(record.raw),
                  std::move(error)});
}

void CsvChildren::Add(const CsvReader::Record& record, const std::vector<int>& field_of_column) {
  std::size_t bytes = 0;
  for (const int field : field_of_column) {
    bytes += field < 0 ? 0 : (*record.fields)[static_cast<std::size_t>(field)].size();
  }
  char* to = arena_.Allocate(bytes);
  rows_.push_back({to, 0, static_cast<std::uint32_t>(record.raw.size()), record.line, record.offset});
  for (const int field : field_of_column) {
    const std::string_view text =
        field < 0 ? std::string_view() : (*record.fields)[static_cast<std::size_t>(field)];
    lengths_.push_back(field < 0 ? kNull : static_cast<std::uint32_t>(text.size()));
    if (!text.empty()) {
      std::memcpy(to, text.data(), text.size());
      to += text.size();
    }
  }
  std::string key;
  for (const int column : on_columns_) {
    const int field = field_of_column[static_cast<std::size_t>(column)];
    key.append(field < 0 ? std::string_view() : (*record.fields)[static_cast<std::size_t>(field)])
        .push_back('\x1f');
  }
  const auto row = static_cast<std::uint32_t>(rows_.size());
  Group& group = groups_[key];
  if (group.first == 0) {
    group.first = row;
  } else {
    rows_[group.last - 1].next = row;
  }
  group.last = row;
}

void CsvChildren::Cells(std::uint32_t row, Value* cells) const {
  const char* at = rows_[row].text;
  const std::uint32_t* lengths = &lengths_[row * schema_->size()];
  for (std::size_t i = 0; i < schema_->size(); ++i) {
    if (lengths[i] == kNull) {
      cells[i] = Value();
      continue;
    }
    cells[i] = Value::Text({at, lengths[i]});
    at += lengths[i];
  }
}

bool CsvChildren::Before(std::uint32_t a, std::uint32_t b) const {
  std::vector<Value> x(schema_->size());
  std::vector<Value> y(schema_->size());
  Cells(a, x.data());
  Cells(b, y.data());
  for (const int column : order_columns_) {
    bool equal = false;
    const bool before = TextBefore(x[static_cast<std::size_t>(column)].AsText(),
                                   y[static_cast<std::size_t>(column)].AsText(), equal);
    if (!equal) {
      return before;
    }
  }
  return false;
}

Value CsvChildren::ListOf(const std::string& key, Arena& arena) {
  const auto it = groups_.find(key);
  if (it == groups_.end()) {
    return Value::List({});
  }
  it->second.found = true;
  std::vector<std::uint32_t> rows;
  for (std::uint32_t row = it->second.first; row != 0; row = rows_[row - 1].next) {
    rows.push_back(row - 1);
  }
  if (!order_columns_.empty()) {
    std::stable_sort(rows.begin(), rows.end(),
                     [&](std::uint32_t a, std::uint32_t b) { return Before(a, b); });
  }
  Value* items = arena.New<Value>(rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    Value* cells = arena.New<Value>(schema_->size());
    Cells(rows[i], cells);
    items[i] = Value::Record(schema_, cells);
  }
  return Value::List({items, rows.size()});
}

void CsvChildren::MarkFound(const std::string& key) {
  const auto it = groups_.find(key);
  if (it != groups_.end()) {
    it->second.found = true;
  }
}

std::string CsvChildren::RawOf(const Row& row) const {
  std::string raw(row.raw_size, '\0');
  std::ifstream in(path_, std::ios::binary);
  in.seekg(row.offset);
  in.read(raw.data(), static_cast<std::streamsize>(raw.size()));
  raw.resize(static_cast<std::size_t>(in.gcount()));
  return raw;
}

std::vector<BadRow> CsvChildren::Leftovers() const {
  std::vector<BadRow> out = bad_;
  for (const auto& [key, group] : groups_) {
    if (group.found || !spec_->report_orphans) {
      continue;
    }
    std::string shown = key.substr(0, key.size() - 1);
    std::replace(shown.begin(), shown.end(), '\x1f', '|');
    for (std::uint32_t row = group.first; row != 0; row = rows_[row - 1].next) {
      const Row& at = rows_[row - 1];
      out.push_back({spec_->records_as, relative_, at.line, 0, at.offset, "", RawOf(at),
                     Error(Code::kRowOrphan, "no row of the parent's file has the key \"" + shown + "\"")});
    }
  }
  std::sort(out.begin(), out.end(),
            [](const BadRow& a, const BadRow& b) { return a.byte_offset < b.byte_offset; });
  return out;
}

}  // namespace crossbill::connectors
