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

Opened Open(bus::Bus& bus, std::size_t young_records = SeenSet::kYoungRecords) {
  Opened out;
  out.producer = std::move(bus.OpenProducer("pump")).value();
  out.set =
      std::make_unique<SeenSet>(std::move(out.producer->OpenState("seen")).value(), "orders", young_records);
  EXPECT_TRUE(out.set->Load().ok());
  return out;
}

SeenSet::Change Note(SeenSet& set, std::uint64_t key, std::uint64_t content) {
  auto change = set.Note(KeyOf(key), content);
  EXPECT_TRUE(change.ok());
  return std::move(change).value();
}

std::vector<std::string> KeysWith(bus::StateStore& store, std::string_view prefix) {
  std::vector<std::string> keys;
  EXPECT_TRUE(store
                  .Scan(prefix,
                        [&](std::string_view key, std::string_view) {
                          keys.emplace_back(key);
                          return true;
                        })
                  .ok());
  return keys;
}

using LocalKeys = std::map<std::string, std::string>;

LocalKeys LocalKeysOf(bus::StateStore& store) {
  LocalKeys keys;
  EXPECT_TRUE(store
                  .Scan(std::string(1, bus::kLocalKey),
                        [&](std::string_view key, std::string_view value) {
                          keys.emplace(key, value);
                          return true;
                        })
                  .ok());
  return keys;
}

// As a process finds the state whose local copy is of an earlier moment, or of none.
void SetLocalKeys(bus::Bus& bus, const LocalKeys& keys) {
  auto producer = std::move(bus.OpenProducer("pump")).value();
  auto* store = std::move(producer->OpenState("seen")).value();
  ASSERT_TRUE(producer->Begin().ok());
  for (const auto& [key, value] : LocalKeysOf(*store)) {
    store->Delete(key);
  }
  for (const auto& [key, value] : keys) {
    store->Put(key, value);
  }
  ASSERT_TRUE(producer->Commit().ok());
}

TEST(SeenSet, CountsGenerationsAndForgetsNothing) {
  const auto bus = bus::MakeMemoryBus();
  auto opened = Open(*bus);
  EXPECT_TRUE(Note(*opened.set, 1, 7).changed);
  EXPECT_FALSE(Note(*opened.set, 1, 7).changed);
  EXPECT_EQ(Note(*opened.set, 1, 8).generation, 2u);
  EXPECT_EQ(Note(*opened.set, 1, 7).generation, 3u) << "a return to an earlier content is a change";
  EXPECT_EQ(opened.set->size(), 1u);
}

// Against a map, with commits, aborts and restarts in between.
TEST(SeenSet, EqualsAMapAcrossCrashes) {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    std::mt19937_64 random(seed);
    const auto bus = bus::MakeMemoryBus();
    using Model = std::map<std::uint64_t, std::pair<std::uint64_t, std::uint32_t>>;
    Model committed;
    Model model;
    LocalKeys local;
    // From tables that are always full to ones that never are.
    const std::size_t young_records = std::size_t{1} << (random() % 13);
    auto opened = Open(*bus, young_records);
    const std::uint64_t keys = 1 + random() % 3000;
    for (int transaction = 0; transaction < 60; ++transaction) {
      ASSERT_TRUE(opened.producer->Begin().ok());
      for (std::uint64_t n = random() % 500; n > 0; --n) {
        const std::uint64_t key = random() % keys;
        const std::uint64_t content = random() % 4;
        auto [it, added] = model.try_emplace(key, content, 0);
        const bool changed = added || it->second.first != content;
        it->second = {content, it->second.second + (changed ? 1u : 0u)};
        const auto note = Note(*opened.set, key, content);
        ASSERT_EQ(note.changed, changed);
        ASSERT_EQ(note.generation, it->second.second);
      }
      ASSERT_TRUE(opened.set->Flush().ok());
      const auto what = random() % 10;
      if (what < 7) {
        ASSERT_TRUE(opened.producer->Commit().ok());
        committed = model;
        if (random() % 4 == 0) {
          local = LocalKeysOf(*std::move(opened.producer->OpenState("seen")).value());
        }
      } else if (what == 7) {
        ASSERT_TRUE(opened.producer->Abort().ok());
      }
      if (what >= 6) {  // a crash: before the commit, or after it
        opened = Opened{};
        if (const auto lost = random() % 3; lost < 2) {
          local = lost == 0 ? LocalKeys() : local;
          SetLocalKeys(*bus, local);
        }
        opened = Open(*bus, young_records);
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
    Note(*opened.set, i % 10, i);
    ASSERT_TRUE(opened.set->Flush().ok());
    ASSERT_TRUE(opened.producer->Commit().ok());
  }
  auto* store = std::move(opened.producer->OpenState("seen")).value();
  EXPECT_LT(KeysWith(*store, "orders/").size(), 64u);
  auto again = Open(*bus);
  EXPECT_EQ(again.set->size(), 10u);
  EXPECT_FALSE(Note(*again.set, 9, 5999).changed);
}

// Records that come once and are never seen again: what is known of them leaves memory, and is still known.
TEST(SeenSet, WhatIsOldIsInTheIndex) {
  constexpr std::uint64_t kRecords = 20000;
  constexpr std::size_t kYoung = 1000;
  const auto bus = bus::MakeMemoryBus();
  auto opened = Open(*bus, kYoung);
  for (std::uint64_t i = 0; i < kRecords; i += 50) {
    ASSERT_TRUE(opened.producer->Begin().ok());
    for (std::uint64_t key = i; key < i + 50; ++key) {
      ASSERT_TRUE(Note(*opened.set, key, key).changed);
    }
    ASSERT_TRUE(opened.set->Flush().ok());
    ASSERT_TRUE(opened.producer->Commit().ok());
  }
  auto* store = std::move(opened.producer->OpenState("seen")).value();
  const std::string index = std::string(1, bus::kLocalKey) + "orders/";
  EXPECT_GT(KeysWith(*store, index).size(), kRecords - 2 * kYoung - 100);
  EXPECT_LT(KeysWith(*store, "orders/").size(), 64u);
  for (const bool lost : {false, true}) {
    opened = Opened{};
    if (lost) {
      SetLocalKeys(*bus, {});
    }
    opened = Open(*bus, kYoung);
    EXPECT_EQ(opened.set->size(), kRecords);
    for (std::uint64_t key = 0; key < kRecords; ++key) {
      ASSERT_FALSE(Note(*opened.set, key, key).changed) << key;
    }
  }
  EXPECT_EQ(Note(*opened.set, 3, 4).generation, 2u);
}

// All records change again and again: what is outdated is collected.
TEST(SeenSet, TheLogDoesNotGrowWithChanges) {
  const auto bus = bus::MakeMemoryBus();
  auto opened = Open(*bus, 1000);
  for (std::uint64_t round = 1; round <= 60; ++round) {
    ASSERT_TRUE(opened.producer->Begin().ok());
    for (std::uint64_t key = 0; key < 5000; ++key) {
      ASSERT_EQ(Note(*opened.set, key, round).generation, round);
    }
    ASSERT_TRUE(opened.set->Flush().ok());
    ASSERT_TRUE(opened.producer->Commit().ok());
  }
  std::size_t bytes = 0;
  auto* store = std::move(opened.producer->OpenState("seen")).value();
  ASSERT_TRUE(store
                  ->Scan("orders/",
                         [&](std::string_view, std::string_view value) {
                           bytes += value.size();
                           return true;
                         })
                  .ok());
  EXPECT_LT(bytes / 28, 65536u + 3 * 5000u) << "of 300000 entries";
  auto again = Open(*bus, 1000);
  EXPECT_EQ(again.set->size(), 5000u);
  EXPECT_EQ(Note(*again.set, 77, 61).generation, 61u);
}

TEST(SeenFilter, ForgetsNothingAndGuessesRarely) {
  SeenFilter filter;
  for (std::uint64_t i = 0; i < 300000; ++i) {
    filter.Add(KeyOf(i));
  }
  int guessed = 0;
  for (std::uint64_t i = 0; i < 300000; ++i) {
    ASSERT_TRUE(filter.MayContain(KeyOf(i)));
    guessed += filter.MayContain(KeyOf(1000000 + i)) ? 1 : 0;
  }
  EXPECT_LT(guessed, 300000 / 20);
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
