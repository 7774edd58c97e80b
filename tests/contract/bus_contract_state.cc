// Transactions as a whole: state, atomicity, fencing, durability.
#include "tests/contract/bus_contract.h"

namespace crossbill::bus {
namespace {

std::optional<std::string> Value(StateStore& store, std::string_view key) {
  auto value = store.Get(key);
  CROSSBILL_EXPECT_OK(value);
  return value.ok() ? std::move(value).value() : std::nullopt;
}

}  // namespace

TEST_P(BusContract, StateIsReadThroughTheTransaction) {
  auto producer = OpenProducer("p");
  auto opened = producer->OpenState(Name("store"));
  CROSSBILL_ASSERT_OK(opened);
  StateStore& store = **opened;
  EXPECT_EQ(Value(store, "a"), std::nullopt);
  CROSSBILL_ASSERT_OK(producer->Begin());
  store.Put("a", "1");
  store.Put("b", "");
  EXPECT_EQ(Value(store, "a"), "1");
  EXPECT_EQ(Value(store, "b"), "");
  store.Put("a", "2");
  EXPECT_EQ(Value(store, "a"), "2");
  CROSSBILL_ASSERT_OK(producer->Commit());
  EXPECT_EQ(Value(store, "a"), "2");
  CROSSBILL_ASSERT_OK(producer->Begin());
  store.Delete("a");
  store.Put("b", "changed");
  EXPECT_EQ(Value(store, "a"), std::nullopt);
  EXPECT_EQ(ScanAll(store), (std::map<std::string, std::string>{{"b", "changed"}}));
  CROSSBILL_ASSERT_OK(producer->Abort());
  EXPECT_EQ(Value(store, "a"), "2");
  EXPECT_EQ(Value(store, "b"), "");
  CROSSBILL_ASSERT_OK(producer->Begin());
  store.Delete("a");
  store.Delete("never");
  CROSSBILL_ASSERT_OK(producer->Commit());
  EXPECT_EQ(ScanAll(store), (std::map<std::string, std::string>{{"b", ""}}));
}

TEST_P(BusContract, WhatIsPrefetchedIsWhatIsReadOneByOne) {
  auto producer = OpenProducer("p");
  auto opened = producer->OpenState(Name("store"));
  auto neighbour = producer->OpenState(Name("store2"));
  CROSSBILL_ASSERT_OK(opened);
  CROSSBILL_ASSERT_OK(neighbour);
  StateStore& store = **opened;
  CROSSBILL_ASSERT_OK(producer->Begin());
  for (int i = 0; i < 1000; i += 2) {
    store.Put("k" + std::to_string(i), std::to_string(i));
    (*neighbour)->Put("k" + std::to_string(i + 1), "other store");
  }
  store.Put("empty", "");
  store.Put("large", std::string(200'000, 'x'));
  CROSSBILL_ASSERT_OK(producer->Commit());
  CROSSBILL_ASSERT_OK(producer->Begin());
  store.Put("k4", "put");
  store.Delete("k6");
  std::vector<std::string> keys = {"k8", "k8", "empty", "large", "none"};
  for (int i = 0; i < 500; ++i) {
    keys.push_back("k" + std::to_string(i));
  }
  store.Prefetch(std::move(keys));
  store.Put("k10", "put later");
  store.Delete("k12");
  const std::map<int, std::optional<std::string>> changed = {
      {4, "put"}, {6, std::nullopt}, {10, "put later"}, {12, std::nullopt}};
  for (int i = 0; i < 500; ++i) {
    const auto found = changed.find(i);
    const auto committed = i % 2 == 0 ? std::optional(std::to_string(i)) : std::nullopt;
    EXPECT_EQ(Value(store, "k" + std::to_string(i)), found == changed.end() ? committed : found->second) << i;
  }
  EXPECT_EQ(Value(store, "empty"), "");
  EXPECT_EQ(Value(store, "large"), std::string(200'000, 'x'));
  EXPECT_EQ(Value(store, "none"), std::nullopt);
  CROSSBILL_ASSERT_OK(producer->Abort());
  EXPECT_EQ(Value(store, "k10"), "10");
  EXPECT_EQ(Value(store, "k4"), "4");
  store.Prefetch({});
}

TEST_P(BusContract, ScansMergeInOrderOfBytes) {
  auto producer = OpenProducer("p");
  auto opened = producer->OpenState(Name("store"));
  auto neighbour = producer->OpenState(Name("store2"));
  CROSSBILL_ASSERT_OK(opened);
  CROSSBILL_ASSERT_OK(neighbour);
  StateStore& store = **opened;
  const std::string zero("p\0x", 3);
  CROSSBILL_ASSERT_OK(producer->Begin());
  for (const char* key : {"p", "p/1", "p/3", "p\xff", "p\xff\xff", "q", "o"}) {
    store.Put(key, "old");
  }
  (*neighbour)->Put("p/9", "other store");
  CROSSBILL_ASSERT_OK(producer->Commit());
  CROSSBILL_ASSERT_OK(producer->Begin());
  store.Put("p/2", "new");
  store.Put(zero, "new");
  store.Put("p/3", "new");
  store.Delete("p/1");
  const std::map<std::string, std::string> expected = {
      {"p", "old"}, {zero, "new"}, {"p/2", "new"}, {"p/3", "new"}, {"p\xff", "old"}, {"p\xff\xff", "old"}};
  EXPECT_EQ(ScanAll(store, "p"), expected);
  EXPECT_EQ(ScanAll(store, "p/"), (std::map<std::string, std::string>{{"p/2", "new"}, {"p/3", "new"}}));
  EXPECT_EQ(ScanAll(store, "p\xff").size(), 2u);
  EXPECT_EQ(ScanAll(store, "none").size(), 0u);
  EXPECT_EQ(ScanAll(store).size(), 8u);
  int visited = 0;
  CROSSBILL_ASSERT_OK(store.Scan("p", [&](std::string_view, std::string_view) { return ++visited < 3; }));
  EXPECT_EQ(visited, 3);
  store.Put("p/25", "later");  // after a scan of the same transaction
  EXPECT_TRUE(ScanAll(store, "p/").contains("p/25"));
  CROSSBILL_ASSERT_OK(producer->Commit());
  EXPECT_EQ(ScanAll(store, "p/").size(), 3u);
  EXPECT_EQ(ScanAll(**neighbour).size(), 1u);
}

TEST_P(BusContract, AScanMayPutWhatItVisits) {
  auto producer = OpenProducer("p");
  auto opened = producer->OpenState(Name("store"));
  CROSSBILL_ASSERT_OK(opened);
  StateStore& store = **opened;
  CROSSBILL_ASSERT_OK(producer->Begin());
  for (int i = 10; i < 30; ++i) {
    store.Put("k" + std::to_string(i), "1");
  }
  CROSSBILL_ASSERT_OK(producer->Commit());
  CROSSBILL_ASSERT_OK(producer->Begin());
  CROSSBILL_ASSERT_OK(store.Scan("k", [&](std::string_view key, std::string_view value) {
    store.Put(key, std::string(value) + std::string(100, '2'));
    EXPECT_EQ(Value(store, key)->size(), 101u);
    return true;
  }));
  CROSSBILL_ASSERT_OK(producer->Commit());
  for (const auto& [key, value] : ScanAll(store)) {
    EXPECT_EQ(value.size(), 101u) << key;
  }
  EXPECT_EQ(ScanAll(store).size(), 20u);
}

TEST_P(BusContract, ScansAreRightAmongManyDeletedKeys) {
  auto producer = OpenProducer("p");
  auto opened = producer->OpenState(Name("store"));
  CROSSBILL_ASSERT_OK(opened);
  StateStore& store = **opened;
  const auto key = [](const char* prefix, int n) { return prefix + std::to_string(10000 + n); };
  constexpr int kKeys = 1000;
  CROSSBILL_ASSERT_OK(producer->Begin());
  for (int n = 0; n < kKeys; ++n) {
    store.Put(key("a/", n), "1");
    store.Put(key("b/", n), "2");
  }
  CROSSBILL_ASSERT_OK(producer->Commit());
  CROSSBILL_ASSERT_OK(producer->Begin());
  for (int n = 0; n < kKeys; ++n) {
    store.Delete(key("a/", n));
    if (n != 400 && n != kKeys - 1) {
      store.Delete(key("b/", n));
    }
  }
  CROSSBILL_ASSERT_OK(producer->Commit());
  const std::map<std::string, std::string> left = {{key("b/", 400), "2"}, {key("b/", kKeys - 1), "2"}};
  CROSSBILL_ASSERT_OK(producer->Begin());
  for (int round = 0; round < 3; ++round) {  // one that goes on after another
    EXPECT_TRUE(ScanAll(store, "a/").empty());
    EXPECT_EQ(ScanAll(store, "b/"), left);
    EXPECT_EQ(ScanAll(store), left);
  }
  store.Put(key("a/", 500), "3");
  EXPECT_EQ(ScanAll(store, "a/"), (std::map<std::string, std::string>{{key("a/", 500), "3"}}));
  CROSSBILL_ASSERT_OK(producer->Commit());
}

TEST_P(BusContract, RecordsOffsetsAndStateCommitTogether) {
  const std::string in = MakeTopic("in");
  const std::string out = MakeTopic("out", 3);
  const std::string log = MakeTopic("log");
  {
    auto producer = OpenProducer("p");
    auto store = producer->OpenState(Name("store"));
    CROSSBILL_ASSERT_OK(store);
    CROSSBILL_ASSERT_OK(producer->Begin());
    Send(*producer, out, "a", "1");
    Send(*producer, log, "a", "1");
    CROSSBILL_ASSERT_OK(producer->SendOffsets(Name("g"), {{{in, 0}, 5}}));
    (*store)->Put("done", "5");
    CROSSBILL_ASSERT_OK(producer->Commit());
    CROSSBILL_ASSERT_OK(producer->Begin());
    Send(*producer, out, "b", "2");
    Send(*producer, log, "b", "2");
    CROSSBILL_ASSERT_OK(producer->SendOffsets(Name("g"), {{{in, 0}, 6}}));
    (*store)->Put("done", "6");
  }
  harness().CrashAndReopen();
  EXPECT_EQ(KeysOf(ReadAll(out)), std::vector<std::string>{"a"});
  EXPECT_EQ(KeysOf(ReadAll(log)), std::vector<std::string>{"a"});
  const auto offset = bus().CommittedOffset(Name("g"), {in, 0});
  CROSSBILL_ASSERT_OK(offset);
  EXPECT_EQ(*offset, 5);
  auto producer = OpenProducer("p");
  auto store = producer->OpenState(Name("store"));
  CROSSBILL_ASSERT_OK(store);
  EXPECT_EQ(Value(**store, "done"), "5");
}

TEST_P(BusContract, ANewProducerFencesTheOld) {
  const std::string topic = MakeTopic("fence");
  auto old = OpenProducer("p");
  auto old_store = old->OpenState(Name("store"));
  CROSSBILL_ASSERT_OK(old_store);
  SendAll(*old, topic, {{"first", "1"}});
  CROSSBILL_ASSERT_OK(old->Begin());
  Send(*old, topic, "zombie", "1");
  (*old_store)->Put("who", "zombie");

  auto young = OpenProducer("p");
  auto store = young->OpenState(Name("store"));
  CROSSBILL_ASSERT_OK(store);
  CROSSBILL_ASSERT_OK(young->Begin());
  Send(*young, topic, "second", "2");
  (*store)->Put("who", "young");
  CROSSBILL_ASSERT_OK(young->Commit());

  CROSSBILL_EXPECT_CODE(old->Commit(), Code::kBusFenced);
  Status again = old->Begin();
  if (again.ok()) {
    RecordView record;
    record.key = "zombie";
    again = old->Send(topic, 0, record);
    if (again.ok()) {
      again = old->Commit();
    }
  }
  CROSSBILL_EXPECT_CODE(again, Code::kBusFenced);
  EXPECT_EQ(KeysOf(ReadAll(topic)), (std::vector<std::string>{"first", "second"}));
  EXPECT_EQ(Value(**store, "who"), "young");
  SendAll(*young, topic, {{"third", "3"}});
  auto other = OpenProducer("another id");
  SendAll(*other, topic, {{"fourth", "4"}});
  EXPECT_EQ(ReadAll(topic).size(), 4u);
}

TEST_P(BusContract, EverythingCommittedIsThereAfterACrash) {
  const std::string plain = MakeTopic("plain", 2);
  const std::string compacted = MakeTopic("compacted", 2, true);
  for (int round = 0; round < 4; ++round) {
    const std::string text = std::to_string(round);
    {
      auto producer = OpenProducer("p");
      auto store = producer->OpenState(Name("store"));
      CROSSBILL_ASSERT_OK(store);
      CROSSBILL_ASSERT_OK(producer->Begin());
      for (int i = 0; i < 50; ++i) {
        Send(*producer, plain, "k" + std::to_string(i), text);
      }
      Send(*producer, compacted, "same", text);
      Send(*producer, compacted, "only" + text, text);
      (*store)->Put("round", text);
      (*store)->Put("r" + text, text);
      CROSSBILL_ASSERT_OK(producer->SendOffsets(Name("g"), {{{plain, 1}, round * 10}}));
      CROSSBILL_ASSERT_OK(producer->Commit());
    }
    harness().CrashAndReopen();
    EXPECT_EQ(ReadAll(plain).size(), 50u * static_cast<std::size_t>(round + 1));
    const auto newest = ReadNewest(compacted);
    EXPECT_EQ(newest.size(), static_cast<std::size_t>(round) + 2);
    EXPECT_EQ(newest.at("same"), text);
    const auto offset = bus().CommittedOffset(Name("g"), {plain, 1});
    CROSSBILL_ASSERT_OK(offset);
    EXPECT_EQ(*offset, round * 10);
    auto producer = OpenProducer("p");
    auto store = producer->OpenState(Name("store"));
    CROSSBILL_ASSERT_OK(store);
    EXPECT_EQ(Value(**store, "round"), text);
    EXPECT_EQ(ScanAll(**store, "r").size(), static_cast<std::size_t>(round) + 2);
  }
  const auto specs = bus().ListTopics();
  CROSSBILL_ASSERT_OK(specs);
  EXPECT_GE(specs->size(), 2u);
}

}  // namespace crossbill::bus
