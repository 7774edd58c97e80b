#include "runtime/erasure_door.h"

#include <utility>

namespace crossbill::runtime {
namespace {

constexpr std::size_t kPollRecords = 1000;

}  // namespace

ErasureDoor::ErasureDoor(const bus::Topics& topics, Secret secret, transforms::ErasureGate& gate)
    : partition_{topics.Erasures(), 0},
      gate_(gate),
      erasures_(std::make_shared<const transforms::Erasures>(std::move(secret))) {}

Result<std::unique_ptr<ErasureDoor>> ErasureDoor::Open(bus::Bus& bus, const bus::Topics& topics,
                                                       Secret secret, transforms::ErasureGate& gate) {
  std::unique_ptr<ErasureDoor> door(new ErasureDoor(topics, std::move(secret), gate));
  CROSSBILL_RETURN_IF_ERROR(bus.WaitForOpenTransactions(door->partition_));
  CROSSBILL_TRY(const bus::PartitionRange range, bus.Range(door->partition_));
  CROSSBILL_TRY(door->consumer_, bus.OpenConsumer(topics.prefix() + ".door"));
  CROSSBILL_RETURN_IF_ERROR(door->consumer_->Assign({door->partition_}));
  CROSSBILL_RETURN_IF_ERROR(door->consumer_->Seek(door->partition_, range.begin));
  auto erasures = std::make_shared<transforms::Erasures>(*door->erasures_);
  for (std::int64_t next = range.begin; next < range.end;) {
    CROSSBILL_TRY(const bus::Batch batch, door->consumer_->Poll(kPollRecords, 1000));
    for (const bus::FetchedRecord& fetched : batch.records) {
      CROSSBILL_RETURN_IF_ERROR(erasures->Apply(fetched.record));
    }
    if (const auto at = batch.next_offsets.find(door->partition_); at != batch.next_offsets.end()) {
      next = at->second;
    }
  }
  door->erasures_ = std::move(erasures);
  return door;
}

Result<ErasureDoor::Pass> ErasureDoor::Enter() {
  Pass pass;
  pass.hold = gate_.Share();
  const std::scoped_lock lock(mutex_);
  CROSSBILL_RETURN_IF_ERROR(ReadNews());
  pass.erasures = erasures_;
  return pass;
}

Status ErasureDoor::ReadNews() {
  CROSSBILL_TRY(const bus::Batch batch, consumer_->Poll(kPollRecords, 0));
  if (batch.records.empty()) {
    return Ok();
  }
  auto erasures = std::make_shared<transforms::Erasures>(*erasures_);
  for (const bus::FetchedRecord& fetched : batch.records) {
    CROSSBILL_RETURN_IF_ERROR(erasures->Apply(fetched.record));
  }
  erasures_ = std::move(erasures);
  return batch.records.size() == kPollRecords ? ReadNews() : Ok();
}

}  // namespace crossbill::runtime
