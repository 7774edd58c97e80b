// Splits UTF-8 text into records and fields: RFC 4180, and what is written in practice (LF, CR or CRLF;
// quotes within bare fields are text; blanks are kept). Values; any thread.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "connectors/sdk/value.h"

namespace crossbill::connectors {

struct CsvFormat {
  char delimiter = ',';
  char quote = '"';     // '\0': none
  char newline = '\n';  // '\r' in files that have nothing else
};

struct CsvRecord {
  enum class Outcome {
    kRow,
    kOpenQuote,  // the text ends within a quoted field
    kBadQuote,   // text stands behind a closing quote
  };
  Outcome outcome = Outcome::kRow;
  std::size_t end = 0;                   // after its line end
  std::int64_t lines = 0;                // line ends in it
  std::int64_t quote_line = 0;           // of the quote that is open or bad, from 0
  std::vector<std::string_view> fields;  // in the text, or in the arena where "" had to become "
};

// The record at `at`, which is less than text.size().
void SplitRecord(const CsvFormat& format, std::string_view text, std::size_t at, Arena& arena,
                 CsvRecord& out);

// The delimiter of which a header line has most, outside of quotes; ',' when it has none.
char SniffDelimiter(std::string_view header, char quote);

}  // namespace crossbill::connectors
