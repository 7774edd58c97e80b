// What every implementation of the bus must do, as one suite. An implementation gives a BusHarness and
// instantiates BusContract with it (embedded_bus_contract_test.cc shows how); the tests are in
// bus_contract_*.cc. They assume nothing that a broker cannot give: offsets may have gaps, groups may take a
// while to settle, and compaction and retention may happen later or never (BusHarness::maintains).
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "bus/bus.h"

namespace crossbill::bus {

class BusHarness {
 public:
  virtual ~BusHarness() = default;
  virtual Bus& bus() = 0;
  // As if the process had been killed and started again: open transactions are gone, what was committed is
  // there. All producers and consumers were destroyed before.
  virtual void CrashAndReopen() = 0;
  // Wall time for Maintain and for the times of records.
  virtual std::int64_t now_ms() const { return 1'800'000'000'000; }
  // Whether Maintain compacts and expires, or the broker does it by itself at some time.
  virtual bool maintains() const { return true; }
  // Put before each topic, group and id, so that tests can share a broker.
  virtual std::string prefix() const { return "t."; }
  virtual int property_seeds() const { return 12; }
};

struct HarnessParam {
  std::string name;
  std::function<std::unique_ptr<BusHarness>()> make;
};
inline void PrintTo(const HarnessParam& param, std::ostream* out) { *out << param.name; }

// A record with its own memory.
struct Got {
  std::int32_t partition = 0;
  std::int64_t offset = 0;
  std::string key;
  std::optional<std::string> value;
  std::vector<std::pair<std::string, std::string>> headers;
  std::int64_t timestamp_ms = 0;
};
Got Own(const FetchedRecord& fetched, std::int32_t partition);
std::vector<std::string> KeysOf(const std::vector<Got>& records);

class BusContract : public testing::TestWithParam<HarnessParam> {
 protected:
  void SetUp() override { harness_ = GetParam().make(); }
  Bus& bus() { return harness_->bus(); }
  BusHarness& harness() { return *harness_; }
  std::string Name(std::string_view name) const { return harness_->prefix() + std::string(name); }

  // Fail the test when they fail.
  std::string MakeTopic(std::string_view name, std::int32_t partitions = 1, bool compacted = false,
                        std::optional<std::int64_t> retention_ms = std::nullopt);
  std::unique_ptr<Producer> OpenProducer(std::string_view id);
  std::unique_ptr<Consumer> OpenConsumer(std::string_view group);
  void Send(Producer& producer, const std::string& topic, std::string_view key,
            std::optional<std::string_view> value, std::int32_t partition = -1);
  // One transaction with these records.
  void SendAll(Producer& producer, const std::string& topic,
               const std::vector<std::pair<std::string, std::optional<std::string>>>& records,
               std::int32_t partition = -1);
  // Everything that is visible now, of all partitions, in order of offsets within a partition.
  std::vector<Got> ReadAll(const std::string& topic);
  // What the consumer gives until it gave `count` records, or nothing for a long time.
  std::vector<Got> ReadCount(Consumer& consumer, std::size_t count, std::size_t max_records = 100);
  std::map<std::string, std::string> ReadNewest(const std::string& topic);
  std::map<std::string, std::string> ScanAll(StateStore& store, std::string_view prefix = {});

 private:
  std::unique_ptr<BusHarness> harness_;
};

}  // namespace crossbill::bus

#define CROSSBILL_ASSERT_OK(expression)                                          \
  do {                                                                           \
    const auto& crossbill_result_ = (expression);                                \
    ASSERT_TRUE(crossbill_result_.ok()) << crossbill_result_.error().ToString(); \
  } while (false)
#define CROSSBILL_EXPECT_OK(expression)                                          \
  do {                                                                           \
    const auto& crossbill_result_ = (expression);                                \
    EXPECT_TRUE(crossbill_result_.ok()) << crossbill_result_.error().ToString(); \
  } while (false)
#define CROSSBILL_EXPECT_CODE(expression, expected)                                                  \
  do {                                                                                               \
    const auto& crossbill_result_ = (expression);                                                    \
    ASSERT_FALSE(crossbill_result_.ok());                                                            \
    EXPECT_EQ(crossbill_result_.error().code(), (expected)) << crossbill_result_.error().ToString(); \
  } while (false)
