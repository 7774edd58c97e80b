// Random updates against a plain model, through crashes; and a read model that is built anew must answer the
// same.
#include <gmock/gmock.h>

#include <map>
#include <random>

#include "bus/memory/memory_bus.h"
#include "bus/topic_specs.h"
#include "facade/views/test_views.h"

namespace crossbill::facade {
namespace {

using Random = std::mt19937_64;

std::string OneOf(Random& random, const std::vector<std::string>& values) {
  return values[random() % values.size()];
}
const std::vector<std::string> kWords = {"alpha", "beta", "gamma", "渡辺", "太郎", "delta"};
const std::vector<std::string> kIds = {"1", "2", "3", "4", "5", "6"};

// The newest value of each key, as a compacted topic has it.
struct Model {
  std::map<std::string, v1::Customer> customers;
  std::map<std::string, v1::UnifiedDocument> documents;

  std::optional<std::string> Resolve(const std::string& name) const {
    std::string at = name;
    for (int i = 0; i < 20; ++i) {
      const auto found = customers.find(at);
      if (found == customers.end()) {
        return std::nullopt;
      }
      if (found->second.merged_into().empty()) {
        return at;
      }
      at = found->second.merged_into();
    }
    return "circle";
  }
  std::vector<std::string> Alive() const {
    std::vector<std::string> names;
    for (const auto& [name, customer] : customers) {
      if (customer.merged_into().empty()) {
        names.push_back(name);
      }
    }
    return names;
  }
};

class Driver {
 public:
  explicit Driver(std::uint64_t seed) : random_(seed) {}

  void Step(TestViews& t) {
    switch (random_() % 8) {
      case 0:
        return RemoveCustomer(t);
      case 1:
        return MergeCustomer(t);
      case 2:
      case 3:
        return PutCustomer(t);
      case 4:
        return RemoveDocument(t);
      default:
        return PutDocument(t);
    }
  }

  void Check(Views& views) {
    EXPECT_EQ(Must(views.ListCustomers(1000, "")).names, model.Alive());
    for (const std::string& id : kIds) {
      CheckCustomer(views, "customers/" + id);
    }
    for (const std::string& word : kWords) {
      std::vector<std::string> expected, found;
      for (const auto& [name, customer] : model.customers) {
        if (customer.merged_into().empty() && customer.display_name().find(word) != std::string::npos) {
          expected.push_back(name);
        }
      }
      for (const Views::Hit& hit : Must(views.SearchCustomers(word, 1000))) {
        found.push_back(hit.name);
      }
      EXPECT_THAT(found, ::testing::UnorderedElementsAreArray(expected)) << word;
    }
  }

  Model model;

 private:
  void PutCustomer(TestViews& t) {
    v1::Customer customer = MakeCustomer("customers/" + OneOf(random_, kIds),
                                         OneOf(random_, kWords) + " " + OneOf(random_, kWords));
    AddRecord(customer, "crm", "account", customer.name() + OneOf(random_, kIds));
    model.customers[customer.name()] = customer;
    t.Put(customer);
  }
  void MergeCustomer(TestViews& t) {
    v1::Customer customer = MakeCustomer("customers/" + OneOf(random_, kIds), "gone");
    customer.set_merged_into("customers/" + OneOf(random_, kIds));
    model.customers[customer.name()] = customer;
    t.Put(customer);
  }
  void RemoveCustomer(TestViews& t) {
    const std::string name = "customers/" + OneOf(random_, kIds);
    model.customers.erase(name);
    t.RemoveCustomer(name);
  }
  void PutDocument(TestViews& t) {
    v1::UnifiedDocument document = MakeDocument(
        "orders/" + OneOf(random_, kIds), v1::Document::ORDER, "customers/" + OneOf(random_, kIds),
        "2024-0" + OneOf(random_, kIds) + "-11", "NUMBER" + OneOf(random_, kIds));
    document.set_chain("chains/" + OneOf(random_, kIds));
    model.documents[document.name()] = document;
    t.Put(document);
  }
  void RemoveDocument(TestViews& t) {
    const std::string name = "orders/" + OneOf(random_, kIds);
    model.documents.erase(name);
    t.RemoveDocument(name, v1::Document::ORDER);
  }

  void CheckCustomer(Views& views, const std::string& name) {
    const std::optional<std::string> resolved = model.Resolve(name);
    const Result<std::string> answer = views.ResolveCustomer(name);
    if (!resolved) {
      EXPECT_EQ(answer.ok() ? Code::kInternal : answer.error().code(), Code::kNotFound) << name;
    } else if (*resolved == "circle") {
      EXPECT_EQ(answer.ok() ? Code::kInternal : answer.error().code(), Code::kViewsCorrupt) << name;
    } else {
      EXPECT_EQ(Must(views.ResolveCustomer(name)), *resolved);
    }
    std::vector<std::pair<std::string, std::string>> expected;  // date, name
    for (const auto& [document_name, document] : model.documents) {
      if (document.customer() == name) {
        expected.emplace_back(document.document().date(), document_name);
      }
    }
    std::stable_sort(expected.begin(), expected.end(),
                     [](const auto& a, const auto& b) { return a.first > b.first; });
    std::vector<std::string> names, paged;
    for (const auto& [date, document_name] : expected) {
      names.push_back(document_name);
    }
    std::string after;
    do {
      const Page page = Must(views.ListDocuments({name, 0, ""}, 2, after));
      paged.insert(paged.end(), page.names.begin(), page.names.end());
      after = page.next;
    } while (!after.empty());
    EXPECT_EQ(paged, names) << name;
  }

  Random random_;
};

TEST(ViewsModel, RandomUpdatesAndCrashes) {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    TestViews t;
    Driver driver(seed);
    for (int step = 0; step < 400 && !::testing::Test::HasFailure(); ++step) {
      driver.Step(t);
      if (step % 20 == 19) {
        driver.Check(t.views());
      }
      if (step % 130 == 129) {
        t.Reopen();
      }
    }
    // Built anew from the newest values alone: the same answers.
    TestViews rebuilt;
    for (const auto& [name, customer] : driver.model.customers) {
      rebuilt.Put(customer);
    }
    for (const auto& [name, document] : driver.model.documents) {
      rebuilt.Put(document);
    }
    driver.Check(rebuilt.views());
  }
}

// The updater over a bus: what it leaves is what a rebuild from the begin of the topics gives.
class UpdaterTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(bus_->CreateTopics(bus::SpecsOf(topics_)).ok());
    producer_ = Must(bus_->OpenProducer("test"));
  }
  void Send(const std::string& topic, const std::string& key, const std::optional<std::string>& value) {
    ASSERT_TRUE(producer_->Begin().ok());
    ASSERT_TRUE(
        producer_
            ->Send(topic, -1, {key, value ? std::optional<std::string_view>(*value) : std::nullopt, {}, 0})
            .ok());
    ASSERT_TRUE(producer_->Commit().ok());
  }
  void Send(const v1::Customer& customer) {
    Send(topics_.Unified("customer"), customer.name(), customer.SerializeAsString());
  }
  static std::size_t Drain(ViewUpdater& updater) {
    std::size_t all = 0;
    while (Must(updater.Lag()) > 0) {
      all += Must(updater.Step(0));
    }
    return all;
  }

  std::unique_ptr<bus::Bus> bus_ = bus::MakeMemoryBus();
  bus::Topics topics_{"crossbill", 3};
  std::unique_ptr<bus::Producer> producer_;
};

TEST_F(UpdaterTest, GoesOnWhereItStopped) {
  TestViews t;
  Send(MakeCustomer("customers/a", "A"));
  Send(MakeCustomer("customers/b", "B"));
  {
    const auto updater = Must(ViewUpdater::Open(*bus_, topics_, t.views()));
    EXPECT_EQ(Must(updater->Lag()), 2);
    EXPECT_EQ(Drain(*updater), 2u);
  }
  t.Reopen();
  Send(topics_.Unified("customer"), "customers/a", std::nullopt);
  const auto updater = Must(ViewUpdater::Open(*bus_, topics_, t.views()));
  EXPECT_EQ(Drain(*updater), 1u);
  EXPECT_THAT(Must(t.views().ListCustomers(10, "")).names, ::testing::ElementsAre("customers/b"));
}

TEST_F(UpdaterTest, AnotherBusUnderTheSameNamesIsNoticed) {
  TestViews t;
  Send(MakeCustomer("customers/a", "A"));
  Drain(*Must(ViewUpdater::Open(*bus_, topics_, t.views())));
  const auto fresh = bus::MakeMemoryBus();
  ASSERT_TRUE(fresh->CreateTopics(bus::SpecsOf(topics_)).ok());
  EXPECT_EQ(ViewUpdater::Open(*fresh, topics_, t.views()).error().code(), Code::kViewsStale);
  const auto empty = bus::MakeMemoryBus();
  EXPECT_EQ(ViewUpdater::Open(*empty, topics_, t.views()).error().code(), Code::kBusTopic);
}

}  // namespace
}  // namespace crossbill::facade
