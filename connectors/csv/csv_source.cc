#include "connectors/csv/csv_source.h"

#include <algorithm>
#include <charconv>
#include <deque>
#include <filesystem>

#include "connectors/sdk/names.h"

namespace crossbill::connectors {
namespace {

std::string FolderOf(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string::npos ? "" : path.substr(0, slash);
}

std::string NameOfPath(const std::string& path) { return path.substr(path.rfind('/') + 1); }

// What the only "*" of a pattern's name stands for in a file's name; "*" when there is not exactly one.
std::string StarText(const std::string& pattern, const std::string& name) {
  const std::size_t star = pattern.find('*');
  if (star == std::string::npos || pattern.find('*', star + 1) != std::string::npos ||
      name.size() + 1 < pattern.size()) {
    return "*";
  }
  return name.substr(star, name.size() + 1 - pattern.size());
}

}  // namespace

std::string CompanionOf(const std::string& folder, const std::string& parent_pattern,
                        const std::string& child_pattern, const std::string& parent_path) {
  const std::string parent_folder = FolderOf(parent_path);
  const std::string name_pattern = NameOfPath(child_pattern);
  const auto files = ListFiles(parent_folder.empty() ? folder : folder + "/" + parent_folder, name_pattern);
  std::vector<std::string> matches;
  for (std::size_t i = 0; files.ok() && i < files->size(); ++i) {
    const std::string path =
        parent_folder.empty() ? (*files)[i].path : parent_folder + "/" + (*files)[i].path;
    if (MatchesGlob(child_pattern, path) && path != parent_path) {
      matches.push_back(path);
    }
  }
  const std::string star = StarText(NameOfPath(parent_pattern), NameOfPath(parent_path));
  for (const std::string& path : matches) {
    if (star != "*" && StarText(name_pattern, NameOfPath(path)) == star) {
      return path;
    }
  }
  return matches.size() == 1 ? matches[0] : "";
}

// What the rows of a batch point into.
struct CsvSource::BatchMemory {
  std::vector<std::shared_ptr<void>> parts;
  std::deque<std::string> names;
  Arena arena;
};

CsvSource::CsvSource(CsvSpec spec) : spec_(std::move(spec)) {
  if (spec_.children.empty()) {
    return;
  }
  spec_.walk.companions = [this](const FoundFile& found) -> std::optional<std::string> {
    std::string signature;
    for (const CsvChildSpec& child : spec_.children) {
      const std::string path = CompanionOf(spec_.walk.folder, spec_.walk.pattern, child.files, found.path);
      const auto listed =
          ListFiles(spec_.walk.folder + "/" + FolderOf(found.path), NameOfPath(path.empty() ? "none" : path));
      if (path.empty() || !listed.ok() || listed->empty()) {
        continue;
      }
      const FoundFile& file = listed->front();
      if (!walk_->IsOldEnough(file.modified)) {
        return std::nullopt;
      }
      signature += std::to_string(file.size) + "@" + std::to_string(file.modified) + " ";
    }
    return signature;
  };
}

Status CsvSource::Open(std::string_view position) {
  walk_.emplace(spec_.walk);
  CROSSBILL_RETURN_IF_ERROR(walk_->Open(position));
  CROSSBILL_RETURN_IF_ERROR(LearnColumns());
  children_.reserve(spec_.children.size());
  for (const CsvChildSpec& child : spec_.children) {
    CROSSBILL_TRY(Schema schema, ChildSchema(child));
    children_.push_back({child.name, std::move(schema)});
    std::vector<int> parents;
    for (const auto& [child_column, parent_column] : child.on) {
      CROSSBILL_RETURN_IF_ERROR(
          RequireColumns(children_.back().schema, {child_column}, "\"" + child.files + "\""));
      CROSSBILL_RETURN_IF_ERROR(RequireColumns(schema_, {parent_column}, "\"" + spec_.walk.pattern + "\""));
      parents.push_back(schema_.Find(parent_column));
    }
    CROSSBILL_RETURN_IF_ERROR(
        RequireColumns(children_.back().schema, child.order_by, "\"" + child.files + "\""));
    parent_columns_.push_back(std::move(parents));
  }
  return Ok();
}

namespace {

// All columns of the headers of some files, in order of their first appearance.
Status AddColumns(const std::string& path, std::int64_t size, const CsvOptions& options,
                  std::vector<std::string>& columns) {
  constexpr std::int64_t kEnoughForAHeader = 65536;
  CROSSBILL_TRY(const auto reader, CsvReader::Open(path, std::min(size, kEnoughForAHeader), options));
  for (const std::string& column : reader->columns()) {
    if (std::find(columns.begin(), columns.end(), column) == columns.end()) {
      columns.push_back(column);
    }
  }
  return Ok();
}

Schema TextSchema(const std::vector<std::string>& columns) {
  std::vector<Schema::Column> out;
  for (const std::string& column : columns) {
    out.push_back({column, ValueType::kText});
  }
  return Schema(std::move(out));
}

}  // namespace

Status CsvSource::LearnColumns() {
  std::vector<std::string>& columns = walk_->position().columns;
  for (const FoundFile& found : walk_->listed()) {
    if (columns.empty() || !walk_->position().files.contains(found.path)) {
      CROSSBILL_RETURN_IF_ERROR(AddColumns(walk_->PathOf(found.path), found.size, spec_.options, columns));
    }
  }
  if (columns.empty() && !spec_.options.columns.empty()) {
    columns = spec_.options.columns;
  }
  if (columns.empty()) {
    return walk_->listed().empty()
               ? NoFile(spec_.walk.folder, spec_.walk.pattern)
               : Error(Code::kSourceNoFile, "no file of \"" + spec_.walk.pattern +
                                                "\" has a header row yet; `columns:` can name the columns");
  }
  schema_ = TextSchema(columns);
  return Ok();
}

Result<Schema> CsvSource::ChildSchema(const CsvChildSpec& child) {
  std::vector<std::string> columns = child.options.columns;
  CROSSBILL_TRY(const auto files, ListFiles(spec_.walk.folder, child.files));
  for (const FoundFile& found : files) {
    CROSSBILL_RETURN_IF_ERROR(AddColumns(walk_->PathOf(found.path), found.size, child.options, columns));
  }
  if (columns.empty()) {
    return NoFile(spec_.walk.folder, child.files);
  }
  return TextSchema(columns);
}

Status CsvSource::StartFile() {
  const std::string path = walk_->PathOf(task_->found.path);
  CROSSBILL_TRY(reader_, CsvReader::Open(path, task_->found.size, spec_.options));
  fields_ = FieldsOf(schema_, reader_->columns());
  leftovers_.reset();
  skipped_ = false;
  child_rows_.clear();
  for (std::size_t i = 0; i < spec_.children.size(); ++i) {
    const std::string child =
        CompanionOf(spec_.walk.folder, spec_.walk.pattern, spec_.children[i].files, task_->found.path);
    child_rows_.emplace_back();
    if (!child.empty()) {
      CROSSBILL_TRY(child_rows_.back(),
                    CsvChildren::Load(walk_->PathOf(child), child, spec_.children[i], children_[i].schema));
    } else if (spec_.walk.log != nullptr) {
      spec_.walk.log->Warn("a file has no file of child rows beside it",
                           {{"file", task_->found.path}, {"child", spec_.children[i].name}});
    }
  }
  PrefixHash head;
  if (task_->offset > 0) {
    CROSSBILL_TRY(head, HashOfFile(path, task_->offset));
    CROSSBILL_RETURN_IF_ERROR(MarkParentsBefore(task_->offset));
  }
  reader_->Start(task_->offset, task_->line, std::move(head));
  return Ok();
}

// Which child rows were taken by the part of the file that was read before a restart.
Status CsvSource::MarkParentsBefore(std::int64_t offset) {
  if (child_rows_.empty()) {
    return Ok();
  }
  CROSSBILL_TRY(auto before, CsvReader::Open(walk_->PathOf(task_->found.path), offset, spec_.options));
  before->Start(0, 1, PrefixHash());
  CsvReader::Record record;
  std::vector<Value> cells(schema_.size());
  std::string key;
  while (true) {
    CROSSBILL_TRY(const bool any, before->Next(record));
    if (!any) {
      return Ok();
    }
    if (record.error || record.fields->size() != before->columns().size()) {
      continue;
    }
    for (std::size_t i = 0; i < cells.size(); ++i) {
      cells[i] =
          fields_[i] < 0 ? Value() : Value::Text((*record.fields)[static_cast<std::size_t>(fields_[i])]);
    }
    for (std::size_t child = 0; child < child_rows_.size(); ++child) {
      if (child_rows_[child] && ParentKey(cells.data(), child, key)) {
        child_rows_[child]->MarkFound(key);
      }
    }
  }
}

bool CsvSource::ParentKey(const Value* cells, std::size_t child, std::string& key) const {
  key.clear();
  for (const int column : parent_columns_[child]) {
    if (cells[column].IsNull()) {
      return false;
    }
    key.append(cells[column].AsText()).push_back('\x1f');
  }
  return true;
}

void CsvSource::AddRow(const CsvReader::Record& record, RowBatch& batch, BatchMemory& memory) {
  Value* cells = memory.arena.New<Value>(schema_.size());
  for (std::size_t i = 0; i < schema_.size(); ++i) {
    cells[i] = fields_[i] < 0 ? Value() : Value::Text((*record.fields)[static_cast<std::size_t>(fields_[i])]);
  }
  Row row;
  row.cells = cells;
  row.place = {memory.names.back(), record.line, 0, record.offset};
  row.raw = record.raw;
  char digits[24] = "@";
  const auto size =
      static_cast<std::size_t>(std::to_chars(digits + 1, digits + sizeof digits, record.offset).ptr - digits);
  const std::string& name = memory.names.back();
  char* version = memory.arena.Allocate(name.size() + size);
  std::copy(name.begin(), name.end(), version);
  std::copy(digits, digits + size, version + name.size());
  row.version = {version, name.size() + size};
  if (!child_rows_.empty()) {
    Value* lists = memory.arena.New<Value>(child_rows_.size());
    std::string key;
    for (std::size_t child = 0; child < child_rows_.size(); ++child) {
      lists[child] = child_rows_[child] && ParentKey(cells, child, key)
                         ? child_rows_[child]->ListOf(key, memory.arena)
                         : Value::List({});
    }
    row.children = {lists, child_rows_.size()};
  }
  batch.rows.push_back(row);
}

Result<bool> CsvSource::ReadRows(std::size_t max_rows, RowBatch& batch, BatchMemory& memory) {
  FilePosition& position = walk_->position();
  if (reader_->header_error() || (std::all_of(fields_.begin(), fields_.end(), [](int f) { return f < 0; }) &&
                                  !reader_->columns().empty())) {
    batch.bad_rows.push_back(
        {"", task_->found.path, 1, 0, 0, "", std::string(reader_->header_raw()),
         reader_->header_error()
             ? *reader_->header_error()
             : Error(Code::kRowColumns,
                     "the header has none of the columns of this stream; the file is not read")});
    skipped_ = true;
    return true;
  }
  memory.names.push_back(task_->found.path);
  const std::size_t columns = reader_->columns().size();
  CsvReader::Record record;
  bool end = false;
  while (batch.rows.size() + batch.bad_rows.size() < max_rows) {
    CROSSBILL_TRY(const bool any, reader_->Next(record));
    if (!any) {
      end = true;
      break;
    }
    if (memory.parts.empty() || memory.parts.back() != reader_->memory()) {
      memory.parts.push_back(reader_->memory());
    }
    if (!record.error && record.fields->size() != columns) {
      record.error.emplace(WrongColumns(record.fields->size(), columns));
    }
    if (record.error) {
      batch.bad_rows.push_back(
          {"", task_->found.path, record.line, 0, record.offset, "", std::string(record.raw), *record.error});
    } else {
      AddRow(record, batch, memory);
    }
  }
  position.offset = reader_->offset();
  position.line = reader_->line();
  position.head = reader_->HeadHash();
  batch.done = position.offset;
  batch.total = task_->found.size;
  return end;
}

bool CsvSource::ReadLeftovers(std::size_t max_rows, RowBatch& batch) {
  FilePosition& position = walk_->position();
  if (!leftovers_) {
    leftovers_.emplace();
    for (const auto& rows : child_rows_) {
      auto more = rows ? rows->Leftovers() : std::vector<BadRow>();
      leftovers_->insert(leftovers_->end(), std::make_move_iterator(more.begin()),
                         std::make_move_iterator(more.end()));
    }
  }
  while (position.extra < static_cast<std::int64_t>(leftovers_->size()) &&
         batch.rows.size() + batch.bad_rows.size() < max_rows) {
    batch.bad_rows.push_back((*leftovers_)[static_cast<std::size_t>(position.extra++)]);
  }
  return position.extra == static_cast<std::int64_t>(leftovers_->size());
}

Result<RowBatch> CsvSource::Read(std::size_t max_rows) {
  max_rows = std::max<std::size_t>(max_rows, 1);
  RowBatch batch;
  auto memory = std::make_shared<BatchMemory>();
  batch.memory = memory;
  FilePosition& position = walk_->position();
  while (batch.rows.size() + batch.bad_rows.size() < max_rows) {
    if (!task_) {
      CROSSBILL_TRY(task_, walk_->Next());
      if (!task_) {
        batch.at_end = true;
        batch.retry_ms = walk_->unsettled() ? spec_.walk.settle_ms : 0;
        break;
      }
      CROSSBILL_RETURN_IF_ERROR(StartFile());
    }
    for (const auto& rows : child_rows_) {
      memory->parts.push_back(rows);
    }
    if (!position.rows_done) {
      CROSSBILL_TRY(position.rows_done, ReadRows(max_rows, batch, *memory));
    }
    if (position.rows_done && ReadLeftovers(max_rows, batch)) {
      if (skipped_) {
        CROSSBILL_TRY(const PrefixHash whole,
                      HashOfFile(walk_->PathOf(task_->found.path), task_->found.size));
        walk_->Finish(*task_, task_->found.size, whole.Hex());
      } else {
        walk_->Finish(*task_, reader_->offset(), reader_->HeadHash());
      }
      task_.reset();
      reader_.reset();
      child_rows_.clear();
    }
  }
  batch.next = position.ToJson();
  return batch;
}

}  // namespace crossbill::connectors
