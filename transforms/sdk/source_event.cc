#include "transforms/sdk/source_event.h"

#include <charconv>

#include "bus/event_headers.h"

namespace crossbill::transforms {

bool SplitSourceKey(std::string_view record_key, SourceKey& parts) {
  const std::size_t first = record_key.find('/');
  if (first == std::string_view::npos || first == 0) {
    return false;
  }
  const std::size_t second = record_key.find('/', first + 1);
  if (second == std::string_view::npos || second == first + 1 || second + 1 == record_key.size()) {
    return false;
  }
  parts.system = record_key.substr(0, first);
  parts.stream = record_key.substr(first + 1, second - first - 1);
  parts.key = record_key.substr(second + 1);
  return true;
}

std::string RecordKey(const v1::SourceRef& source) {
  return source.system() + "/" + source.stream() + "/" + source.key();
}

bool IsDeletion(const bus::RecordView& record) {
  return !record.value || record.Header(bus::kHeaderType).ends_with(bus::kDeletedSuffix);
}

bool ReadSequence(const bus::RecordView& record, std::int64_t& sequence) {
  const std::string_view text = record.Header(bus::kHeaderSequence);
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), sequence);
  return !text.empty() && error == std::errc() && end == text.data() + text.size() && sequence >= 0;
}

}  // namespace crossbill::transforms
