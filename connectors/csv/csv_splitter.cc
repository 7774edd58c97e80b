#include "connectors/csv/csv_splitter.h"

#include <algorithm>
#include <cstring>

namespace crossbill::connectors {
namespace {

std::size_t Find(std::string_view text, char c, std::size_t from) {
  const void* found = from < text.size() ? std::memchr(text.data() + from, c, text.size() - from) : nullptr;
  return found == nullptr ? std::string_view::npos
                          : static_cast<std::size_t>(static_cast<const char*>(found) - text.data());
}

// A line without any quote: fields are what stands between delimiters.
void SplitPlain(char delimiter, std::string_view line, std::vector<std::string_view>& fields) {
  const char* from = line.data();
  const char* const end = from + line.size();
  for (const char* at = from; at != end; ++at) {
    if (*at == delimiter) {
      fields.emplace_back(from, static_cast<std::size_t>(at - from));
      from = at + 1;
    }
  }
  fields.emplace_back(from, static_cast<std::size_t>(end - from));
}

std::string_view Unescape(std::string_view text, char quote, Arena& arena) {
  char* const start = arena.Allocate(text.size());
  char* to = start;
  for (std::size_t i = 0; i < text.size(); ++i) {
    *to++ = text[i];
    i += text[i] == quote ? 1 : 0;  // the second of two
  }
  return {start, static_cast<std::size_t>(to - start)};
}

class Quoted {
 public:
  Quoted(const CsvFormat& format, std::string_view text, std::size_t at, Arena& arena, CsvRecord& out)
      : format_(format), text_(text), at_(at), arena_(arena), out_(out) {}

  void Split() {
    while (at_ <= text_.size()) {
      const bool goes_on = at_ < text_.size() && text_[at_] == format_.quote ? QuotedField() : BareField();
      if (!goes_on) {
        return;
      }
    }
  }

 private:
  bool BareField() {
    const std::size_t from = at_;
    while (at_ < text_.size() && text_[at_] != format_.delimiter && text_[at_] != format_.newline) {
      ++at_;
    }
    std::size_t end = at_;
    const bool last = at_ == text_.size() || text_[at_] == format_.newline;
    if (last && format_.newline == '\n' && end > from && text_[end - 1] == '\r') {
      --end;
    }
    out_.fields.push_back(text_.substr(from, end - from));
    return EndField();
  }

  bool QuotedField() {
    const std::int64_t opened = out_.lines;
    const std::size_t from = ++at_;
    bool escaped = false;
    while (true) {
      const std::size_t close = Find(text_, format_.quote, at_);
      const std::size_t stop = close == std::string_view::npos ? text_.size() : close;
      out_.lines += std::count(text_.begin() + static_cast<std::ptrdiff_t>(at_),
                               text_.begin() + static_cast<std::ptrdiff_t>(stop), format_.newline);
      if (close == std::string_view::npos) {
        return Fail(CsvRecord::Outcome::kOpenQuote, opened);
      }
      at_ = close + 1;
      if (at_ < text_.size() && text_[at_] == format_.quote) {
        escaped = true;
        ++at_;
        continue;
      }
      const std::string_view inside = text_.substr(from, close - from);
      out_.fields.push_back(escaped ? Unescape(inside, format_.quote, arena_) : inside);
      break;
    }
    if (format_.newline == '\n' && at_ < text_.size() && text_[at_] == '\r' &&
        (at_ + 1 == text_.size() || text_[at_ + 1] == '\n')) {
      ++at_;
    }
    if (at_ < text_.size() && text_[at_] != format_.delimiter && text_[at_] != format_.newline) {
      return Fail(CsvRecord::Outcome::kBadQuote, opened);
    }
    return EndField();
  }

  // At a delimiter, a line end or the end of the text; false when the record is over.
  bool EndField() {
    if (at_ < text_.size() && text_[at_] == format_.delimiter) {
      ++at_;
      return true;
    }
    if (at_ < text_.size()) {
      ++at_;
      ++out_.lines;
    }
    out_.end = at_;
    return false;
  }

  bool Fail(CsvRecord::Outcome outcome, std::int64_t line) {
    out_.outcome = outcome;
    out_.quote_line = line;
    out_.end = text_.size();
    return false;
  }

  const CsvFormat& format_;
  std::string_view text_;
  std::size_t at_;
  Arena& arena_;
  CsvRecord& out_;
};

}  // namespace

void SplitRecord(const CsvFormat& format, std::string_view text, std::size_t at, Arena& arena,
                 CsvRecord& out) {
  out.outcome = CsvRecord::Outcome::kRow;
  out.lines = 0;
  out.quote_line = 0;
  out.fields.clear();
  const std::size_t newline = Find(text, format.newline, at);
  const std::size_t stop = newline == std::string_view::npos ? text.size() : newline;
  std::string_view line = text.substr(at, stop - at);
  if (format.quote == '\0' || Find(line, format.quote, 0) == std::string_view::npos) {
    if (format.newline == '\n' && !line.empty() && line.back() == '\r') {
      line.remove_suffix(1);
    }
    SplitPlain(format.delimiter, line, out.fields);
    out.lines = newline == std::string_view::npos ? 0 : 1;
    out.end = newline == std::string_view::npos ? text.size() : newline + 1;
    return;
  }
  Quoted(format, text, at, arena, out).Split();
}

char SniffDelimiter(std::string_view header, char quote) {
  constexpr std::string_view kCandidates = ",;\t|";
  std::size_t counts[4] = {};
  bool inside = false;
  for (const char c : header) {
    inside = c == quote ? !inside : inside;
    const std::size_t which = kCandidates.find(c);
    if (!inside && which != std::string_view::npos) {
      ++counts[which];
    }
  }
  return kCandidates[static_cast<std::size_t>(std::max_element(counts, counts + 4) - counts)];
}

}  // namespace crossbill::connectors
