#include "transforms/reconcile/exception_trace.h"

#include <algorithm>
#include <charconv>

#include "transforms/sdk/source_event.h"
#include "transforms/sdk/wire.h"

namespace crossbill::transforms {
namespace {

void AppendList(std::string& out, const std::vector<std::string>& list) {
  AppendPart(out, std::to_string(list.size()));
  for (const std::string& each : list) {
    AppendPart(out, each);
  }
}

bool TakeList(std::string_view& rest, std::vector<std::string>& list) {
  std::string_view part;
  std::size_t count = 0;
  if (!TakePart(rest, part) ||
      std::from_chars(part.data(), part.data() + part.size(), count).ec != std::errc()) {
    return false;
  }
  for (; count > 0; --count) {
    if (!TakePart(rest, part)) {
      return false;
    }
    list.emplace_back(part);
  }
  return true;
}

}  // namespace

ExceptionTrace TraceOf(const v1::Exception& exception) {
  ExceptionTrace trace;
  trace.rule = v1::Exception::Type_Name(exception.type()) + "/" + exception.own_rule();
  trace.documents.assign(exception.documents().begin(), exception.documents().end());
  for (const v1::SourceRef& record : exception.records()) {
    trace.records.push_back(RecordKey(record));
  }
  std::sort(trace.records.begin(), trace.records.end());
  return trace;
}

std::string Encode(const ExceptionTrace& trace) {
  std::string bytes;
  AppendPart(bytes, trace.rule);
  AppendList(bytes, trace.documents);
  AppendList(bytes, trace.records);
  AppendList(bytes, trace.linked);
  return bytes;
}

bool Decode(std::string_view bytes, ExceptionTrace& trace) {
  std::string_view rule;
  if (!TakePart(bytes, rule)) {
    return false;
  }
  trace.rule = rule;
  return TakeList(bytes, trace.documents) && TakeList(bytes, trace.records) && TakeList(bytes, trace.linked);
}

bool IsSame(const ExceptionTrace& a, const ExceptionTrace& b) {
  const bool a_has_fewer = a.records.size() < b.records.size();
  const std::vector<std::string>& fewer = a_has_fewer ? a.records : b.records;
  const std::vector<std::string>& more = a_has_fewer ? b.records : a.records;
  return a.rule == b.rule && !fewer.empty() &&
         std::includes(more.begin(), more.end(), fewer.begin(), fewer.end());
}

}  // namespace crossbill::transforms
