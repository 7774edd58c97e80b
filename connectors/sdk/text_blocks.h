// A file of text lines as blocks of UTF-8 with the bytes they came from. Decoding is done for a whole block
// at once; only in a block with an invalid sequence it is done line by line, so that just the bad line is
// bad. A block holds whole lines. One thread.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/text.h"
#include "connectors/sdk/prefix_hash.h"

namespace crossbill::connectors {

struct TextBlock {
  std::string raw;
  std::string text;         // UTF-8; as many line ends as raw; bytes that are not valid are U+FFFD
  std::int64_t offset = 0;  // of raw in the file
  std::int64_t line = 1;    // of raw's first byte
  std::vector<std::int64_t> bad_lines;  // lines with invalid bytes, in order, counted from 0 in this block
  bool too_long =
      false;  // raw is the beginning of a line that is longer than the limit; the rest was skipped
  std::int64_t end_offset = 0;  // of the file, after this block
  bool at_end = false;          // of the file
};

// Decoders by encoding, made once: a table of double bytes takes some milliseconds. One thread, like the
// readers that share it.
class DecoderCache {
 public:
  // "" is utf-8. Of UTF-16 always a new one: it remembers the byte order of its file.
  Result<std::shared_ptr<Decoder>> Get(std::string_view encoding);

 private:
  std::map<std::string, std::shared_ptr<Decoder>, std::less<>> made_;
};

class TextBlocks {
 public:
  // Reads `size` bytes of the file at most.
  static Result<std::unique_ptr<TextBlocks>> Open(const std::string& path, std::string_view encoding,
                                                  DecoderCache& decoders, std::int64_t size,
                                                  std::int64_t max_line);
  ~TextBlocks();
  void Seek(std::int64_t offset, std::int64_t line);
  // The next block. `keep`: that many bytes at the end of the last block's raw come again, with more behind
  // them.
  Result<std::shared_ptr<TextBlock>> Next(std::size_t keep);
  // The end of the line at `from` in raw, after its line end; raw.size() when it has none.
  std::size_t LineEnd(std::string_view raw, std::size_t from) const;
  std::int64_t LineEnds(std::string_view raw) const;
  char newline() const { return newline_ == '\r' ? '\r' : '\n'; }  // in TextBlock::text
  // Why these bytes are not valid, for people.
  std::string WhyInvalid(std::string_view raw);
  std::int64_t size() const { return size_; }
  // Adds the file's bytes up to `to`.
  Status AddToHash(PrefixHash& hash, std::int64_t to);

 private:
  TextBlocks(std::shared_ptr<Decoder> decoder, int file) : decoder_(std::move(decoder)), file_(file) {}
  Status Fill(std::string& raw, std::int64_t want);
  Status Prime();
  void DecodeBlock(TextBlock& block);
  void DecodeLines(TextBlock& block);
  void DecodeLossy(std::string_view line, std::string& out);
  Status SkipLine(TextBlock& block);
  std::size_t LastLineEnd(std::string_view raw) const;

  std::shared_ptr<Decoder> decoder_;
  int file_;
  std::int64_t size_ = 0;
  std::int64_t max_line_ = 1 << 20;
  std::int64_t read_ = 0;       // the file is read up to here
  std::int64_t next_line_ = 1;  // of the byte at read_
  std::shared_ptr<TextBlock> last_;
  int width_ = 1;         // bytes of a line end
  bool big_end_ = false;  // of two
  bool ebcdic_ = false;
  char newline_ = '\n';  // '\r' in files that have nothing else
  bool utf8_ = false;
};

}  // namespace crossbill::connectors
