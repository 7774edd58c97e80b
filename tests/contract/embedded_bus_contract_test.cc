#include "bus/embedded/embedded_bus.h"
#include "tests/contract/bus_contract.h"
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
    auto bus = OpenEmbeddedBus({.path = folder_ / "bus", .sync_commits = false, .memory_bytes = memory_bytes_});
    CROSSBILL_EXPECT_OK(bus);
    bus_ = std::move(bus).value();
  }

  TempFolder folder_;
  std::size_t memory_bytes_;
  std::unique_ptr<Bus> bus_;
};

INSTANTIATE_TEST_SUITE_P(Embedded, BusContract,
                         testing::Values(HarnessParam{"embedded", [] { return std::make_unique<EmbeddedHarness>(64u << 20); }},
                                         HarnessParam{"small", [] { return std::make_unique<EmbeddedHarness>(4u << 20); }}),
                         [](const auto& one) { return one.param.name; });

}  // namespace
}  // namespace crossbill::bus
