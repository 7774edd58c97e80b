#include "config/source_text.h"

#include <algorithm>

namespace crossbill::config {

namespace {
bool StartsCharacter(char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }
}  // namespace

SourceText::SourceText(std::string file, std::string_view text) : file_(std::move(file)), text_(text) {
  line_starts_.push_back(0);
  std::size_t characters = 0;
  for (std::size_t i = 0; i < text_.size(); ++i) {
    if (i % kMark == 0) {
      marks_.push_back(characters);
    }
    characters += StartsCharacter(text_[i]) ? 1 : 0;
    if (text_[i] == '\n') {
      line_starts_.push_back(i + 1);
    }
  }
}

std::size_t SourceText::CharactersBefore(std::size_t offset) const {
  if (offset / kMark >= marks_.size()) {
    return marks_.empty() ? 0 : marks_.back() + CountFrom((marks_.size() - 1) * kMark, offset);
  }
  return marks_[offset / kMark] + CountFrom(offset / kMark * kMark, offset);
}

std::size_t SourceText::CountFrom(std::size_t begin, std::size_t end) const {
  return static_cast<std::size_t>(std::count_if(text_.begin() + static_cast<std::ptrdiff_t>(begin),
                                                text_.begin() + static_cast<std::ptrdiff_t>(end),
                                                StartsCharacter));
}

Position SourceText::At(std::size_t offset) const {
  offset = std::min(offset, text_.size());
  const auto next = std::upper_bound(line_starts_.begin(), line_starts_.end(), offset);
  const std::size_t start = *(next - 1);
  Position at;
  at.line = static_cast<int>(next - line_starts_.begin());
  at.column = static_cast<int>(CharactersBefore(offset) - CharactersBefore(start)) + 1;
  // A byte order mark takes no column.
  if (start == 0 && text_.substr(0, 3) == "\xEF\xBB\xBF" && offset >= 3) {
    --at.column;
  }
  return at;
}

std::size_t SourceText::Offset(int line, int byte_column) const {
  if (line < 0) {
    return 0;
  }
  if (static_cast<std::size_t>(line) >= line_starts_.size()) {
    return text_.size();
  }
  const std::size_t offset =
      line_starts_[static_cast<std::size_t>(line)] + static_cast<std::size_t>(std::max(byte_column, 0));
  return std::min(offset, text_.size());
}

Problem SourceText::MakeProblem(std::size_t offset, Code code, std::string message) const {
  Problem problem;
  problem.file = file_;
  problem.at = At(offset);
  problem.code = code;
  problem.message = std::move(message);
  return problem;
}

}  // namespace crossbill::config
