// The three stages together: sales come, change and go in any order, the day moves, tasks are made anew; the
// figures are those of starting afresh.
#include "transforms/value/stages.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>

#include "bus/memory/memory_bus.h"
#include "bus/topic_specs.h"
#include "crossbill/v1/customer_value.pb.h"
#include "crossbill/v1/unified_document.pb.h"
#include "transforms/sdk/task.h"
#include "transforms/value/baskets.h"

namespace crossbill::transforms {
namespace {

const Date kAsOf = *Date::FromCivil(2026, 10, 31);

struct Order {
  std::string customer;  // empty: nobody's
  Date date;
  int cents = 0;
  std::vector<std::string> products;
  std::string org_unit;
};

std::string Bytes(const std::string& name, const Order& order) {
  v1::UnifiedDocument document;
  document.set_name(name);
  document.set_kind(v1::Document::ORDER);
  document.set_customer(order.customer);
  document.mutable_document()->set_date(order.date.ToString());
  document.mutable_document()->set_org_unit(order.org_unit);
  document.mutable_document()->mutable_total()->set_amount(Decimal(order.cents, 2).ToString());
  document.mutable_document()->mutable_total()->set_currency("EUR");
  for (const std::string& product : order.products) {
    document.mutable_document()->add_lines()->mutable_product()->set_sku(product);
  }
  return document.SerializeAsString();
}

// The stages on a bus of their own.
class World {
 public:
  explicit World(const ValueOptions& options = {}) : topics_("test", 2), bus_(bus::MakeMemoryBus()) {
    CROSSBILL_CHECK(bus_->CreateTopics(bus::SpecsOf(topics_)).ok());
    feeder_ = std::move(bus_->OpenProducer("feeder")).value();
    SetOptions(options);
  }

  void SetOptions(const ValueOptions& options) {
    stages_ = {SalesStage(topics_), ValueStage(topics_, options), MarketStage(topics_, options)};
    tasks_.clear();
  }

  void Put(const std::string& name, const Order& order) { Feed(name, Bytes(name, order)); }
  void Remove(const std::string& name) { Feed(name, std::nullopt); }

  // As after a crash.
  void Restart() { tasks_.clear(); }

  void Step(Date as_of, std::mt19937& dice) {
    Open();
    const auto settling = static_cast<Settling>(dice() % 3);
    CROSSBILL_CHECK(tasks_[dice() % tasks_.size()]->Step(as_of, 0, settling).ok());
  }

  void Settle(Date as_of) {
    Open();
    for (bool busy = true; busy;) {
      busy = false;
      for (const auto& task : tasks_) {
        const auto progress = task->Step(as_of, 0);
        CROSSBILL_CHECK(progress.ok());
        busy = busy || progress->records > 0 || progress->owes;
      }
    }
  }

  // Everything that is published, by topic and key.
  std::map<std::string, std::string> Outcome() {
    std::map<std::string, std::string> outcome;
    for (const std::string& topic : {topics_.Value(), topics_.Markets(), topics_.Affinity()}) {
      CROSSBILL_CHECK(bus::ReadCompacted(*bus_, topic, [&](const bus::RecordView& record) {
                        outcome[topic + " " + std::string(record.key)] = *record.value;
                        return Ok();
                      }).ok());
    }
    return outcome;
  }

  template <class Message>
  Message Get(const std::string& topic, const std::string& key) {
    Message message;
    const auto outcome = Outcome();
    const auto found = outcome.find(topic + " " + key);
    EXPECT_TRUE(found != outcome.end()) << topic << " " << key;
    if (found != outcome.end()) {
      message.ParseFromString(found->second);
    }
    return message;
  }

  std::vector<v1::SegmentChange> Changes() {
    std::vector<v1::SegmentChange> changes;
    auto consumer = std::move(bus_->OpenConsumer("changes")).value();
    CROSSBILL_CHECK(consumer->Assign({{topics_.Segments(), 0}, {topics_.Segments(), 1}}).ok());
    for (const bus::TopicPartition& partition :
         {bus::TopicPartition{topics_.Segments(), 0}, bus::TopicPartition{topics_.Segments(), 1}}) {
      CROSSBILL_CHECK(consumer->Seek(partition, 0).ok());
    }
    for (;;) {
      const auto batch = consumer->Poll(1000, 0);
      CROSSBILL_CHECK(batch.ok());
      if (batch->records.empty()) {
        return changes;
      }
      for (const bus::FetchedRecord& fetched : batch->records) {
        changes.emplace_back().ParseFromString(std::string(*fetched.record.value));
      }
    }
  }
  const bus::Topics& topics() const { return topics_; }

 private:
  void Feed(const std::string& name, std::optional<std::string> value) {
    CROSSBILL_CHECK(feeder_->Begin().ok());
    bus::RecordView record;
    record.key = name;
    if (value) {
      record.value = *value;
    }
    CROSSBILL_CHECK(feeder_->Send(topics_.Unified("order"), -1, record).ok());
    CROSSBILL_CHECK(feeder_->Commit().ok());
  }

  void Open() {
    if (!tasks_.empty()) {
      return;
    }
    for (const Stage& stage : stages_) {
      for (std::int32_t p = 0; p < (stage.single ? 1 : 2); ++p) {
        TaskOptions options;
        options.prefix = "test";
        options.partition = p;
        options.partitions = 2;
        options.max_records = 3;
        tasks_.push_back(std::move(Task::Open(*bus_, stage, options)).value());
      }
    }
  }

  bus::Topics topics_;
  std::unique_ptr<bus::Bus> bus_;
  std::unique_ptr<bus::Producer> feeder_;
  std::vector<Stage> stages_;
  std::vector<std::unique_ptr<Task>> tasks_;
};

TEST(ValueStages, SegmentsAreByWhatAllContribute) {
  World world;
  int n = 0;
  for (const int cents : {7000'00, 1500'00, 1000'00, 400'00, 100'00}) {
    const std::string number = std::to_string(n++);
    world.Put("orders/" + number, {"customers/" + number, kAsOf, cents, {}, ""});
  }
  world.Settle(kAsOf);
  const auto segment = [&](const std::string& customer) {
    return world.Get<v1::CustomerValue>(world.topics().Value(), "customers/" + customer).figures(0).segment();
  };
  EXPECT_EQ(segment("0").class_(), v1::Segment::A);
  EXPECT_EQ(segment("1").class_(), v1::Segment::A);
  EXPECT_EQ(segment("2").class_(), v1::Segment::B);
  EXPECT_EQ(segment("4").class_(), v1::Segment::C);
  EXPECT_EQ(segment("0").quadrant(), v1::Segment::KEY);
  EXPECT_EQ(segment("4").quadrant(), v1::Segment::MINOR);
  const auto market = world.Get<v1::MarketFigures>(world.topics().Markets(), "|EUR");
  EXPECT_EQ(market.last_year().amount(), "10000");
  EXPECT_EQ(market.last_year().customers(), 5);
  EXPECT_EQ(market.class_a_from(), "1500");
  const std::size_t told = world.Changes().size();
  // One customer more moves a bound, and so another customer's class, who did nothing.
  world.Put("orders/9", {"customers/9", kAsOf, 9000'00, {}, ""});
  world.Settle(kAsOf);
  EXPECT_EQ(segment("1").class_(), v1::Segment::B);
  EXPECT_EQ(segment("9").class_(), v1::Segment::A);
  std::vector<v1::SegmentChange> changes = world.Changes();
  changes.erase(changes.begin(), changes.begin() + static_cast<std::ptrdiff_t>(told));
  const auto found = std::find_if(changes.begin(), changes.end(), [](const v1::SegmentChange& change) {
    return change.customer() == "customers/1" && change.after().class_() == v1::Segment::B;
  });
  ASSERT_TRUE(found != changes.end());
  EXPECT_EQ(found->before().class_(), v1::Segment::A);
  EXPECT_EQ(found->as_of(), "2026-10-31");
}

TEST(ValueStages, AgesWithoutSales) {
  World world;
  world.Put("orders/1", {"customers/1", kAsOf, 100, {"A", "B"}, ""});
  world.Settle(kAsOf);
  world.Settle(kAsOf.PlusDays(400));
  const auto value = world.Get<v1::CustomerValue>(world.topics().Value(), "customers/1");
  EXPECT_EQ(value.figures(0).last_year().sales(), 0);
  EXPECT_EQ(value.figures(0).last_two_years().sales(), 1);
  EXPECT_TRUE(value.figures(0).segment().dormant());
  EXPECT_EQ(value.figures(0).segment().class_(), v1::Segment::CLASS_UNSPECIFIED);
  EXPECT_EQ(world.Get<v1::AffinityFigures>(world.topics().Affinity(), "= A").sales(), 1);
  world.Settle(kAsOf.PlusDays(730));
  EXPECT_FALSE(world.Outcome().contains(world.topics().Affinity() + " = A"));
  EXPECT_EQ(world.Get<v1::CustomerValue>(world.topics().Value(), "customers/1").products_size(), 0);
}

TEST(ValueStages, PairsAreToldFromTheLeastNumberOn) {
  ValueOptions options;
  options.least_sales = 2;
  World world(options);
  world.Put("orders/1", {"", kAsOf, 100, {"A", "B", "A"}, ""});
  world.Settle(kAsOf);
  EXPECT_FALSE(world.Outcome().contains(world.topics().Affinity() + " " + NameOfPairFigures("B", "A")));
  world.Put("orders/2", {"customers/1", kAsOf, 100, {"B", "A", "C"}, ""});
  world.Settle(kAsOf);
  EXPECT_EQ(world.Get<v1::AffinityFigures>(world.topics().Affinity(), NameOfPairFigures("B", "A")).sales(),
            2);
  EXPECT_EQ(world.Get<v1::AffinityFigures>(world.topics().Affinity(), "=").sales(), 2);
  world.Remove("orders/1");
  world.Settle(kAsOf);
  EXPECT_FALSE(world.Outcome().contains(world.topics().Affinity() + " " + NameOfPairFigures("B", "A")));
  EXPECT_EQ(world.Get<v1::AffinityFigures>(world.topics().Affinity(), "= A").sales(), 1);
}

TEST(ValueStages, OtherOptionsMakeEverythingAnew) {
  World world;
  world.Put("orders/1", {"customers/1", kAsOf.PlusDays(-20), 100, {"A", "B"}, ""});
  world.Put("orders/2", {"customers/2", kAsOf, 300, {"A", "B"}, "HQ"});
  world.Settle(kAsOf);
  ValueOptions options;
  options.dormant_days = 10;
  options.least_sales = 2;
  options.affinity_days = 15;
  options.contribution = Decimal(3);
  world.SetOptions(options);
  world.Settle(kAsOf);
  World afresh(options);
  afresh.Put("orders/2", {"customers/2", kAsOf, 300, {"A", "B"}, "HQ"});
  afresh.Put("orders/1", {"customers/1", kAsOf.PlusDays(-20), 100, {"A", "B"}, ""});
  afresh.Settle(kAsOf);
  EXPECT_EQ(world.Outcome(), afresh.Outcome());
}

// Of a customer that is counted by days, all days are counted anew with other options.
TEST(ValueStages, OtherOptionsMakeEveryDayAnew) {
  ValueOptions options;
  options.many_sales = 2;
  options.sales = SalesBy::kInvoices;  // none of them counts
  World world(options);
  World afresh;
  for (int i = 0; i < 6; ++i) {
    const Order order{"customers/1", kAsOf.PlusDays(-i / 2), 100 + i, {"A"}, "HQ"};
    world.Put("orders/" + std::to_string(i), order);
    afresh.Put("orders/" + std::to_string(i), order);
  }
  world.Settle(kAsOf);
  world.Settle(kAsOf.PlusDays(366));  // by days from now on
  options.sales = SalesBy::kOrders;
  options.currency = "USD";
  options.rates.Add("EUR", std::nullopt, Decimal(2));
  world.SetOptions(options);
  world.Settle(kAsOf);
  options.many_sales = 100;
  afresh.SetOptions(options);
  afresh.Settle(kAsOf);
  EXPECT_EQ(world.Outcome(), afresh.Outcome());
  EXPECT_EQ(
      world.Get<v1::CustomerValue>(world.topics().Value(), "customers/1").figures(0).last_year().amount(),
      "12.30");
}

Order AnyOrder(std::mt19937& dice) {
  Order order;
  order.customer = dice() % 6 == 0 ? "" : "customers/" + std::to_string(dice() % 7);
  const unsigned span = dice() % 2 == 0 ? 3 : 900;  // several on a day, or over years
  order.date = kAsOf.PlusDays((span == 3 ? 1 : 40) - static_cast<int>(dice() % span));
  order.cents = static_cast<int>(dice() % 3 == 0 ? dice() % 100 : dice() % 2'000'000);
  for (std::size_t n = dice() % 5; n > 0; --n) {
    order.products.push_back("P" + std::to_string(dice() % 6));
  }
  order.org_unit = dice() % 3 == 0 ? "HQ" : "";
  return order;
}

TEST(ValueStages, AnyWayLeadsToTheSameEnd) {
  for (unsigned seed = 0; seed < 150; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937 dice(seed);
    ValueOptions options;
    options.least_sales = 2;
    options.affinity_days = 300;
    ValueOptions by_days = options;
    by_days.many_sales = seed % 2 == 0 ? options.many_sales : seed % 5;
    World world(by_days);
    std::map<std::string, Order> known;
    for (int i = 0; i < 60; ++i) {
      const std::string name = "orders/" + std::to_string(dice() % 25);
      if (dice() % 5 == 0) {
        known.erase(name);
        world.Remove(name);
      } else {
        known[name] = AnyOrder(dice);
        world.Put(name, known[name]);
      }
      for (unsigned n = dice() % 6; n > 0; --n) {
        world.Step(kAsOf.PlusDays(dice() % 4 == 0 ? 100 - static_cast<int>(dice() % 200) : 0), dice);
      }
      if (dice() % 8 == 0) {
        world.Restart();
      }
    }
    world.Settle(kAsOf);
    World afresh(options);
    for (const auto& [name, order] : known) {
      afresh.Put(name, order);
    }
    afresh.Settle(kAsOf);
    ASSERT_EQ(world.Outcome(), afresh.Outcome());
  }
}

}  // namespace
}  // namespace crossbill::transforms
