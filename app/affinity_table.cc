#include "app/affinity_table.h"

namespace crossbill::app {

Result<AffinityTable> AffinityTable::Read(bus::Bus& bus, const bus::Topics& topics) {
  AffinityTable table;
  CROSSBILL_RETURN_IF_ERROR(
      bus::ReadCompacted(bus, topics.Affinity(), [&](const bus::RecordView& record) -> Status {
        v1::AffinityFigures figures;
        if (!record.value ||
            !figures.ParseFromArray(record.value->data(), static_cast<int>(record.value->size()))) {
          return Error(Code::kEventDecode, "figures of affinity cannot be decoded", std::string(record.key));
        }
        if (!figures.other_product().empty()) {
          table.sold_together_[figures.product()][figures.other_product()] = figures.sales();
          table.sold_together_[figures.other_product()][figures.product()] = figures.sales();
        }
        table.figures_.emplace(figures.name(), std::move(figures));
        return Ok();
      }));
  return table;
}

Result<std::optional<v1::AffinityFigures>> AffinityTable::Find(std::string_view name) {
  const auto found = figures_.find(name);
  return found == figures_.end() ? std::optional<v1::AffinityFigures>() : found->second;
}

Status AffinityTable::VisitPairs(
    std::string_view product, const std::function<void(std::string_view other, std::int64_t sales)>& visit) {
  const auto found = sold_together_.find(product);
  if (found != sold_together_.end()) {
    for (const auto& [other, sales] : found->second) {
      visit(other, sales);
    }
  }
  return Ok();
}

}  // namespace crossbill::app
