// The objects of one file of JSON lines, each with its place and bytes. One thread.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "connectors/jsonl/json_parser.h"
#include "connectors/sdk/prefix_hash.h"
#include "connectors/sdk/text_blocks.h"

namespace crossbill::connectors {

class JsonlReader {
 public:
  struct Record {
    const Value* object = nullptr;  // a map; lives as long as memory()
    std::int64_t line = 0;
    std::int64_t offset = 0;
    std::string_view raw;
    std::optional<Error> error;
  };

  static Result<std::unique_ptr<JsonlReader>> Open(const std::string& path, std::int64_t size,
                                                   const std::string& encoding, DecoderCache& decoders,
                                                   std::int64_t max_row);
  void Start(std::int64_t offset, std::int64_t line, PrefixHash head);
  // False at the end of the file.
  Result<bool> Next(Record& record);
  std::int64_t offset() const { return offset_; }
  std::int64_t line() const { return line_; }
  std::string HeadHash();
  std::shared_ptr<void> memory() const { return memory_; }

 private:
  struct Memory {
    std::shared_ptr<TextBlock> block;
    Arena arena;
  };
  void AddToHash();
  void ParseLine(std::string_view text, Record& record);

  std::int64_t max_row_ = 0;
  std::unique_ptr<TextBlocks> blocks_;
  std::shared_ptr<Memory> memory_;
  JsonParser parser_;
  std::size_t text_at_ = 0;
  std::size_t raw_at_ = 0;
  std::size_t bad_at_ = 0;  // in the block's bad_lines
  std::int64_t block_line_ = 0;
  std::int64_t offset_ = 0;
  std::int64_t line_ = 1;
  PrefixHash hash_;
};

}  // namespace crossbill::connectors
