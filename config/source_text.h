// The bytes of a configuration file with its lines: turns byte offsets into positions that people can find.
// Immutable; any thread. The text must outlive it.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "config/node.h"

namespace crossbill::config {

class SourceText {
 public:
  SourceText(std::string file, std::string_view text);

  const std::string& file() const { return file_; }
  std::string_view text() const { return text_; }
  // Line and column (in characters, both from 1) of a byte; offsets beyond the end are the end.
  Position At(std::size_t offset) const;
  // The byte of a line and a column in bytes, both from 0.
  std::size_t Offset(int line, int byte_column) const;
  Problem MakeProblem(std::size_t offset, Code code, std::string message) const;

 private:
  static constexpr std::size_t kMark = 256;
  std::string file_;
  std::string_view text_;
  // Characters before a byte: counted from the nearest mark, so that long lines do not make it quadratic.
  std::size_t CharactersBefore(std::size_t offset) const;
  std::size_t CountFrom(std::size_t begin, std::size_t end) const;
  std::vector<std::size_t> line_starts_;
  std::vector<std::size_t> marks_;  // characters before every kMark-th byte
};

}  // namespace crossbill::config
