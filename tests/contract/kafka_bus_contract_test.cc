// The contract on a real broker: the one whose address is in the file that CROSSBILL_TEST_KAFKA names
// (tests/broker/with-broker starts one). Topics of a name of their own for each test.
#include <cstdlib>
#include <fstream>
#include <random>

#include "bus/kafka/kafka_bus.h"
#include "tests/contract/bus_contract.h"
#include "tests/contract/bus_contract_property.h"
#include "tests/contract/temp_folder.h"

namespace crossbill::bus {
namespace {

std::string Bootstrap() {
  const char* path = std::getenv("CROSSBILL_TEST_KAFKA");
  std::string servers;
  if (path != nullptr) {
    std::ifstream(path) >> servers;
  }
  return servers;
}

class KafkaHarness final : public BusHarness {
 public:
  KafkaHarness() : name_("t" + std::to_string(std::random_device()())), now_ms_(clock_.Now().millis()) {
    Open();
  }
  Bus& bus() override { return *bus_; }
  void CrashAndReopen() override {
    bus_.reset();
    Open();
  }
  // A broker refuses records from the future.
  std::int64_t now_ms() const override { return now_ms_; }
  bool maintains() const override { return false; }
  std::string prefix() const override { return name_ + "."; }
  int property_seeds() const override { return 3; }

 private:
  void Open() {
    KafkaOptions options;
    options.properties = {{"bootstrap.servers", Bootstrap()}};
    options.prefix = name_;
    options.state_path = folder_ / "state";
    options.clock = &clock_;
    auto bus = OpenKafkaBus(options);
    CROSSBILL_EXPECT_OK(bus);
    bus_ = std::move(bus).value();
  }

  SystemClock clock_;
  TempFolder folder_;
  const std::string name_;
  const std::int64_t now_ms_;
  std::unique_ptr<Bus> bus_;
};

const auto kNameOf = [](const auto& one) { return one.param.name; };
const HarnessParam kKafka = {"kafka", [] { return std::make_unique<KafkaHarness>(); }};

INSTANTIATE_TEST_SUITE_P(Kafka, BusContract, testing::Values(kKafka), kNameOf);
INSTANTIATE_TEST_SUITE_P(Kafka, BusProperty, testing::Values(kKafka), kNameOf);

}  // namespace
}  // namespace crossbill::bus
