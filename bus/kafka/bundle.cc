#include "bus/kafka/bundle.h"

#include <string>
#include <string_view>
#include <utility>

namespace crossbill::bus {

bool IsBundle(const rd_kafka_message_t& message) {
  rd_kafka_headers_t* headers = nullptr;
  const void* value = nullptr;
  std::size_t size = 0;
  return message.payload != nullptr && rd_kafka_message_headers(&message, &headers) == 0 &&
         rd_kafka_header_get_last(headers, kBundleHeaders.front().name.data(), &value, &size) == 0;
}

Status Unbundle(const rd_kafka_message_t& message, std::uint32_t source, HeaderArena& headers, Batch& batch) {
  const std::string_view value(static_cast<const char*>(message.payload), message.len);
  const auto located = [&](Error error) {
    return std::move(error).At(batch.sources[source].topic + "[" + std::to_string(message.partition) +
                               "] offset " + std::to_string(message.offset));
  };
  const auto summary = SummaryOf(value);
  if (!summary.ok()) {
    return located(summary.error());
  }
  // Numbered from 0.
  auto reader = RecordBatchReader::Open(value, static_cast<std::int64_t>(summary->span));
  if (!reader.ok()) {
    return located(std::move(reader).error());
  }
  batch.memory.push_back(reader->memory());
  while (true) {
    FetchedRecord fetched;
    auto more = reader->Next(headers, fetched);
    if (!more.ok()) {
      return located(std::move(more).error());
    }
    if (!*more) {
      return Ok();
    }
    fetched.source = source;
    fetched.index = static_cast<std::uint32_t>(fetched.offset);
    fetched.offset = message.offset;
    batch.records.push_back(fetched);
  }
}

}  // namespace crossbill::bus
