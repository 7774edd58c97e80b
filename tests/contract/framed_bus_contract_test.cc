// The contract over frames: whoever uses the bus must not see them. Every topic has them here.
#include "bus/framing/framed_bus.h"
#include "bus/memory/memory_bus.h"
#include "tests/contract/bus_contract.h"
#include "tests/contract/bus_contract_property.h"

namespace crossbill::bus {
namespace {

class FramedHarness final : public BusHarness {
 public:
  Bus& bus() override { return *bus_; }
  void CrashAndReopen() override {}

 private:
  std::unique_ptr<Bus> bus_ = MakeFramedBus(MakeMemoryBus(), {[](std::string_view) { return true; },
                                                              [](const std::string&) -> Result<std::string> {
                                                                return std::string("\0\0\0\0\7\0", 6);
                                                              }});
};

const HarnessParam kFramed{"framed", [] { return std::make_unique<FramedHarness>(); }};
INSTANTIATE_TEST_SUITE_P(Framed, BusContract, testing::Values(kFramed));
INSTANTIATE_TEST_SUITE_P(Framed, BusProperty, testing::Values(kFramed));

}  // namespace
}  // namespace crossbill::bus
