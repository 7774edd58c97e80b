#include "connectors/sqlite/sqlite_source.h"

#include <algorithm>

#include "connectors/sdk/row_text.h"

namespace crossbill::connectors {
namespace {

using Phase = SqlPosition::Phase;
constexpr std::size_t kChunkRows = 8192;

std::vector<std::string> NamesOf(const Schema& schema) {
  std::vector<std::string> names;
  for (const auto& column : schema.columns()) {
    names.push_back(column.name);
  }
  return names;
}

std::vector<std::string> ChildSide(const SqlChildSpec& spec) {
  std::vector<std::string> out;
  for (const auto& [child_column, parent_column] : spec.on) {
    out.push_back(child_column);
  }
  return out;
}

bool SameOrder(const Value* a, const Value* b, const std::vector<int>& columns) {
  return std::all_of(columns.begin(), columns.end(), [&](int column) {
    return a[column].type() == b[column].type() && TextOf(a[column]) == TextOf(b[column]);
  });
}

SqlKey OrderValue(const Value& value) {
  switch (value.type()) {
    case ValueType::kInt:
      return SqlKey(value.AsInt());
    case ValueType::kDecimal: {
      const Decimal decimal = value.AsDecimal();
      const std::string text = decimal.ToString();
      if (decimal.scale() == 0 && text.size() < 19) {
        return SqlKey(static_cast<std::int64_t>(decimal.coefficient()));
      }
      return SqlKey(std::strtod(text.c_str(), nullptr));  // SQLite itself holds a double there
    }
    default:
      return SqlKey(std::string(value.AsText()));
  }
}

std::string EachIs(const std::vector<std::string>& columns, std::string_view test, std::string_view joint) {
  std::string out;
  for (const std::string& column : columns) {
    out += (out.empty() ? "" : std::string(joint)) + QuoteIdentifier(column) + std::string(test);
  }
  return "(" + out + ")";
}

std::string Marks(std::size_t n) {
  std::string out = "?";
  for (std::size_t i = 1; i < n; ++i) {
    out += ", ?";
  }
  return out;
}

std::string KeyText(const Schema& schema, const Value* cells, const std::vector<std::string>& key) {
  std::string out;
  for (std::size_t i = 0; i < key.size(); ++i) {
    const int column = schema.Find(key[i]);
    out += i == 0 ? "" : "|";
    if (column >= 0) {
      AppendText(cells[column], out);
    }
  }
  return out;
}

}  // namespace

struct SqliteSource::ChunkRow {
  const Value* cells = nullptr;
  Value* lists = nullptr;  // one a child
  std::string_view version;
  bool bad = false;  // has text that is not UTF-8
};

struct SqliteSource::Chunk {
  Arena arena;
  std::vector<ChunkRow> rows;
  std::vector<BadRow> orphans;
  std::vector<std::pair<std::size_t, BadRow>> bad_children;  // and the row to which they belong
  bool last = false;                                         // of its phase
};

const std::vector<std::string>& SqliteSource::OrderOfPhase() const {
  return position_.phase == Phase::kRows && !spec_.cursor.empty() ? cursor_order_ : key_columns_;
}

BadRow SqliteSource::BadText(const Schema& schema, const Value* cells, const std::vector<std::string>& key,
                             const std::string& stream) const {
  return BadRow{stream,
                "",
                0,
                0,
                -1,
                KeyText(schema, cells, key),
                JsonOf(Value::Record(&schema, cells)),
                Error(Code::kRowEncoding, "a text of the row is not UTF-8, as SQLite has it")};
}

std::string SqliteSource::SelectRows() const {
  std::string sql = "SELECT " + QuoteList(NamesOf(schema_)) + " FROM " + from_ + " WHERE ";
  const std::vector<std::string>& order = OrderOfPhase();
  switch (position_.phase) {
    case Phase::kRows:
      sql += EachIs(order, " IS NOT NULL", " AND ");
      break;
    case Phase::kNullCursor:
      sql += EachIs(spec_.cursor, " IS NULL", " OR ") + " AND " + EachIs(order, " IS NOT NULL", " AND ");
      break;
    default:
      sql += EachIs(order, " IS NULL", " OR ");
  }
  if (!position_.after.empty()) {
    sql += " AND (" + QuoteList(order) + ") > (" + Marks(order.size()) + ")";
  } else if (position_.phase == Phase::kRows && position_.from && !spec_.cursor.empty()) {
    sql += " AND " + QuoteIdentifier(spec_.cursor[0]) + " >= ?";
  }
  return sql + " ORDER BY " + QuoteList(order) + " LIMIT ? OFFSET ?";
}

const Value* SqliteSource::ReadCells(const SqliteStatement& statement, const Schema& schema, bool& valid) {
  Value* cells = chunk_->arena.New<Value>(schema.size());
  for (std::size_t i = 0; i < schema.size(); ++i) {
    cells[i] = statement.Cell(static_cast<int>(i), schema.columns()[i].type, chunk_->arena, valid);
  }
  return cells;
}

Status SqliteSource::FetchRows(std::size_t limit) {
  CROSSBILL_TRY(SqliteStatement statement, db_->Prepare(SelectRows()));
  int parameter = 0;
  for (const SqlKey& key : position_.after) {
    statement.Bind(++parameter, key);
  }
  if (position_.after.empty() && position_.phase == Phase::kRows && position_.from && !spec_.cursor.empty()) {
    statement.Bind(++parameter, *position_.from);
  }
  statement.Bind(++parameter, SqlKey(static_cast<std::int64_t>(limit)));
  statement.Bind(++parameter, SqlKey(position_.phase == Phase::kNullKey ? position_.skip : std::int64_t{0}));
  const bool versions = position_.phase == Phase::kRows && !spec_.cursor.empty();
  while (true) {
    CROSSBILL_TRY(const bool more, statement.Step());
    if (!more) {
      break;
    }
    for (const int column : blob_columns_) {
      if (statement.IsBlob(column)) {
        return Error(Code::kSourceQuery, "column \"" +
                                             schema_.columns()[static_cast<std::size_t>(column)].name +
                                             "\" of the key or cursor holds binary data");
      }
    }
    ChunkRow row;
    bool valid = true;
    row.cells = ReadCells(statement, schema_, valid);
    row.bad = !valid;
    if (versions) {
      row.version = chunk_->arena.Copy(KeyText(schema_, row.cells, spec_.cursor));
    }
    chunk_->rows.push_back(row);
  }
  chunk_->last = chunk_->rows.size() < limit;
  return Ok();
}

// Parents by the text of their side of `on`; what the database calls equal has the same text.
struct SqliteSource::Parents {
  struct Group {
    std::size_t first_row = 0;
    std::vector<const Value*> children;
  };
  std::vector<int> parent_columns;
  std::vector<int> child_columns;
  std::unordered_map<std::string, Group> groups;
  std::string keys;  // of all groups as a JSON list, for json_each

  static bool KeyOf(const Value* cells, const std::vector<int>& columns, std::string& out) {
    out.clear();
    for (const int column : columns) {
      if (cells[column].IsNull()) {
        return false;
      }
      AppendText(cells[column], out);
      out.push_back('\x1f');
    }
    return true;
  }

  void Add(const Value* cells, std::size_t row) {
    std::string text;
    if (!KeyOf(cells, parent_columns, text) || !groups.try_emplace(text, Group{row, {}}).second) {
      return;
    }
    const bool several = parent_columns.size() > 1;
    keys += keys.empty() ? "[" : ",";
    keys += several ? "[" : "";
    for (std::size_t i = 0; i < parent_columns.size(); ++i) {
      keys += i == 0 ? "" : ",";
      AppendJson(cells[parent_columns[i]], keys);
    }
    keys += several ? "]" : "";
  }
};

std::string SqliteSource::SelectChildren(std::size_t child) const {
  const SqlChildSpec& spec = spec_.children[child];
  std::string values = "value";
  for (std::size_t i = 0; spec.on.size() > 1 && i < spec.on.size(); ++i) {
    values = (i == 0 ? "" : values + ", ") + "json_extract(value, '$[" + std::to_string(i) + "]')";
  }
  const std::vector<std::string>& order = child_order_[child];
  return "SELECT " + QuoteList(NamesOf(children_[child].schema)) + " FROM " + QuoteIdentifier(spec.table) +
         " WHERE (" + QuoteList(ChildSide(spec)) + ") IN (SELECT " + values + " FROM json_each(?))" +
         (order.empty() ? "" : " ORDER BY " + QuoteList(order));
}

Status SqliteSource::FetchChildren(std::size_t child) {
  const SqlChildSpec& spec = spec_.children[child];
  const Schema& schema = children_[child].schema;
  Parents parents;
  for (const auto& [child_column, parent_column] : spec.on) {
    parents.parent_columns.push_back(schema_.Find(parent_column));
    parents.child_columns.push_back(schema.Find(child_column));
  }
  for (std::size_t i = 0; i < chunk_->rows.size(); ++i) {
    parents.Add(chunk_->rows[i].cells, i);
  }
  CROSSBILL_TRY(SqliteStatement statement, db_->Prepare(SelectChildren(child)));
  statement.Bind(1, SqlKey(parents.keys.empty() ? std::string("[]") : parents.keys + "]"));
  std::string text;
  while (true) {
    CROSSBILL_TRY(const bool more, statement.Step());
    if (!more) {
      break;
    }
    bool valid = true;
    const Value* cells = ReadCells(statement, schema, valid);
    const auto group =
        Parents::KeyOf(cells, parents.child_columns, text) ? parents.groups.find(text) : parents.groups.end();
    if (group == parents.groups.end()) {
      continue;
    }
    if (valid) {
      group->second.children.push_back(cells);
    } else {
      chunk_->bad_children.emplace_back(group->second.first_row,
                                        BadText(schema, cells, spec.key, spec.records_as));
    }
  }
  for (ChunkRow& row : chunk_->rows) {
    if (!Parents::KeyOf(row.cells, parents.parent_columns, text)) {
      continue;
    }
    const auto& found = parents.groups.find(text)->second.children;
    Value* items = chunk_->arena.New<Value>(found.size());
    for (std::size_t i = 0; i < found.size(); ++i) {
      items[i] = Value::Record(&schema, found[i]);
    }
    row.lists[child] = Value::List({items, found.size()});
  }
  return Ok();
}

std::string SqliteSource::SelectOrphans(std::size_t child) const {
  const SqlChildSpec& spec = spec_.children[child];
  std::vector<std::string> parent;
  for (const auto& [child_column, parent_column] : spec.on) {
    parent.push_back(parent_column);
  }
  const std::vector<std::string> on = ChildSide(spec);
  return "SELECT " + QuoteList(NamesOf(children_[child].schema)) + " FROM " + QuoteIdentifier(spec.table) +
         " WHERE " + EachIs(on, " IS NULL", " OR ") + " OR (" + QuoteList(on) + ") NOT IN (SELECT " +
         QuoteList(parent) + " FROM " + from_ + " WHERE " + EachIs(parent, " IS NOT NULL", " AND ") +
         ") ORDER BY " + QuoteList(spec.key) + " LIMIT ? OFFSET ?";
}

Status SqliteSource::FetchOrphans(std::size_t limit) {
  const auto child = static_cast<std::size_t>(orphans_of_);
  const SqlChildSpec& spec = spec_.children[child];
  const Schema& schema = children_[child].schema;
  CROSSBILL_TRY(SqliteStatement statement, db_->Prepare(SelectOrphans(child)));
  statement.Bind(1, SqlKey(static_cast<std::int64_t>(limit)));
  statement.Bind(2, SqlKey(position_.skip));
  while (true) {
    CROSSBILL_TRY(const bool more, statement.Step());
    if (!more) {
      break;
    }
    bool valid = true;
    const Value* cells = ReadCells(statement, schema, valid);
    BadRow bad = BadText(schema, cells, spec.key, spec.records_as);
    bad.error = Error(Code::kRowOrphan, "there is no row in " +
                                            (spec_.table.empty() ? "the query" : "\"" + spec_.table + "\"") +
                                            " to which this row of \"" + spec.table + "\" belongs");
    chunk_->orphans.push_back(std::move(bad));
  }
  chunk_->last = chunk_->orphans.size() < limit;
  return Ok();
}

// Rows that are equal in all order columns stay together: the last group of a full chunk may go on behind it.
// False: all is one group.
bool SqliteSource::DropLastGroup() {
  std::vector<int> columns;
  for (const std::string& name : OrderOfPhase()) {
    columns.push_back(schema_.Find(name));
  }
  std::size_t end = chunk_->rows.size() - 1;
  while (end > 0 && SameOrder(chunk_->rows[end - 1].cells, chunk_->rows.back().cells, columns)) {
    --end;
  }
  chunk_->rows.resize(end);
  return end > 0;
}

Status SqliteSource::FetchInTransaction(std::size_t limit) {
  while (true) {
    chunk_ = std::make_shared<Chunk>();
    chunk_at_ = 0;
    if (position_.phase == Phase::kOrphans) {
      return FetchOrphans(limit);
    }
    CROSSBILL_RETURN_IF_ERROR(FetchRows(limit));
    if (chunk_->last || position_.phase == Phase::kNullKey || DropLastGroup()) {
      break;
    }
    limit *= 2;
  }
  for (ChunkRow& row : chunk_->rows) {
    row.lists = chunk_->arena.New<Value>(children_.size());
    std::fill_n(row.lists, children_.size(), Value::List({}));
  }
  for (std::size_t child = 0; child < children_.size() && !chunk_->rows.empty(); ++child) {
    CROSSBILL_RETURN_IF_ERROR(FetchChildren(child));
  }
  return Ok();
}

Status SqliteSource::Fetch(std::size_t max_rows) {
  if (position_.phase == Phase::kRows && position_.after.empty()) {
    CROSSBILL_TRY(version_at_start_, db_->DataVersion());
    done_ = 0;
  }
  CROSSBILL_RETURN_IF_ERROR(db_->Execute("BEGIN"));
  Status status = FetchInTransaction(std::max(max_rows, kChunkRows));
  const Status ended = db_->Execute("COMMIT");
  if (!status.ok()) {
    chunk_.reset();
    return status;
  }
  return ended;
}

// False when the pass is over.
bool SqliteSource::NextPhase() {
  chunk_.reset();
  position_.after.clear();
  position_.skip = 0;
  position_.child.clear();
  switch (position_.phase) {
    case Phase::kRows:
      if (!spec_.cursor.empty() && !sweep_.due()) {
        return false;
      }
      sweep_.Begin();
      position_.phase = spec_.cursor.empty() ? Phase::kNullKey : Phase::kNullCursor;
      return true;
    case Phase::kNullCursor:
      position_.phase = Phase::kNullKey;
      return true;
    case Phase::kNullKey:
      position_.phase = Phase::kOrphans;
      orphans_of_ = -1;
      break;
    case Phase::kOrphans:
      break;
  }
  for (++orphans_of_; orphans_of_ < static_cast<int>(spec_.children.size()); ++orphans_of_) {
    if (spec_.children[static_cast<std::size_t>(orphans_of_)].report_orphans) {
      position_.child = spec_.children[static_cast<std::size_t>(orphans_of_)].name;
      return true;
    }
  }
  return false;
}

void SqliteSource::Advance(const ChunkRow& row) {
  if (position_.phase == Phase::kNullKey) {
    return;
  }
  position_.after.clear();
  for (const std::string& name : OrderOfPhase()) {
    position_.after.push_back(OrderValue(row.cells[schema_.Find(name)]));
  }
  if (position_.phase == Phase::kRows && !spec_.cursor.empty()) {
    const SqlKey& newest = position_.after[0];
    if (!position_.high || position_.high->index() != newest.index() || *position_.high < newest) {
      position_.high = newest;
    }
  }
}

RowBatch SqliteSource::Slice(std::size_t max_rows) {
  RowBatch batch;
  batch.memory = chunk_;
  if (position_.phase == Phase::kOrphans) {
    batch.bad_rows = std::move(chunk_->orphans);
    position_.skip += static_cast<std::int64_t>(batch.bad_rows.size());
  }
  std::vector<int> columns;
  for (const std::string& name : OrderOfPhase()) {
    columns.push_back(schema_.Find(name));
  }
  const std::size_t begin = chunk_at_;
  const auto& rows = chunk_->rows;
  std::size_t end = std::min(begin + max_rows, rows.size());
  while (position_.phase != Phase::kNullKey && end > begin && end < rows.size() &&
         SameOrder(rows[end - 1].cells, rows[end].cells, columns)) {
    ++end;
  }
  for (std::size_t i = begin; i < end; ++i) {
    if (rows[i].bad) {
      batch.bad_rows.push_back(BadText(schema_, rows[i].cells, spec_.key, ""));
    } else {
      batch.rows.push_back({rows[i].cells, {rows[i].lists, children_.size()}, {}, {}, rows[i].version});
    }
  }
  for (auto& [row, bad] : chunk_->bad_children) {
    if (row >= begin && row < end) {
      batch.bad_rows.push_back(std::move(bad));
    }
  }
  if (end > begin) {
    Advance(rows[end - 1]);
    position_.skip += position_.phase == Phase::kNullKey ? static_cast<std::int64_t>(end - begin) : 0;
  }
  chunk_at_ = end;
  done_ += static_cast<std::int64_t>(end - begin);
  if (chunk_at_ == rows.size()) {
    const bool last = chunk_->last;
    chunk_.reset();
    pass_over_ = last && !NextPhase();
  }
  batch.done = done_;
  return batch;
}

// No other connection has written since the last pass.
Result<bool> SqliteSource::NothingToRead() {
  const bool between = position_.phase == Phase::kRows && position_.after.empty();
  if (!between || version_finished_ < 0 || sweep_.due_again()) {
    return false;
  }
  CROSSBILL_TRY(const std::int64_t version, db_->DataVersion());
  return version == version_finished_;
}

void SqliteSource::EndPass() {
  pass_over_ = false;
  position_.phase == Phase::kRows ? sweep_.Skip() : sweep_.End();
  position_ = position_.NextPass(spec_.lookback);
  version_finished_ = version_at_start_;
}

Result<RowBatch> SqliteSource::Read(std::size_t max_rows) {
  RowBatch batch;
  CROSSBILL_TRY(const bool nothing, NothingToRead());
  if (nothing) {
    batch.next = position_.ToJson();
    batch.at_end = true;
    return batch;
  }
  while (!pass_over_) {
    if (!chunk_) {
      CROSSBILL_RETURN_IF_ERROR(Fetch(std::max<std::size_t>(max_rows, 1)));
    }
    batch = Slice(std::max<std::size_t>(max_rows, 1));
    if (!batch.rows.empty() || !batch.bad_rows.empty()) {
      break;
    }
  }
  if (pass_over_) {
    EndPass();
    batch.at_end = true;
  }
  batch.next = position_.ToJson();
  return batch;
}

}  // namespace crossbill::connectors
