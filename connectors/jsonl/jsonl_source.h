// A stream of files of JSON lines in a folder. One thread.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "connectors/jsonl/jsonl_reader.h"
#include "connectors/sdk/file_walk.h"
#include "connectors/sdk/source.h"

namespace crossbill::connectors {

struct JsonlSpec {
  FileWalkOptions walk;
  std::string encoding = "utf-8";
  std::int64_t max_row = 1 << 20;
};

class JsonlSource final : public Source {
 public:
  explicit JsonlSource(JsonlSpec spec) : spec_(std::move(spec)) {}
  Status Open(std::string_view position) override;
  const Schema& schema() const override { return schema_; }
  bool dynamic() const override { return true; }
  const std::vector<Child>& children() const override { return children_; }
  bool needs_diff() const override { return false; }
  Result<RowBatch> Read(std::size_t max_rows) override;

 private:
  struct BatchMemory;
  Status StartFile();
  // True at the end of the file.
  Result<bool> ReadLines(std::size_t max_rows, RowBatch& batch, BatchMemory& memory);

  JsonlSpec spec_;
  Schema schema_;  // empty: rows are maps
  std::vector<Child> children_;
  std::optional<FileWalk> walk_;
  std::optional<FileTask> task_;
  std::unique_ptr<JsonlReader> reader_;
  DecoderCache decoders_;
};

}  // namespace crossbill::connectors
