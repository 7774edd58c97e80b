#include "connectors/postgres/pg_source.h"

#include <algorithm>

#include "connectors/sdk/row_text.h"

namespace crossbill::connectors {
namespace {

using Phase = SqlPosition::Phase;

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

// "10:10:" says that no transaction was open; anything else cannot be compared with.
bool IsQuiet(const std::string& snapshot) {
  const std::size_t colon = snapshot.find(':');
  return colon != std::string::npos && snapshot.size() == 2 * colon + 2 &&
         snapshot.compare(0, colon, snapshot, colon + 1, colon) == 0;
}

}  // namespace

BadRow PgSource::BadOf(const Schema& schema, const Value* cells, const std::vector<std::string>& key,
                       const std::string& stream, Error error) const {
  return BadRow{
      stream,          "", 0, 0, -1, KeyText(schema, cells, key), JsonOf(Value::Record(&schema, cells)),
      std::move(error)};
}

Status PgSource::BeginPass() {
  constexpr const char* kBegin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
  CROSSBILL_RETURN_IF_ERROR(rows_.connection->Execute(kBegin));
  CROSSBILL_TRY(const PgResult snapshot, rows_.connection->Query("SELECT pg_current_snapshot()::text"));
  snapshot_ = snapshot.Text(0, 0);
  if (!child_states_.empty()) {
    CROSSBILL_TRY(const PgResult exported, rows_.connection->Query("SELECT pg_export_snapshot()"));
    for (ChildState& child : child_states_) {
      CROSSBILL_RETURN_IF_ERROR(child.stream.connection->Execute(kBegin));
      CROSSBILL_RETURN_IF_ERROR(child.stream.connection->Execute(
          "SET TRANSACTION SNAPSHOT " + rows_.connection->Literal(exported.Text(0, 0))));
    }
  }
  in_pass_ = true;
  done_ = 0;
  return Ok();
}

Status PgSource::EndPass() {
  in_pass_ = false;
  pass_over_ = false;
  CROSSBILL_RETURN_IF_ERROR(rows_.connection->Execute("COMMIT"));
  for (ChildState& child : child_states_) {
    CROSSBILL_RETURN_IF_ERROR(child.stream.connection->Execute("COMMIT"));
  }
  finished_snapshot_ = snapshot_;
  position_.phase == Phase::kRows ? sweep_.Skip() : sweep_.End();
  position_ = position_.NextPass(spec_.stream.lookback);
  return Ok();
}

Result<bool> PgSource::NothingChanged() {
  if (sweep_.due_again() || !IsQuiet(finished_snapshot_) || position_.phase != Phase::kRows ||
      !position_.after.empty()) {
    return false;
  }
  CROSSBILL_TRY(const PgResult snapshot, rows_.connection->Query("SELECT pg_current_snapshot()::text"));
  return snapshot.Text(0, 0) == finished_snapshot_;
}

Status PgSource::Advance(Stream& stream) {
  CROSSBILL_TRY(stream.line, stream.connection->NextLine());
  return Ok();
}

Status PgSource::StartPhase() {
  last_prefix_.clear();
  phase_started_ = true;
  const bool orphans = position_.phase == Phase::kOrphans;
  for (std::size_t i = 0; i < child_states_.size(); ++i) {
    if (!orphans && position_.phase != Phase::kNullKey) {
      CROSSBILL_RETURN_IF_ERROR(child_states_[i].stream.connection->StartCopy(SelectChildren(i)));
      CROSSBILL_RETURN_IF_ERROR(Advance(child_states_[i].stream));
    } else {
      child_states_[i].stream.line.reset();
    }
  }
  CROSSBILL_RETURN_IF_ERROR(rows_.connection->StartCopy(
      orphans ? SelectOrphans(static_cast<std::size_t>(orphans_of_)) : SelectRows()));
  return Advance(rows_);
}

// False when the pass is over.
bool PgSource::NextPhase() {
  phase_started_ = false;
  position_.after.clear();
  position_.skip = 0;
  position_.child.clear();
  switch (position_.phase) {
    case Phase::kRows:
      if (!spec_.stream.cursor.empty() && !sweep_.due()) {
        return false;
      }
      sweep_.Begin();
      position_.phase = spec_.stream.cursor.empty() ? Phase::kNullKey : Phase::kNullCursor;
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
  for (++orphans_of_; orphans_of_ < static_cast<int>(children_.size()); ++orphans_of_) {
    const SqlChildSpec& spec = spec_.stream.children[static_cast<std::size_t>(orphans_of_)];
    if (spec.report_orphans) {
      position_.child = spec.name;
      return true;
    }
  }
  return false;
}

// The position is behind the row with this prefix.
void PgSource::Remember(std::string_view prefix) {
  position_.after.clear();
  const std::vector<std::string>& order = OrderOfPhase();
  const std::vector<std::string> fields = CopyFields(prefix);
  for (std::size_t i = 0; i < order.size(); ++i) {
    const bool number =
        schema_.columns()[static_cast<std::size_t>(schema_.Find(order[i]))].type == ValueType::kInt;
    position_.after.push_back(
        number ? SqlKey(static_cast<std::int64_t>(std::strtoll(fields[i].c_str(), nullptr, 10)))
               : SqlKey(fields[i]));
  }
  if (position_.phase == Phase::kRows && !spec_.stream.cursor.empty()) {
    const SqlKey& newest = position_.after[0];
    if (!position_.high || position_.high->index() != newest.index() || *position_.high < newest) {
      position_.high = newest;
    }
  }
}

Status PgSource::ReadChildren(std::string_view prefix, std::size_t child, std::vector<Value>& items,
                              RowBatch& batch, Arena& arena) {
  ChildState& state = child_states_[child];
  const SqlChildSpec& spec = spec_.stream.children[child];
  const std::size_t order = OrderOfPhase().size();
  items.clear();
  while (state.stream.line && CopyPrefix(*state.stream.line, order) == prefix) {
    Value* cells = arena.New<Value>(state.columns.size());
    if (ParseCopyLine(*state.stream.line, order, state.columns, zone_, arena, cells)) {
      items.push_back(Value::Record(&children_[child].schema, cells));
    } else {
      batch.bad_rows.push_back(BadOf(children_[child].schema, cells, spec.key, spec.records_as,
                                     Error(Code::kRowEncoding, "a text of the row is not UTF-8")));
    }
    CROSSBILL_RETURN_IF_ERROR(Advance(state.stream));
  }
  return Ok();
}

Status PgSource::ReadRows(std::size_t max_rows, RowBatch& batch, Arena& arena) {
  const std::size_t order = OrderOfPhase().size();
  const bool versions = position_.phase == Phase::kRows && !spec_.stream.cursor.empty();
  const bool by_key = position_.phase != Phase::kNullKey;
  Value* lists = nullptr;
  std::vector<Value> items;
  std::size_t taken = 0;
  while (rows_.line) {
    const std::string_view prefix = CopyPrefix(*rows_.line, order);
    const bool tie = by_key && taken > 0 && prefix == last_prefix_;
    if (taken >= max_rows && !tie) {
      break;
    }
    Value* cells = arena.New<Value>(columns_.size());
    const bool valid = ParseCopyLine(*rows_.line, order, columns_, zone_, arena, cells);
    if (!tie) {
      last_prefix_.assign(prefix);
      lists = arena.New<Value>(children_.size());
      for (std::size_t child = 0; child < children_.size(); ++child) {
        CROSSBILL_RETURN_IF_ERROR(ReadChildren(last_prefix_, child, items, batch, arena));
        Value* copy = arena.New<Value>(items.size());
        std::copy(items.begin(), items.end(), copy);
        lists[child] = Value::List({copy, items.size()});
      }
    }
    if (valid) {
      batch.rows.push_back(
          {cells,
           {lists, children_.size()},
           {},
           {},
           versions ? arena.Copy(KeyText(schema_, cells, spec_.stream.cursor)) : std::string_view()});
    } else {
      batch.bad_rows.push_back(BadOf(schema_, cells, spec_.stream.key, "",
                                     Error(Code::kRowEncoding, "a text of the row is not UTF-8")));
    }
    ++taken;
    CROSSBILL_RETURN_IF_ERROR(Advance(rows_));
  }
  done_ += static_cast<std::int64_t>(taken);
  if (taken > 0 && by_key) {
    Remember(last_prefix_);
  }
  position_.skip += by_key ? 0 : static_cast<std::int64_t>(taken);
  return Ok();
}

Status PgSource::ReadOrphans(std::size_t max_rows, RowBatch& batch, Arena& arena) {
  const auto child = static_cast<std::size_t>(orphans_of_);
  const SqlChildSpec& spec = spec_.stream.children[child];
  while (rows_.line && batch.bad_rows.size() < max_rows) {
    Value* cells = arena.New<Value>(child_states_[child].columns.size());
    (void)ParseCopyLine(*rows_.line, 0, child_states_[child].columns, zone_, arena, cells);
    batch.bad_rows.push_back(
        BadOf(children_[child].schema, cells, spec.key, spec.records_as,
              Error(Code::kRowOrphan,
                    "there is no row in " +
                        (spec_.stream.table.empty() ? "the query" : "\"" + spec_.stream.table + "\"") +
                        " to which this row of \"" + spec.table + "\" belongs")));
    ++position_.skip;
    CROSSBILL_RETURN_IF_ERROR(Advance(rows_));
  }
  return Ok();
}

Result<RowBatch> PgSource::Read(std::size_t max_rows) {
  max_rows = std::max<std::size_t>(max_rows, 1);
  RowBatch batch;
  auto arena = std::make_shared<Arena>();
  batch.memory = arena;
  if (!in_pass_) {
    CROSSBILL_TRY(const bool same, NothingChanged());
    if (same) {
      batch.next = position_.ToJson();
      batch.at_end = true;
      return batch;
    }
    CROSSBILL_RETURN_IF_ERROR(BeginPass());
  }
  while (!pass_over_ && batch.rows.empty() && batch.bad_rows.empty()) {
    if (!phase_started_) {
      CROSSBILL_RETURN_IF_ERROR(StartPhase());
    }
    CROSSBILL_RETURN_IF_ERROR(position_.phase == Phase::kOrphans ? ReadOrphans(max_rows, batch, *arena)
                                                                 : ReadRows(max_rows, batch, *arena));
    if (!rows_.line) {
      pass_over_ = !NextPhase();
    }
  }
  batch.done = done_;
  if (pass_over_) {
    CROSSBILL_RETURN_IF_ERROR(EndPass());
    batch.at_end = true;
  }
  batch.next = position_.ToJson();
  return batch;
}

}  // namespace crossbill::connectors
