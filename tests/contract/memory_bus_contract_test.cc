#include "bus/memory/memory_bus.h"
#include "tests/contract/bus_contract.h"
#include "tests/contract/bus_contract_property.h"

namespace crossbill::bus {
namespace {

class MemoryHarness final : public BusHarness {
 public:
  Bus& bus() override { return *bus_; }
  void CrashAndReopen() override {}

 private:
  std::unique_ptr<Bus> bus_ = MakeMemoryBus();
};

const HarnessParam kMemory{"memory", [] { return std::make_unique<MemoryHarness>(); }};
INSTANTIATE_TEST_SUITE_P(Memory, BusContract, testing::Values(kMemory));
INSTANTIATE_TEST_SUITE_P(Memory, BusProperty, testing::Values(kMemory));

}  // namespace
}  // namespace crossbill::bus
