// The records of one CSV file, in order, each with its place and bytes. A record that cannot be read is given
// with its error, and takes no other one with it. One thread.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "connectors/csv/csv_splitter.h"
#include "connectors/sdk/prefix_hash.h"
#include "connectors/sdk/text_blocks.h"

namespace crossbill::connectors {

struct CsvOptions {
  char delimiter = ',';  // '\0': look at the header
  char quote = '"';
  bool header = true;
  std::vector<std::string> columns;  // names given by the configuration
  std::string encoding = "utf-8";
  std::int64_t max_row = 1 << 20;
  std::shared_ptr<DecoderCache> decoders =
      std::make_shared<DecoderCache>();  // shared by the copies of these options
};

class CsvReader {
 public:
  struct Record {
    const std::vector<std::string_view>* fields =
        nullptr;  // valid until the next record; the texts as long as memory()
    std::int64_t line = 0;
    std::int64_t offset = 0;
    std::string_view raw;
    std::optional<Error> error;
  };

  // Reads the header, if there is one. size: how much of the file is read.
  static Result<std::unique_ptr<CsvReader>> Open(const std::string& path, std::int64_t size,
                                                 const CsvOptions& options);
  // The names of the columns: of the header, else as configured; empty ones and repeated ones are made
  // distinct.
  const std::vector<std::string>& columns() const { return columns_; }
  // A file with a header that cannot be read: its error. Then there are no records.
  const std::optional<Error>& header_error() const { return header_error_; }
  std::string_view header_raw() const { return header_raw_; }

  // Goes on behind the header (offset 0) or at a place that offset() and line() gave. `head` is the hash of
  // what stands before it.
  void Start(std::int64_t offset, std::int64_t line, PrefixHash head);
  // False at the end of the file. Blank lines are passed over.
  Result<bool> Next(Record& record);
  std::int64_t offset() const { return offset_; }  // behind the last record
  std::int64_t line() const { return line_; }
  std::string HeadHash();  // of the bytes before offset()
  // What the last record points into.
  std::shared_ptr<void> memory() const { return memory_; }
  std::int64_t size() const { return blocks_->size(); }

 private:
  struct Memory {
    std::shared_ptr<TextBlock> block;
    Arena arena;
  };

  Status ReadHeader();
  Result<bool> NextAny(Record& record);
  Result<bool> NextBlock(std::size_t keep);
  // Gives the record's bytes away and moves behind them.
  void Take(std::size_t text_end, std::int64_t lines, Record& record);
  bool TouchesBadLine(std::int64_t lines) const;
  void RejectFirstLine(Record& record);
  void AddToHash(std::int64_t to);

  CsvOptions options_;
  CsvFormat format_;
  std::unique_ptr<TextBlocks> blocks_;
  std::vector<std::string> columns_;
  std::optional<Error> header_error_;
  std::string header_raw_;
  std::int64_t rows_offset_ = 0;  // behind the header
  std::int64_t rows_line_ = 1;
  std::shared_ptr<Memory> memory_;
  CsvRecord split_;
  std::size_t text_at_ = 0;
  std::size_t raw_at_ = 0;
  std::int64_t block_line_ = 0;  // lines of the block that are behind us
  std::int64_t offset_ = 0;
  std::int64_t line_ = 1;
  PrefixHash hash_;
  bool stuck_ = false;
};

}  // namespace crossbill::connectors
