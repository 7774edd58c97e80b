#include "runtime/mapped_batch.h"

#include <string_view>
#include <utility>

namespace crossbill::runtime {
namespace {

constexpr std::size_t kExpectedEventBytes = 256;

}  // namespace

MappedBatch::MappedBatch(mapping::Mapper& mapper, connectors::RowBatch rows) : rows_(std::move(rows)) {
  events_.reserve(rows_.rows.size());
  bytes_.reserve(rows_.rows.size() * kExpectedEventBytes);
  for (std::uint32_t row = 0; row < rows_.rows.size(); ++row) {
    const mapping::MapResult& mapped = mapper.Map(rows_.rows[row]);
    for (const mapping::MappedEvent& event : mapped.events) {
      events_.push_back({row, event.publication, bytes_.size(), event.key.size(), event.bytes.size()});
      bytes_ += event.key;
      bytes_ += event.bytes;
    }
    for (const mapping::Rejection& rejection : mapped.rejections) {
      rejected_.push_back({row, rejection});
    }
  }
}

Status MappedBatch::Visit(const Visitor& visitor) const {
  auto rejected = rejected_.begin();
  const auto reject_before = [&](std::size_t row) -> Status {
    for (; rejected != rejected_.end() && rejected->row < row; ++rejected) {
      CROSSBILL_RETURN_IF_ERROR(visitor.rejection(rows_.rows[rejected->row], rejected->rejection));
    }
    return Ok();
  };
  for (const Event& event : events_) {
    CROSSBILL_RETURN_IF_ERROR(reject_before(event.row));
    const std::string_view key = std::string_view(bytes_).substr(event.at, event.key_size);
    const std::string_view message = std::string_view(bytes_).substr(event.at + event.key_size, event.size);
    CROSSBILL_RETURN_IF_ERROR(visitor.event(rows_.rows[event.row], {event.publication, key, message}));
  }
  return reject_before(rows_.rows.size());
}

}  // namespace crossbill::runtime
