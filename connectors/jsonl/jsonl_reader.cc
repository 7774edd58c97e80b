#include "connectors/jsonl/jsonl_reader.h"

namespace crossbill::connectors {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

std::string_view WithoutLineEnd(std::string_view text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) {
    text.remove_suffix(1);
  }
  return text;
}

}  // namespace

Result<std::unique_ptr<JsonlReader>> JsonlReader::Open(const std::string& path, std::int64_t size,
                                                       const std::string& encoding, DecoderCache& decoders,
                                                       std::int64_t max_row) {
  auto reader = std::make_unique<JsonlReader>();
  reader->max_row_ = max_row;
  CROSSBILL_TRY(reader->blocks_, TextBlocks::Open(path, encoding, decoders, size, max_row));
  return reader;
}

void JsonlReader::Start(std::int64_t offset, std::int64_t line, PrefixHash head) {
  offset_ = offset;
  line_ = line;
  hash_ = std::move(head);
  memory_.reset();
  blocks_->Seek(offset, line);
}

void JsonlReader::AddToHash() {
  if (!memory_ || hash_.size() >= offset_) {
    return;
  }
  const TextBlock& block = *memory_->block;
  const auto from = static_cast<std::size_t>(hash_.size() - block.offset);
  hash_.Add(
      std::string_view(block.raw).substr(from, static_cast<std::size_t>(offset_ - block.offset) - from));
}

std::string JsonlReader::HeadHash() {
  AddToHash();
  return hash_.Hex();
}

void JsonlReader::ParseLine(std::string_view text, Record& record) {
  if (text.find_first_not_of(" \t") == std::string_view::npos) {
    record.error.emplace(Code::kRowSyntax, "the line is empty");
    return;
  }
  auto parsed = parser_.Parse(text, memory_->arena);
  if (!parsed.ok()) {
    record.error.emplace(parsed.error());
    return;
  }
  if (parsed->type() != ValueType::kMap) {
    record.error.emplace(Code::kRowSyntax,
                         "the line is no JSON object, but a " + std::string(NameOf(parsed->type())));
    return;
  }
  Value* object = memory_->arena.New<Value>();
  *object = *parsed;
  record.object = object;
}

Result<bool> JsonlReader::Next(Record& record) {
  record.error.reset();
  record.object = nullptr;
  while (!memory_ || raw_at_ >= memory_->block->raw.size() || memory_->block->too_long) {
    if (memory_ && memory_->block->at_end) {
      return false;
    }
    AddToHash();
    auto memory = std::make_shared<Memory>();
    CROSSBILL_TRY(memory->block, blocks_->Next(0));
    memory_ = std::move(memory);
    const TextBlock& block = *memory_->block;
    raw_at_ = bad_at_ = 0;
    text_at_ = block.offset == 0 && std::string_view(block.text).starts_with(kByteOrderMark)
                   ? kByteOrderMark.size()
                   : 0;
    block_line_ = 0;
    if (block.raw.empty()) {
      return false;
    }
    if (block.too_long) {
      record = {nullptr, block.line, block.offset, block.raw,
                Error(Code::kRowTooLong, "the line is longer than " + std::to_string(max_row_) + " bytes")};
      offset_ = block.end_offset;
      line_ = block.line + 1;
      CROSSBILL_RETURN_IF_ERROR(blocks_->AddToHash(hash_, offset_));
      return true;
    }
  }
  const TextBlock& block = *memory_->block;
  const std::size_t raw_end = blocks_->LineEnd(block.raw, raw_at_);
  const std::size_t newline = block.text.find(blocks_->newline(), text_at_);
  const std::size_t text_end = newline == std::string::npos ? block.text.size() : newline + 1;
  const std::string_view text =
      WithoutLineEnd(std::string_view(block.text).substr(text_at_, text_end - text_at_));
  const std::string_view raw = std::string_view(block.raw).substr(raw_at_, raw_end - raw_at_);
  record.line = block.line + block_line_;
  record.offset = block.offset + static_cast<std::int64_t>(raw_at_);
  record.raw = WithoutLineEnd(raw);
  if (bad_at_ < block.bad_lines.size() && block.bad_lines[bad_at_] == block_line_) {
    ++bad_at_;
    record.error.emplace(Code::kRowEncoding, blocks_->WhyInvalid(record.raw));
  } else if (static_cast<std::int64_t>(raw.size()) > max_row_) {
    record.error.emplace(Code::kRowTooLong, "the line is longer than " + std::to_string(max_row_) + " bytes");
  } else {
    ParseLine(text, record);
  }
  raw_at_ = raw_end;
  text_at_ = text_end;
  block_line_ += 1;
  offset_ = block.offset + static_cast<std::int64_t>(raw_end);
  line_ = block.line + (newline == std::string::npos ? block_line_ - 1 : block_line_);
  return true;
}

}  // namespace crossbill::connectors
