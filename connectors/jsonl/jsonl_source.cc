#include "connectors/jsonl/jsonl_source.h"

#include <algorithm>
#include <deque>

#include "connectors/sdk/names.h"

namespace crossbill::connectors {

// What the rows of a batch point into.
struct JsonlSource::BatchMemory {
  std::vector<std::shared_ptr<void>> parts;
  std::deque<std::string> names;
  Arena arena;
};

Status JsonlSource::Open(std::string_view position) {
  walk_.emplace(spec_.walk);
  CROSSBILL_RETURN_IF_ERROR(walk_->Open(position));
  if (walk_->listed().empty() && position.empty()) {
    return NoFile(spec_.walk.folder, spec_.walk.pattern);
  }
  const auto decoder = decoders_.Get(spec_.encoding);
  return decoder.ok() ? Ok() : Status(decoder.error());
}

Status JsonlSource::StartFile() {
  const std::string path = walk_->PathOf(task_->found.path);
  CROSSBILL_TRY(reader_,
                JsonlReader::Open(path, task_->found.size, spec_.encoding, decoders_, spec_.max_row));
  PrefixHash head;
  if (task_->offset > 0) {
    CROSSBILL_TRY(head, HashOfFile(path, task_->offset));
  }
  reader_->Start(task_->offset, task_->line, std::move(head));
  return Ok();
}

Result<bool> JsonlSource::ReadLines(std::size_t max_rows, RowBatch& batch, BatchMemory& memory) {
  memory.names.push_back(task_->found.path);
  const std::string& name = memory.names.back();
  JsonlReader::Record record;
  while (batch.rows.size() + batch.bad_rows.size() < max_rows) {
    CROSSBILL_TRY(const bool any, reader_->Next(record));
    if (!any) {
      return true;
    }
    if (memory.parts.empty() || memory.parts.back() != reader_->memory()) {
      memory.parts.push_back(reader_->memory());
    }
    if (record.error) {
      batch.bad_rows.push_back(
          {"", name, record.line, 0, record.offset, "", std::string(record.raw), *record.error});
      continue;
    }
    Row row;
    row.cells = record.object;
    row.place = {name, record.line, 0, record.offset};
    row.raw = record.raw;
    row.version = memory.arena.Copy(name + "@" + std::to_string(record.offset));
    batch.rows.push_back(row);
  }
  return false;
}

Result<RowBatch> JsonlSource::Read(std::size_t max_rows) {
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
    CROSSBILL_TRY(const bool end, ReadLines(max_rows, batch, *memory));
    position.offset = reader_->offset();
    position.line = reader_->line();
    position.head = reader_->HeadHash();
    batch.done = position.offset;
    batch.total = task_->found.size;
    if (end) {
      walk_->Finish(*task_, position.offset, std::string(position.head));
      task_.reset();
      reader_.reset();
    }
  }
  batch.next = position.ToJson();
  return batch;
}

}  // namespace crossbill::connectors
