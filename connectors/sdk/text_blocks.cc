#include "connectors/sdk/text_blocks.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "base/utf8.h"

namespace crossbill::connectors {
namespace {

constexpr std::int64_t kBlockBytes = 1 << 20;
constexpr std::size_t kShownOfTooLong = 4096;

Error ReadError(const std::string& path) {
  return {Code::kSourceUnavailable, "the file \"" + path + "\" cannot be read: " + std::strerror(errno)};
}

}  // namespace

Result<std::shared_ptr<Decoder>> DecoderCache::Get(std::string_view encoding) {
  encoding = encoding.empty() ? std::string_view("utf-8") : encoding;
  if (const auto it = made_.find(encoding); it != made_.end()) {
    return it->second;
  }
  CROSSBILL_TRY(Decoder opened, Decoder::Open(encoding));
  auto decoder = std::make_shared<Decoder>(std::move(opened));
  if (decoder->name().rfind("utf-16", 0) != 0) {
    made_.emplace(encoding, decoder);
  }
  return decoder;
}

Result<std::unique_ptr<TextBlocks>> TextBlocks::Open(const std::string& path, std::string_view encoding,
                                                     DecoderCache& decoders, std::int64_t size,
                                                     std::int64_t max_line) {
  CROSSBILL_TRY(auto decoder, decoders.Get(encoding));
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) {
    return ReadError(path);
  }
  std::unique_ptr<TextBlocks> blocks(new TextBlocks(std::move(decoder), file));
  blocks->size_ = size;
  blocks->max_line_ = max_line;
  CROSSBILL_RETURN_IF_ERROR(blocks->Prime());
  return blocks;
}

TextBlocks::~TextBlocks() { ::close(file_); }

void TextBlocks::Seek(std::int64_t offset, std::int64_t line) {
  read_ = offset;
  next_line_ = line;
  last_.reset();
}

// Learns from the file's beginning what a line end is.
Status TextBlocks::Prime() {
  std::string head;
  CROSSBILL_RETURN_IF_ERROR(Fill(head, 65536));
  read_ = 0;
  const std::string& name = decoder_->name();
  utf8_ = name == "utf-8";
  if (name.rfind("utf-16", 0) == 0) {
    width_ = 2;
    const bool marked = head.size() >= 2 && head[0] == '\xFE' && head[1] == '\xFF';
    const bool looks_big = head.size() >= 2 && head[0] == '\0' && head[1] != '\0';
    big_end_ = name == "utf-16be" || (name == "utf-16" && (marked || looks_big));
    std::string ignored;
    // The decoder of utf-16 learns the byte order from the first text that it sees.
    (void)decoder_->Decode(std::string_view(head).substr(0, 2), ignored).ok();
  } else if (!decoder_->newline_is_safe()) {
    ebcdic_ = true;
    newline_ = '\x25';
  }
  if (width_ == 1 && head.find(newline_) == std::string::npos && head.find('\r') != std::string::npos) {
    newline_ = ebcdic_ ? newline_ : '\r';
  }
  return Ok();
}

Status TextBlocks::Fill(std::string& raw, std::int64_t want) {
  want = std::min(want, size_ - read_);
  const std::size_t before = raw.size();
  if (want <= 0) {
    return Ok();
  }
  raw.resize(before + static_cast<std::size_t>(want));
  std::size_t got = 0;
  while (got < static_cast<std::size_t>(want)) {
    const ssize_t n = ::pread(file_, raw.data() + before + got, static_cast<std::size_t>(want) - got, read_);
    if (n < 0 && errno == EINTR) {
      continue;
    }
    if (n < 0) {
      return Error(Code::kSourceUnavailable, std::string("a file cannot be read: ") + std::strerror(errno));
    }
    if (n == 0) {
      size_ = read_;  // it is shorter than it was
      break;
    }
    got += static_cast<std::size_t>(n);
    read_ += n;
  }
  raw.resize(before + got);
  return Ok();
}

std::size_t TextBlocks::LineEnd(std::string_view raw, std::size_t from) const {
  if (width_ == 1) {
    const std::size_t at = ebcdic_ ? raw.find_first_of("\x25\x15", from) : raw.find(newline_, from);
    return at == std::string_view::npos ? raw.size() : at + 1;
  }
  for (std::size_t at = from; at + 1 < raw.size(); at += 2) {
    if (raw[at + (big_end_ ? 1 : 0)] == '\n' && raw[at + (big_end_ ? 0 : 1)] == '\0') {
      return at + 2;
    }
  }
  return raw.size();
}

std::int64_t TextBlocks::LineEnds(std::string_view raw) const {
  if (width_ == 1) {
    return std::count(raw.begin(), raw.end(), newline_) +
           (ebcdic_ ? std::count(raw.begin(), raw.end(), '\x15') : 0);
  }
  std::int64_t n = 0;
  for (std::size_t at = 0; at + 1 < raw.size(); at += 2) {
    n += raw[at + (big_end_ ? 1 : 0)] == '\n' && raw[at + (big_end_ ? 0 : 1)] == '\0' ? 1 : 0;
  }
  return n;
}

// After the last line end in raw; 0 when there is none.
std::size_t TextBlocks::LastLineEnd(std::string_view raw) const {
  if (width_ == 1) {
    const std::size_t at = ebcdic_ ? raw.find_last_of("\x25\x15") : raw.rfind(newline_);
    return at == std::string_view::npos ? 0 : at + 1;
  }
  for (std::size_t at = raw.size() / 2 * 2; at >= 2; at -= 2) {
    if (raw[at - (big_end_ ? 1 : 2)] == '\n' && raw[at - (big_end_ ? 2 : 1)] == '\0') {
      return at;
    }
  }
  return 0;
}

Result<std::shared_ptr<TextBlock>> TextBlocks::Next(std::size_t keep) {
  auto block = std::make_shared<TextBlock>();
  block->line = next_line_;
  if (keep != 0 && last_) {
    const std::string_view kept = std::string_view(last_->raw).substr(last_->raw.size() - keep);
    block->line -= LineEnds(kept);
    block->raw.assign(kept);
  }
  block->offset = read_ - static_cast<std::int64_t>(block->raw.size());
  const std::size_t kept_bytes = block->raw.size();
  std::size_t end = 0;
  while (true) {
    CROSSBILL_RETURN_IF_ERROR(Fill(block->raw, kBlockBytes));
    block->at_end = read_ >= size_;
    end = block->at_end ? block->raw.size() : LastLineEnd(block->raw);
    if (block->at_end || end > kept_bytes) {
      break;
    }
    if (static_cast<std::int64_t>(block->raw.size()) > max_line_) {
      if (end == 0) {
        CROSSBILL_RETURN_IF_ERROR(SkipLine(*block));
        last_ = block;
        return block;
      }
      break;
    }
  }
  read_ -= static_cast<std::int64_t>(block->raw.size() - end);
  block->at_end = read_ >= size_;
  block->raw.resize(end);
  block->end_offset = read_;
  DecodeBlock(*block);
  next_line_ = block->line + LineEnds(block->raw);
  last_ = block;
  return block;
}

// The line in block->raw is longer than the limit: what follows up to its end is passed over.
Status TextBlocks::SkipLine(TextBlock& block) {
  block.too_long = true;
  while (read_ < size_) {
    std::string more;
    CROSSBILL_RETURN_IF_ERROR(Fill(more, kBlockBytes));
    const std::size_t end = LineEnd(more, 0);
    if (LineEnds(std::string_view(more).substr(0, end)) != 0) {
      read_ -= static_cast<std::int64_t>(more.size() - end);
      break;
    }
  }
  block.raw.resize(std::min(block.raw.size(), kShownOfTooLong));
  block.end_offset = read_;
  block.at_end = read_ >= size_;
  next_line_ = block.line + 1;
  return Ok();
}

void TextBlocks::DecodeBlock(TextBlock& block) {
  if (utf8_) {
    if (IsValidUtf8(block.raw)) {
      block.text = block.raw;
    } else {
      DecodeLines(block);
    }
    return;
  }
  if (ebcdic_) {
    std::string folded = block.raw;
    std::replace(folded.begin(), folded.end(), '\x15', '\x25');
    folded.swap(block.raw);
    std::string text;
    std::string original = folded;
    if (decoder_->Decode(block.raw, text).ok()) {
      block.text = std::move(text);
    } else {
      DecodeLines(block);
    }
    block.raw = std::move(original);
    return;
  }
  block.text.reserve(block.raw.size() + block.raw.size() / 2);
  if (!decoder_->Decode(block.raw, block.text).ok()) {
    block.text.clear();
    DecodeLines(block);
  }
}

void TextBlocks::DecodeLines(TextBlock& block) {
  std::int64_t line = 0;
  for (std::size_t at = 0; at < block.raw.size(); ++line) {
    const std::size_t end = LineEnd(block.raw, at);
    const std::string_view bytes = std::string_view(block.raw).substr(at, end - at);
    const std::size_t before = block.text.size();
    if (!decoder_->Decode(bytes, block.text).ok()) {
      block.text.resize(before);
      block.bad_lines.push_back(line);
      DecodeLossy(bytes, block.text);
    }
    at = end;
  }
}

namespace {

// The byte offset that a decoder's message names.
std::size_t OffsetIn(const std::string& message) {
  constexpr std::string_view kWords = "byte offset ";
  const std::size_t at = message.find(kWords);
  return at == std::string::npos
             ? 0
             : static_cast<std::size_t>(std::strtoull(message.c_str() + at + kWords.size(), nullptr, 10));
}

}  // namespace

// Each invalid byte as U+FFFD; delimiters and quotes behind it keep their meaning.
void TextBlocks::DecodeLossy(std::string_view line, std::string& out) {
  if (utf8_) {
    for (std::size_t at = 0; at < line.size();) {
      const char32_t code_point = NextCodePoint(line, at);
      AppendCodePoint(out, code_point == kBadCodePoint ? 0xFFFD : code_point);
    }
    return;
  }
  const auto unit = static_cast<std::size_t>(width_);
  while (!line.empty()) {
    const std::size_t before = out.size();
    const Status decoded = decoder_->Decode(line, out);
    if (decoded.ok()) {
      return;
    }
    const std::size_t at = std::min(OffsetIn(decoded.error().message()), line.size() - 1);
    out.resize(before);
    (void)decoder_->Decode(line.substr(0, at), out).ok();
    AppendCodePoint(out, 0xFFFD);
    line.remove_prefix(std::min(at + unit, line.size()));
  }
}

Status TextBlocks::AddToHash(PrefixHash& hash, std::int64_t to) {
  const std::int64_t back = read_;
  read_ = hash.size();
  while (hash.size() < to && read_ < size_) {
    std::string bytes;
    CROSSBILL_RETURN_IF_ERROR(Fill(bytes, std::min(kBlockBytes, to - hash.size())));
    hash.Add(bytes);
  }
  read_ = back;
  return Ok();
}

std::string TextBlocks::WhyInvalid(std::string_view raw) {
  std::string ignored;
  const Status decoded = decoder_->Decode(raw, ignored);
  return decoded.ok() ? "the bytes are not valid in " + decoder_->name() : decoded.error().message();
}

}  // namespace crossbill::connectors
