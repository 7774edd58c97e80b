#include "app/export_value.h"

#include <algorithm>
#include <cstdio>

#include "app/json.h"
#include "crossbill/v1/customer.pb.h"
#include "crossbill/v1/unified_document.pb.h"
#include "transforms/value/value.h"

namespace crossbill::app {
namespace {

constexpr std::int64_t kLeastOrders = 5;
constexpr std::int64_t kOrdersAPairOrder = 2000;  // a pair must stand in at least one of so many orders
constexpr std::size_t kPairs = 50;

Result<transforms::ValueLedger> ReadOrders(bus::Bus& bus, const bus::Topics& topics, Date as_of) {
  transforms::ValueLedger ledger(as_of);
  CROSSBILL_RETURN_IF_ERROR(
      bus::ReadCompacted(bus, topics.Unified("order"), [&](const bus::RecordView& record) -> Status {
        v1::UnifiedDocument order;
        if (!record.value ||
            !order.ParseFromArray(record.value->data(), static_cast<int>(record.value->size()))) {
          return Ok();
        }
        return ledger.Add(order);
      }));
  return ledger;
}

std::string ValueLine(const v1::Customer& customer, const transforms::CustomerValue& value) {
  std::string line = "{\"id\":" + Quoted(customer.name()) + ",\"records\":[";
  const char* separator = "";
  for (const v1::SourceRef& record : customer.records()) {
    line += separator + ("{\"system\":" + Quoted(record.system())) +
            ",\"stream\":" + Quoted(record.stream()) + ",\"key\":" + Quoted(record.key()) + "}";
    separator = ",";
  }
  line += "],\"recency_days\":" + (value.recency_days ? std::to_string(*value.recency_days) : "null") +
          ",\"frequency\":" + std::to_string(value.frequency) + ",\"monetary\":[";
  separator = "";
  for (const auto& [currency, amount] : value.monetary) {
    line +=
        separator + ("{\"amount\":" + Quoted(amount.ToString())) + ",\"currency\":" + Quoted(currency) + "}";
    separator = ",";
  }
  return line + "]}\n";
}

}  // namespace

Status ExportValue(bus::Bus& bus, const bus::Topics& topics, Date as_of) {
  CROSSBILL_TRY(const transforms::ValueLedger ledger, ReadOrders(bus, topics, as_of));
  return bus::ReadCompacted(bus, topics.Unified("customer"), [&](const bus::RecordView& record) -> Status {
    v1::Customer customer;
    if (!record.value ||
        !customer.ParseFromArray(record.value->data(), static_cast<int>(record.value->size()))) {
      return Ok();
    }
    if (customer.merged_into().empty()) {
      const auto found = ledger.customers().find(customer.name());
      const std::string line = ValueLine(
          customer, found != ledger.customers().end() ? found->second : transforms::CustomerValue{});
      std::fwrite(line.data(), 1, line.size(), stdout);
    }
    return Ok();
  });
}

Status ExportAffinity(bus::Bus& bus, const bus::Topics& topics, Date as_of) {
  CROSSBILL_TRY(const transforms::ValueLedger ledger, ReadOrders(bus, topics, as_of));
  const transforms::AffinityReport report =
      ledger.Affinities(std::max(kLeastOrders, ledger.orders() / kOrdersAPairOrder), kPairs);
  for (const transforms::Affinity& pair : report.pairs) {
    std::printf(
        "{\"id\":%s,\"records\":[],\"products\":[%s,%s],\"orders_with_both\":%lld,\"orders\":%lld,\"lift\":"
        "\"%s\"}\n",
        Quoted(pair.left + "+" + pair.right).c_str(), Quoted(pair.left).c_str(), Quoted(pair.right).c_str(),
        static_cast<long long>(pair.together), static_cast<long long>(report.orders),
        transforms::LiftOf(pair, report.orders, 4).ToString().c_str());
  }
  return Ok();
}

}  // namespace crossbill::app
