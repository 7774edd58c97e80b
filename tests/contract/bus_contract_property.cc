#include "tests/contract/bus_contract_property.h"

namespace crossbill::bus {
namespace {

constexpr std::int32_t kPartitions = 3;
constexpr int kSteps = 40;

std::map<std::string, std::string> Prefixed(const std::map<std::string, std::string>& all,
                                            std::string_view prefix) {
  std::map<std::string, std::string> some;
  for (const auto& [key, value] : all) {
    if (key.starts_with(prefix)) {
      some.emplace(key, value);
    }
  }
  return some;
}

}  // namespace

void BusProperty::Run(std::uint64_t seed) {
  random_.seed(seed);
  suffix_ = std::to_string(seed);
  committed_ = open_ = Model();
  plain_ = MakeTopic("plain" + suffix_, kPartitions);
  compacted_ = MakeTopic("compacted" + suffix_, kPartitions, true);
  group_ = Name("g" + suffix_);
  Reopen();
  for (int step = 0; step < kSteps && !HasFailure(); ++step) {
    Transact();
    switch (random_() % 10) {
      case 0:
        producer_.reset();
        harness().CrashAndReopen();
        Reopen();
        break;
      case 1:
      case 2:
        CROSSBILL_ASSERT_OK(bus().Maintain(harness().now_ms()));
        break;
      case 3:
        Compare();
        break;
      default:
        break;
    }
  }
  Compare();
  producer_.reset();
}

void BusProperty::Reopen() {
  producer_ = OpenProducer("p" + suffix_);
  auto store = producer_->OpenState(Name("s" + suffix_));
  CROSSBILL_ASSERT_OK(store);
  store_ = *store;
}

std::string BusProperty::Text(std::size_t most) {
  std::string text(random_() % (most + 1), ' ');
  for (char& c : text) {
    c = static_cast<char>(random_() % 5 == 0 ? random_() : 'a' + random_() % 3);
  }
  return text;
}

void BusProperty::Transact() {
  open_ = committed_;
  CROSSBILL_ASSERT_OK(producer_->Begin());
  const int actions = static_cast<int>(random_() % 80);
  for (int i = 0; i < actions; ++i) {
    Act();
  }
  if (random_() % 4 == 0) {
    CROSSBILL_ASSERT_OK(producer_->Abort());
    return;
  }
  CROSSBILL_ASSERT_OK(producer_->Commit());
  committed_ = open_;
}

void BusProperty::Act() {
  const std::string key = "k" + std::to_string(random_() % 60);
  switch (random_() % 6) {
    case 0:
    case 1: {
      const std::string value = Text(random_() % 50 == 0 ? 300'000 : 60);
      Send(*producer_, plain_, key, value);
      open_.log[PartitionOf(key, kPartitions)].emplace_back(key, value);
      break;
    }
    case 2:
      SendCompacted(key);
      break;
    case 3:
      open_.state[key] = Text(30);
      store_->Put(key, open_.state[key]);
      break;
    case 4:
      if (random_() % 2 == 0) {
        store_->Delete(key);
        open_.state.erase(key);
      } else {
        ExpectState(key);
      }
      break;
    default: {
      const auto partition = static_cast<std::int32_t>(random_() % kPartitions);
      const auto offset = static_cast<std::int64_t>(random_() % 1000);
      CROSSBILL_ASSERT_OK(producer_->SendOffsets(group_, {{{plain_, partition}, offset}}));
      open_.offsets[partition] = offset;
      if (random_() % 4 == 0) {
        EXPECT_EQ(ScanAll(*store_, "k1"), Prefixed(open_.state, "k1"));
      }
      break;
    }
  }
}

// With older values before, so that compaction has something to do.
void BusProperty::SendCompacted(const std::string& key) {
  for (int i = 0; i < 20; ++i) {
    Send(*producer_, compacted_, key, "old" + std::to_string(i));
  }
  const std::string value = Text(40);
  const bool tombstone = random_() % 5 == 0;
  Send(*producer_, compacted_, key, tombstone ? std::nullopt : std::optional<std::string_view>(value));
  open_.newest.erase(key);
  if (!tombstone) {
    open_.newest[key] = value;
  }
}

void BusProperty::ExpectState(const std::string& key) {
  const auto value = store_->Get(key);
  CROSSBILL_ASSERT_OK(value);
  const auto found = open_.state.find(key);
  EXPECT_EQ(*value, found == open_.state.end() ? std::nullopt : std::optional<std::string>(found->second));
}

void BusProperty::Compare() {
  decltype(committed_.log) log;
  for (const Got& got : ReadAll(plain_)) {
    log[got.partition].emplace_back(got.key, got.value);
  }
  EXPECT_EQ(log, committed_.log);
  EXPECT_EQ(ReadNewest(compacted_), committed_.newest);
  EXPECT_EQ(ScanAll(*store_), committed_.state);
  for (std::int32_t p = 0; p < kPartitions; ++p) {
    const auto offset = bus().CommittedOffset(group_, {plain_, p});
    CROSSBILL_ASSERT_OK(offset);
    const auto found = committed_.offsets.find(p);
    EXPECT_EQ(*offset,
              found == committed_.offsets.end() ? std::nullopt : std::optional<std::int64_t>(found->second));
  }
}

TEST_P(BusProperty, WhatIsVisibleIsWhatWasCommitted) {
  for (int seed = 1; seed <= harness().property_seeds() && !HasFailure(); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Run(static_cast<std::uint64_t>(seed));
  }
}

}  // namespace crossbill::bus
