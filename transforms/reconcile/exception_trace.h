// What reconcile remembers of an exception that it claimed, to say what became of it when it is not found any
// more: a document settled it, or it goes on under another name. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "crossbill/v1/exception.pb.h"

namespace crossbill::transforms {

struct ExceptionTrace {
  std::string rule;                    // its type and, of an own rule, the name
  std::vector<std::string> documents;  // their names
  std::vector<std::string> records;    // "system/stream/key", sorted
  std::vector<std::string> linked;     // names of the documents that its documents are linked with
};

ExceptionTrace TraceOf(const v1::Exception& exception);  // without `linked`
std::string Encode(const ExceptionTrace& trace);
bool Decode(std::string_view bytes, ExceptionTrace& trace);

// Of one rule, and the records of one are among the other's: records joined or left, and the finding goes on.
bool IsSame(const ExceptionTrace& a, const ExceptionTrace& b);

}  // namespace crossbill::transforms
