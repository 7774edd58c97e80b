#include "bus/kafka/state_followers.h"

#include <algorithm>

#include "bus/kafka/changelog.h"
#include "bus/kafka/core.h"

namespace crossbill::bus {

StateFollowers::StateFollowers(KafkaCore& core) : core_(core) {}

StateFollowers::~StateFollowers() = default;

Result<std::int64_t> StateFollowers::Step(const std::string& store) {
  const std::lock_guard lock(mutex_);
  std::unique_ptr<ChangelogReader>& reader = readers_[store];
  if (!reader) {
    CROSSBILL_TRY(reader, ChangelogReader::Open(core_, store));
  }
  const Result<bool> moved = reader->Step(0);
  const Status looked = moved.ok() ? reader->LookAtEnd() : Status(moved.error());
  if (!looked.ok()) {
    reader.reset();
    return looked.error();
  }
  return std::max<std::int64_t>(0, reader->behind());
}

void StateFollowers::Stop(std::string_view store) {
  const std::lock_guard lock(mutex_);
  if (const auto found = readers_.find(store); found != readers_.end()) {
    readers_.erase(found);
  }
}

}  // namespace crossbill::bus
