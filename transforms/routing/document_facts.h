// What routing reads of a document beside its place, found in its bytes without decoding it. Views point into
// the given bytes. Any thread.
#pragma once

#include <string_view>
#include <vector>

namespace crossbill::transforms {

struct DocumentFacts {
  std::string_view number, date, currency, text;
  std::string_view total, gross;             // amounts, as they are written
  std::vector<std::string_view> references;  // Reference messages, the document's own before its lines'
};

enum class FactsOf { kDocument, kDocumentAndLines };

// False for bytes that are no message. `of`: whose references.
bool ReadDocumentFacts(std::string_view bytes, FactsOf of, DocumentFacts& facts);

// The newest value of a message's field of bytes; empty: none.
std::string_view FieldOf(std::string_view message, int field);

}  // namespace crossbill::transforms
