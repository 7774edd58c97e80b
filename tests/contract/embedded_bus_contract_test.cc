#include "bus/embedded/embedded_bus.h"
#include "tests/contract/bus_contract.h"
#include "tests/contract/bus_contract_property.h"
#include "tests/contract/temp_folder.h"

namespace crossbill::bus {
namespace {

class EmbeddedHarness final : public BusHarness {
 public:
  explicit EmbeddedHarness(std::size_t memory_bytes) : memory_bytes_(memory_bytes) { Open(); }
  Bus& bus() override { return *bus_; }
  // The files are what they were at the kill; the fault tests kill for real.
  void CrashAndReopen() override {
    bus_.reset();
    Open();
  }

 private:
  void Open() {
    auto bus =
        OpenEmbeddedBus({.path = folder_ / "bus", .sync_commits = false, .memory_bytes = memory_bytes_});
    CROSSBILL_EXPECT_OK(bus);
    bus_ = std::move(bus).value();
  }

  TempFolder folder_;
  std::size_t memory_bytes_;
  std::unique_ptr<Bus> bus_;
};

HarnessParam WithMemory(std::string name, std::size_t bytes) {
  return {std::move(name), [bytes] { return std::make_unique<EmbeddedHarness>(bytes); }};
}
const auto kNameOf = [](const auto& one) { return one.param.name; };

INSTANTIATE_TEST_SUITE_P(Embedded, BusContract,
                         testing::Values(WithMemory("embedded", 64u << 20), WithMemory("small", 4u << 20)),
                         kNameOf);
INSTANTIATE_TEST_SUITE_P(Embedded, BusProperty,
                         testing::Values(WithMemory("embedded", 64u << 20), WithMemory("small", 4u << 20)),
                         kNameOf);

}  // namespace
}  // namespace crossbill::bus
