#include "bus/memory/memory_bus.h"
#include "tests/contract/bus_contract.h"

namespace crossbill::bus {
namespace {

class MemoryHarness final : public BusHarness {
 public:
  Bus& bus() override { return *bus_; }
  void CrashAndReopen() override {}

 private:
  std::unique_ptr<Bus> bus_ = MakeMemoryBus();
};

INSTANTIATE_TEST_SUITE_P(Memory, BusContract,
                         testing::Values(HarnessParam{"memory", [] { return std::make_unique<MemoryHarness>(); }}));

}  // namespace
}  // namespace crossbill::bus
