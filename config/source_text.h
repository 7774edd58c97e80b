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
  std::string file_;
  std::string_view text_;
  std::vector<std::size_t> line_starts_;
};

}  // namespace crossbill::config
