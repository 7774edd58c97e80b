#include "transforms/erasure/write_erasures.h"

#include "bus/event_headers.h"

namespace crossbill::transforms {

Status WriteErasures(bus::Bus& bus, const bus::Topics& topics, ErasureGate& gate, const Clock& clock,
                     const std::function<Result<ErasureEntries>()>& make) {
  const auto closed = gate.Close();
  // First the producer: it fences who was about to write.
  CROSSBILL_TRY(const auto producer, bus.OpenProducer(topics.prefix() + ".erasure"));
  CROSSBILL_RETURN_IF_ERROR(bus.WaitForOpenTransactions({topics.Erasures(), 0}));
  CROSSBILL_TRY(const ErasureEntries entries, make());
  if (entries.empty()) {
    return Ok();
  }
  CROSSBILL_RETURN_IF_ERROR(producer->Begin());
  for (const auto& [key, entry] : entries) {
    const std::string value = entry.SerializeAsString();
    const bus::HeaderView type{bus::kHeaderType, "crossbill.v1.Erasure"};
    CROSSBILL_RETURN_IF_ERROR(
        producer->Send(topics.Erasures(), 0, {key, value, {&type, 1}, clock.Now().millis()}));
  }
  return producer->Commit();
}

}  // namespace crossbill::transforms
