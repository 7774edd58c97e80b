#include "connectors/csv/csv_reader.h"

#include <algorithm>
#include <set>

namespace crossbill::connectors {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

std::string_view Trim(std::string_view text) {
  const auto is_blank = [](char c) { return c == ' ' || c == '\t' || c == '\r'; };
  while (!text.empty() && is_blank(text.front())) {
    text.remove_prefix(1);
  }
  while (!text.empty() && is_blank(text.back())) {
    text.remove_suffix(1);
  }
  return text;
}

std::vector<std::string> DistinctNames(const std::vector<std::string_view>& fields) {
  std::vector<std::string> names;
  std::set<std::string> taken;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    std::string name(Trim(fields[i]));
    if (name.empty()) {
      name = "column_" + std::to_string(i + 1);
    }
    const std::string base = name;
    for (int n = 2; !taken.insert(name).second; ++n) {
      name = base + "_" + std::to_string(n);
    }
    names.push_back(name);
  }
  return names;
}

}  // namespace

Result<std::unique_ptr<CsvReader>> CsvReader::Open(const std::string& path, std::int64_t size,
                                                   const CsvOptions& options) {
  auto reader = std::make_unique<CsvReader>();
  reader->options_ = options;
  CROSSBILL_TRY(reader->blocks_,
                TextBlocks::Open(path, options.encoding, *options.decoders, size, options.max_row));
  reader->format_ = {options.delimiter == '\0' ? ',' : options.delimiter, options.quote,
                     reader->blocks_->newline()};
  CROSSBILL_RETURN_IF_ERROR(reader->ReadHeader());
  return reader;
}

Status CsvReader::ReadHeader() {
  Record record;
  columns_ = options_.columns;
  if (options_.delimiter == '\0') {
    CROSSBILL_TRY(const bool any, NextBlock(0));
    if (any) {
      const std::string_view text = memory_->block->text;
      format_.delimiter = SniffDelimiter(text.substr(0, text.find(format_.newline)), format_.quote);
    }
    Start(0, 1, PrefixHash());
  }
  if (!options_.header) {
    return Ok();
  }
  CROSSBILL_TRY(const bool any, Next(record));
  if (any) {
    header_raw_ = record.raw;
    header_error_ = record.error;
    if (!record.error && columns_.empty()) {
      columns_ = DistinctNames(*record.fields);
    }
  }
  rows_offset_ = offset_;
  rows_line_ = line_;
  return Ok();
}

void CsvReader::Start(std::int64_t offset, std::int64_t line, PrefixHash head) {
  const bool begin = offset < rows_offset_ || offset == 0;
  if (begin && rows_offset_ != 0 && offset_ == rows_offset_ && hash_.size() == 0) {
    return;  // just behind the header, where reading it has left us
  }
  offset_ = begin ? rows_offset_ : offset;
  line_ = begin ? rows_line_ : line;
  hash_ = begin ? PrefixHash() : std::move(head);
  memory_.reset();
  text_at_ = raw_at_ = 0;
  block_line_ = 0;
  blocks_->Seek(begin ? 0 : offset, begin ? 1 : line);
  if (begin && rows_offset_ != 0) {
    Record header;
    offset_ = 0;
    line_ = 1;
    (void)Next(header).ok();
  }
}

void CsvReader::AddToHash(std::int64_t to) {
  if (!memory_ || hash_.size() >= to) {
    return;
  }
  const TextBlock& block = *memory_->block;
  const auto from = static_cast<std::size_t>(hash_.size() - block.offset);
  const auto end = static_cast<std::size_t>(to - block.offset);
  hash_.Add(std::string_view(block.raw).substr(from, end - from));
}

std::string CsvReader::HeadHash() {
  AddToHash(offset_);
  return hash_.Hex();
}

Result<bool> CsvReader::NextBlock(std::size_t keep) {
  AddToHash(offset_);
  auto memory = std::make_shared<Memory>();
  CROSSBILL_TRY(memory->block, blocks_->Next(keep));
  memory_ = std::move(memory);
  text_at_ = raw_at_ = 0;
  block_line_ = 0;
  if (memory_->block->offset == 0 && std::string_view(memory_->block->text).starts_with(kByteOrderMark)) {
    text_at_ = kByteOrderMark.size();
  }
  return !memory_->block->raw.empty();
}

bool CsvReader::TouchesBadLine(std::int64_t lines) const {
  const auto& bad = memory_->block->bad_lines;
  const auto first = std::lower_bound(bad.begin(), bad.end(), block_line_);
  return first != bad.end() && *first < block_line_ + std::max<std::int64_t>(lines, 1);
}

void CsvReader::Take(std::size_t text_end, std::int64_t lines, Record& record) {
  const TextBlock& block = *memory_->block;
  std::size_t raw_end = raw_at_;
  if (text_end >= block.text.size()) {
    raw_end = block.raw.size();
  } else {
    for (std::int64_t i = 0; i < lines; ++i) {
      raw_end = blocks_->LineEnd(block.raw, raw_end);
    }
  }
  record.line = block.line + block_line_;
  record.offset = block.offset + static_cast<std::int64_t>(raw_at_);
  record.raw = std::string_view(block.raw).substr(raw_at_, raw_end - raw_at_);
  while (!record.raw.empty() && (record.raw.back() == '\n' || record.raw.back() == '\r')) {
    record.raw.remove_suffix(1);
  }
  raw_at_ = raw_end;
  text_at_ = text_end;
  block_line_ += lines;
  offset_ = block.offset + static_cast<std::int64_t>(raw_end);
  line_ = block.line + block_line_;
}

// The first line of a record that cannot be split; the next record begins behind it.
void CsvReader::RejectFirstLine(Record& record) {
  const std::string_view text = memory_->block->text;
  const std::size_t newline = text.find(format_.newline, text_at_);
  const bool open = split_.outcome == CsvRecord::Outcome::kOpenQuote;
  const std::int64_t quote_line = memory_->block->line + block_line_ + split_.quote_line;
  const bool too_long =
      open && (stuck_ || static_cast<std::int64_t>(memory_->block->raw.size() - raw_at_) > options_.max_row);
  stuck_ = false;
  Take(newline == std::string_view::npos ? text.size() : newline + 1,
       newline == std::string_view::npos ? 0 : 1, record);
  if (open) {
    record.error.emplace(too_long ? Code::kRowTooLong : Code::kRowSyntax,
                         "the quote that opens in line " + std::to_string(quote_line) + " is not closed" +
                             (too_long ? " within " + std::to_string(options_.max_row) + " bytes"
                                       : " up to the end of the file"));
  } else {
    record.error.emplace(Code::kRowSyntax,
                         "text stands behind the closing quote of a field that begins in line " +
                             std::to_string(quote_line) + "; a quote within a quoted field is written twice");
  }
}

Result<bool> CsvReader::NextAny(Record& record) {
  record.error.reset();
  record.fields = &split_.fields;
  while (!memory_ || text_at_ >= memory_->block->text.size() || memory_->block->too_long) {
    if (memory_ && memory_->block->at_end) {
      return false;
    }
    CROSSBILL_TRY(const bool any, NextBlock(0));
    if (!any) {
      return false;
    }
    const TextBlock& block = *memory_->block;
    if (block.too_long) {
      record.line = block.line;
      record.offset = block.offset;
      record.raw = block.raw;
      record.error.emplace(Code::kRowTooLong,
                           "the row is longer than " + std::to_string(options_.max_row) + " bytes");
      offset_ = block.end_offset;
      line_ = block.line + 1;
      CROSSBILL_RETURN_IF_ERROR(blocks_->AddToHash(hash_, offset_));
      return true;
    }
  }
  while (true) {
    SplitRecord(format_, memory_->block->text, text_at_, memory_->arena, split_);
    const std::size_t left = memory_->block->raw.size() - raw_at_;
    if (split_.outcome != CsvRecord::Outcome::kOpenQuote || memory_->block->at_end ||
        static_cast<std::int64_t>(left) > options_.max_row) {
      break;
    }
    CROSSBILL_TRY(const bool any, NextBlock(left));  // the record goes on in the next block
    if (!any || memory_->block->raw.size() <= left) {
      stuck_ = true;  // a line behind it is longer than the limit
      break;
    }
  }
  if (split_.outcome != CsvRecord::Outcome::kRow) {
    RejectFirstLine(record);
    return true;
  }
  const bool bad = TouchesBadLine(split_.lines);
  Take(split_.end, split_.lines, record);
  if (bad) {
    record.error.emplace(Code::kRowEncoding, blocks_->WhyInvalid(record.raw));
  } else if (static_cast<std::int64_t>(record.raw.size()) > options_.max_row) {
    record.error.emplace(Code::kRowTooLong,
                         "the row is longer than " + std::to_string(options_.max_row) + " bytes");
  }
  return true;
}

Result<bool> CsvReader::Next(Record& record) {
  while (true) {
    CROSSBILL_TRY(const bool any, NextAny(record));
    if (!any || record.error || split_.fields.size() != 1 || !split_.fields[0].empty() ||
        !record.raw.empty()) {
      return any;
    }
  }
}

}  // namespace crossbill::connectors
