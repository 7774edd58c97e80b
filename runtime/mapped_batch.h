// A batch of rows with the events that its mapping made of them.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/result.h"
#include "connectors/mapping/mapper.h"
#include "connectors/sdk/source.h"

namespace crossbill::runtime {

// Holds what it shows; may be moved to another thread.
class MappedBatch {
 public:
  MappedBatch(mapping::Mapper& mapper, connectors::RowBatch rows);
  const connectors::RowBatch& rows() const { return rows_; }

  // In order of rows; an error ends the visit. The event's views live for the call.
  struct Visitor {
    std::function<Status(const connectors::Row&, const mapping::MappedEvent&)> event;
    std::function<Status(const connectors::Row&, const mapping::Rejection&)> rejection;
  };
  Status Visit(const Visitor& visitor) const;

 private:
  struct Event {
    std::uint32_t row = 0;
    int publication = 0;
    std::size_t at = 0;  // in bytes_: the key and behind it the message
    std::size_t key_size = 0;
    std::size_t size = 0;
  };
  struct Rejected {
    std::uint32_t row = 0;
    mapping::Rejection rejection;
  };

  connectors::RowBatch rows_;
  std::vector<Event> events_;
  std::vector<Rejected> rejected_;
  std::string bytes_;
};

}  // namespace crossbill::runtime
