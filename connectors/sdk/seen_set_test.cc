#include "connectors/sdk/seen_set.h"

#include <gtest/gtest.h>

#include <map>
#include <random>

#include "bus/memory/memory_bus.h"

namespace crossbill::connectors {
namespace {

Hash128 KeyOf(std::uint64_t i) { return Hash128Of(std::to_string(i)); }

struct Opened {
  std::unique_ptr<bus::Producer> producer;
  std::unique_ptr<SeenSet> set;
};

Opened Open(bus::Bus& bus) {
  Opened out;
  out.producer = std::move(bus.OpenProducer("pump")).value();
  out.set = std::make_unique<SeenSet>(std::move(out.producer->OpenState("seen")).value(), "orders");
  EXPECT_TRUE(out.set->Load().ok());
  return out;
}

TEST(SeenSet, CountsGenerationsAndForgetsNothing) {
  const auto bus = bus::MakeMemoryBus();
  auto opened = Open(*bus);
  EXPECT_TRUE(opened.set->Note(KeyOf(1), 7).changed);
  EXPECT_FALSE(opened.set->Note(KeyOf(1), 7).changed);
  EXPECT_EQ(opened.set->Note(KeyOf(1), 8).generation, 2u);
  EXPECT_EQ(opened.set->Note(KeyOf(1), 7).generation, 3u) << "a return to an earlier content is a change";
  EXPECT_EQ(opened.set->size(), 1u);
}

// Against a map, with commits, aborts and restarts in between.
TEST(SeenSet, EqualsAMapAcrossCrashes) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    std::mt19937_64 random(seed);
    const auto bus = bus::MakeMemoryBus();
    using Model = std::map<std::uint64_t, std::pair<std::uint64_t, std::uint32_t>>;
    Model committed;
    Model model;
    auto opened = Open(*bus);
    const std::uint64_t keys = 1 + random() % 3000;
    for (int transaction = 0; transaction < 60; ++transaction) {
      ASSERT_TRUE(opened.producer->Begin().ok());
      for (std::uint64_t n = random() % 500; n > 0; --n) {
        const std::uint64_t key = random() % keys;
        const std::uint64_t content = random() % 4;
        auto [it, added] = model.try_emplace(key, content, 0);
        const bool changed = added || it->second.first != content;
        it->second = {content, it->second.second + (changed ? 1u : 0u)};
        const auto note = opened.set->Note(KeyOf(key), content);
        ASSERT_EQ(note.changed, changed);
        ASSERT_EQ(note.generation, it->second.second);
      }
      ASSERT_TRUE(opened.set->Flush().ok());
      const auto what = random() % 10;
      if (what < 7) {
        ASSERT_TRUE(opened.producer->Commit().ok());
        committed = model;
      } else if (what == 7) {
        ASSERT_TRUE(opened.producer->Abort().ok());
      }
      if (what >= 6) {  // a crash: before the commit, or after it
        opened = Opened{};
        opened = Open(*bus);
        model = committed;
      }
      ASSERT_EQ(opened.set->size(), model.size());
    }
  }
}

TEST(SeenSet, ManySmallChangesDoNotFillTheStore) {
  const auto bus = bus::MakeMemoryBus();
  auto opened = Open(*bus);
  for (std::uint64_t i = 0; i < 6000; ++i) {
    ASSERT_TRUE(opened.producer->Begin().ok());
    opened.set->Note(KeyOf(i % 10), i);
    ASSERT_TRUE(opened.set->Flush().ok());
    ASSERT_TRUE(opened.producer->Commit().ok());
  }
  std::size_t chunks = 0;
  auto* store = std::move(opened.producer->OpenState("seen")).value();
  ASSERT_TRUE(store->Scan("orders/", [&](std::string_view, std::string_view) { return ++chunks > 0; }).ok());
  EXPECT_LT(chunks, 3000u);
  auto again = Open(*bus);
  EXPECT_EQ(again.set->size(), 10u);
  EXPECT_FALSE(again.set->Note(KeyOf(9), 5999).changed);
}

TEST(SeenSet, DamageIsSaid) {
  const auto bus = bus::MakeMemoryBus();
  auto opened = Open(*bus);
  auto* store = std::move(opened.producer->OpenState("seen")).value();
  ASSERT_TRUE(opened.producer->Begin().ok());
  store->Put("orders/12345678", "short");
  ASSERT_TRUE(opened.producer->Commit().ok());
  SeenSet set(store, "orders");
  const Status loaded = set.Load();
  ASSERT_FALSE(loaded.ok());
  EXPECT_EQ(loaded.error().code(), Code::kBusCorrupt);
}

}  // namespace
}  // namespace crossbill::connectors
