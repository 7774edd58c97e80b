// Dead letters from the first failure to the end: put aside by a pump, looked at, put back. On the embedded
// bus.
#include "runtime/replay.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <memory>

#include "bus/dead_letter.h"
#include "bus/embedded/embedded_bus.h"
#include "bus/event_headers.h"
#include "bus/topic_specs.h"
#include "connectors/all/all_connectors.h"
#include "connectors/sdk/test_folder.h"
#include "runtime/pump.h"
#include "transforms/sdk/dead_letter.h"
#include "transforms/sdk/task.h"

namespace crossbill::runtime {
namespace {

using connectors::TestFolder;
using Outcome = ReplayResult::Outcome;
using testing::ElementsAre;
using testing::HasSubstr;

struct Event {
  std::string key, id, value;
  bool tombstone = false;
  std::map<std::string, std::string, std::less<>> headers;
  std::int64_t sequence() const { return std::stoll(headers.at("ce_sequence")); }
};

struct Told {
  std::string id;
  Outcome outcome;
  std::string why;
};

class ReplayTest : public testing::Test {
 protected:
  void SetUp() override {
    connectors::RegisterAll(registry_);
    folder_.Write("crossbill.yaml", "version: 1\npartitions: 2\n");
    Configure(R"(date(day, "%Y-%m-%d"))");
    auto bus = bus::OpenEmbeddedBus({folder_.path("bus"), false, false});
    ASSERT_TRUE(bus.ok()) << bus.error().ToString();
    bus_ = std::move(*bus);
    ASSERT_TRUE(bus_->CreateTopics(bus::SpecsOf(topics_)).ok());
    door_ = ErasureDoor::Open(*bus_, topics_, Secret(), gate_).value();
  }

  void Configure(const std::string& ordered_on, const std::string& more = "",
                 const std::string& encoding = "utf-8") {
    folder_.Write("connectors/shop.yaml", R"(version: 1
system: shop
source: {kind: csv, path: ., encoding: )" + encoding +
                                              R"(}
streams:
  - name: orders
    files: "*.csv"
    settle: 0s
    key: [no]
    publish: order
    map:
      number: no
      ordered_on: )" + ordered_on + "\n" + more);
    config::Problems problems;
    project_ = ProjectConfig::Load(folder_.path(), registry_, *config::ProcessEnvironment(), problems);
    ASSERT_FALSE(problems.HasErrors()) << problems.ToString();
  }

  void ReadSources() {
    const ConnectorConfig* connector = nullptr;
    const StreamConfig* stream = project_->FindStream("shop/orders", &connector);
    auto pump = Pump::Open(*bus_, topics_, *project_, *connector, *stream, *door_, clock_, *log_, {});
    ASSERT_TRUE(pump.ok()) << pump.error().ToString();
    for (bool at_end = false; !at_end;) {
      const auto progress = (*pump)->Step();
      ASSERT_TRUE(progress.ok()) << progress.error().ToString();
      at_end = progress->at_end;
    }
  }

  std::vector<Letter> Letters(bool only_open = false) {
    LetterFilter filter;
    filter.only_open = only_open;
    std::vector<Letter> letters;
    EXPECT_TRUE(VisitLetters(*bus_, topics_, filter, [&](Letter& letter) {
                  letters.push_back(letter);
                  return Ok();
                }).ok());
    return letters;
  }

  std::vector<Told> Replay(bool dry_run = false, bool force = false, bool only_open = true) {
    ReplayOptions options;
    options.dry_run = dry_run;
    options.force = force;
    options.filter.only_open = only_open;
    std::vector<Told> told;
    const Status done = ReplayLetters(
        *bus_, topics_, *project_, clock_, *log_, options,
        [&](const ReplayResult& result) { told.push_back({result.letter->id, result.outcome, result.why}); });
    EXPECT_TRUE(done.ok()) << done.error().ToString();
    return told;
  }

  // In order of their numbers.
  std::vector<Event> Records(const std::string& topic) {
    std::vector<Event> events;
    auto consumer = bus_->OpenConsumer("look").value();
    std::vector<bus::TopicPartition> partitions;
    for (std::int32_t p = 0; p < 2; ++p) {
      partitions.push_back({topic, p});
    }
    EXPECT_TRUE(consumer->Assign(partitions).ok());
    for (auto batch = consumer->Poll(1000, 0); !batch->records.empty(); batch = consumer->Poll(1000, 0)) {
      for (const bus::FetchedRecord& fetched : batch->records) {
        Event event;
        event.key = std::string(fetched.record.key);
        event.tombstone = !fetched.record.value;
        event.value = std::string(fetched.record.value.value_or(""));
        event.id = std::string(fetched.record.Header(bus::kHeaderId));
        for (const bus::HeaderView& header : fetched.record.headers) {
          event.headers[std::string(header.name)] = std::string(header.value);
        }
        events.push_back(std::move(event));
      }
    }
    return events;
  }
  std::vector<Event> Orders() {
    std::vector<Event> events = Records(topics_.Source("order"));
    std::sort(events.begin(), events.end(),
              [](const Event& a, const Event& b) { return a.sequence() < b.sequence(); });
    return events;
  }

  TestFolder folder_;
  connectors::ConnectorRegistry registry_;
  std::unique_ptr<ProjectConfig> project_;
  const bus::Topics topics_{"crossbill", 2};
  SystemClock clock_;
  transforms::ErasureGate gate_;
  std::unique_ptr<ErasureDoor> door_;
  std::unique_ptr<Log> log_ = MakeNullLog();
  std::unique_ptr<bus::Bus> bus_;
};

TEST_F(ReplayTest, ARowThatTodaysMappingTakesIsPublishedOnceUnderItsOwnNumber) {
  folder_.Write("a.csv", "no,day\n1,2026-01-01\n2,01.02.2026\n3,2026-01-03\n");
  ReadSources();
  ASSERT_EQ(Letters().size(), 1u);
  EXPECT_EQ(Letters()[0].message.sequence(), 2);
  Configure(R"(date(day, ["%Y-%m-%d", "%d.%m.%Y"]))");
  // A newer version of the record comes before the replay does.
  folder_.Write("b.csv", "no,day\n2,2026-05-05\n");
  ReadSources();
  EXPECT_EQ(Replay(true)[0].outcome, Outcome::kPutBack) << "a dry run";
  EXPECT_EQ(Orders().size(), 3u) << "it writes nothing";
  EXPECT_EQ(Letters(true).size(), 1u);

  const auto told = Replay();
  ASSERT_EQ(told.size(), 1u);
  EXPECT_EQ(told[0].outcome, Outcome::kPutBack) << told[0].why;
  const auto orders = Orders();
  ASSERT_EQ(orders.size(), 4u);
  EXPECT_EQ(orders[1].key, "shop/orders/2");
  EXPECT_EQ(orders[1].sequence(), 2) << "older than what was read after it";
  EXPECT_EQ(orders[3].key, "shop/orders/2");
  EXPECT_EQ(orders[3].sequence(), 4);
  EXPECT_TRUE(Letters(true).empty());
  EXPECT_EQ(Letters()[0].state, v1::DeadLetterMark::REPLAYED);

  EXPECT_TRUE(Replay().empty()) << "once";
  EXPECT_EQ(Replay(false, false, false)[0].outcome, Outcome::kRefused);
  // By force: the same event, with the same id.
  EXPECT_EQ(Replay(false, true, false)[0].outcome, Outcome::kPutBack);
  ASSERT_EQ(Orders().size(), 5u);
  EXPECT_EQ(Orders()[1].id, Orders()[2].id);
}

TEST_F(ReplayTest, WhatFailsAgainIsTheSameLetterAndNotForEver) {
  folder_.Write("a.csv", "no,day\n1,never\n");
  ReadSources();
  const std::string id = Letters()[0].id;
  for (int attempt = 2; attempt <= kMaxAttempts; ++attempt) {
    EXPECT_EQ(Replay()[0].outcome, Outcome::kFails);
    ASSERT_EQ(Letters(true).size(), 1u);
    EXPECT_EQ(Letters()[0].id, id);
    EXPECT_EQ(Letters()[0].attempt(), attempt);
  }
  EXPECT_EQ(Replay()[0].outcome, Outcome::kRefused);
  EXPECT_EQ(Replay(false, true)[0].outcome, Outcome::kFails);
  EXPECT_EQ(Letters()[0].attempt(), kMaxAttempts + 1);
  EXPECT_EQ(Records(topics_.DeadLetters()).size(), 1u) << "no letter of a letter";
  EXPECT_TRUE(Orders().empty());
}

TEST_F(ReplayTest, ALetterSaysWhatIsWrongToday) {
  folder_.Write("a.csv", "no,day\n1,never\n");
  ReadSources();
  EXPECT_EQ(Letters()[0].message.code(), "CB1210");
  const std::string before = Letters()[0].message.configuration();
  Configure(R"(date(day, "%d.%m.%Y"))",
            "    require: [{that: \"no != '1'\", else: dead_letter, why: not the first}]\n");
  Replay();
  const Letter letter = Letters()[0];
  EXPECT_EQ(letter.state, v1::DeadLetterMark::OPEN);
  EXPECT_NE(letter.message.configuration(), before);
  EXPECT_THAT(letter.message.code(), testing::AnyOf("CB1210", "CB1211"));
}

TEST_F(ReplayTest, ARowThatTheMappingLeavesOutIsDone) {
  folder_.Write("a.csv", "no,day\n1,never\n");
  ReadSources();
  Configure(R"(date(day, "%Y-%m-%d"))", "    when: \"day != 'never'\"\n");
  EXPECT_EQ(Replay()[0].outcome, Outcome::kLeftOut);
  EXPECT_TRUE(Letters(true).empty());
  EXPECT_TRUE(Orders().empty());
}

TEST_F(ReplayTest, AMappingOfAnotherColumnCannotBeTriedOnTheRow) {
  folder_.Write("a.csv", "no,day\n1,never\n");
  ReadSources();
  Configure(R"(date(placed, "%Y-%m-%d"))");
  const auto told = Replay();
  EXPECT_EQ(told[0].outcome, Outcome::kUndecided);
  EXPECT_THAT(told[0].why, HasSubstr("offsets reset shop/orders"));
  EXPECT_EQ(Letters(true)[0].attempt(), 1) << "it was no attempt";
}

TEST_F(ReplayTest, ARowThatCouldNotBeReadIsReadAgainFromItsFile) {
  folder_.Write("a.csv", "no,day\n1,2026-01-01\n\xb6\xa9\xb5\xa5,2026-01-02\n3,2026-01-03\n");
  ReadSources();
  ASSERT_EQ(Letters().size(), 1u);
  EXPECT_EQ(Letters()[0].message.stage(), "read");
  EXPECT_EQ(Letters()[0].message.code(), "CB1411");
  EXPECT_EQ(Replay()[0].outcome, Outcome::kFails);
  Configure(R"(date(day, "%Y-%m-%d"))", "", "gb18030");
  EXPECT_EQ(Replay()[0].outcome, Outcome::kPutBack);
  const auto orders = Orders();
  ASSERT_EQ(orders.size(), 3u);
  EXPECT_EQ(orders[2].key, "shop/orders/订单");
  EXPECT_EQ(orders[2].sequence(), 3) << "bad rows of a batch come behind the good ones";
}

TEST_F(ReplayTest, AFileThatChangedIsNoMatterOfTheLetter) {
  folder_.Write("a.csv", "no,day\n1\n");
  ReadSources();
  folder_.Write("a.csv", "no,day\n1,2026-01-01\n");
  const auto changed = Replay();
  EXPECT_EQ(changed[0].outcome, Outcome::kUndecided);
  EXPECT_THAT(changed[0].why, HasSubstr("another row"));
  folder_.Write("a.csv", "no,day\n");
  EXPECT_THAT(Replay()[0].why, HasSubstr("no row at this place"));
}

TEST_F(ReplayTest, DroppedLettersAreKeptAndSaidToBe) {
  folder_.Write("a.csv", "no,day\n1,never\n2,never\n");
  ReadSources();
  ReplayOptions options;
  options.filter.ids = {Letters()[0].id};
  const auto ignore = [](const ReplayResult&) {};
  options.dry_run = true;
  ASSERT_TRUE(DropLetters(*bus_, topics_, clock_, options, ignore).ok());
  EXPECT_EQ(Letters(true).size(), 2u);
  options.dry_run = false;
  ASSERT_TRUE(DropLetters(*bus_, topics_, clock_, options, ignore).ok());
  ASSERT_EQ(Letters(true).size(), 1u);
  EXPECT_EQ(Letters().size(), 2u);
  EXPECT_EQ(FindLetter(*bus_, topics_, options.filter.ids[0].substr(0, 8))->state,
            v1::DeadLetterMark::DROPPED);
  EXPECT_EQ(FindLetter(*bus_, topics_, "nothing").error().code(), Code::kNotFound);
  EXPECT_EQ(FindLetter(*bus_, topics_, "").error().code(), Code::kUsage);
}

TEST_F(ReplayTest, ARowThatFailsAnotherWayLaterIsAnotherLetterOfThePlace) {
  folder_.Write("a.csv", "no,day\n1,never\n");
  ReadSources();
  Replay();
  folder_.Write("a.csv", "no,day\n1,not now either\n");
  ReadSources();
  const auto letters = Letters(true);
  ASSERT_EQ(letters.size(), 1u);
  EXPECT_EQ(letters[0].attempt(), 1);
  EXPECT_THAT(letters[0].message.why(), HasSubstr("not now either"));
}

TEST_F(ReplayTest, ARunningStreamGoesOnBesideAReplay) {
  folder_.Write("a.csv", "no,day\n1,never\n");
  const ConnectorConfig* connector = nullptr;
  const StreamConfig* stream = project_->FindStream("shop/orders", &connector);
  auto pump = Pump::Open(*bus_, topics_, *project_, *connector, *stream, *door_, clock_, *log_, {}).value();
  while (!pump->Step()->at_end) {
  }
  EXPECT_EQ(Replay()[0].outcome, Outcome::kFails);
  folder_.Write("b.csv", "no,day\n2,2026-01-02\n");
  for (int i = 0; i < 100 && Orders().empty(); ++i) {
    const auto step = pump->Step();
    ASSERT_TRUE(step.ok()) << step.error().ToString();
  }
  EXPECT_EQ(Orders().size(), 1u);
}

TEST_F(ReplayTest, WhatSomebodyElseWroteHidesNothing) {
  folder_.Write("a.csv", "no,day\n1,never\n");
  ReadSources();
  auto producer = bus_->OpenProducer("somebody").value();
  ASSERT_TRUE(producer->Begin().ok());
  ASSERT_TRUE(producer->Send(topics_.DeadLetters(), -1, {"theirs", "\xff\xff", {}, 5}).ok());
  ASSERT_TRUE(producer->Commit().ok());
  ASSERT_EQ(Letters().size(), 2u);
  for (const Told& told : Replay()) {
    EXPECT_THAT(told.outcome, testing::AnyOf(Outcome::kFails, Outcome::kUndecided)) << told.why;
  }
}

// A stage that takes no record whose value is "bad".
class Picky final : public transforms::Processor {
 public:
  Status Process(std::string_view, const bus::RecordView& record, transforms::Context& context) override {
    if (!record.value || *record.value == "bad") {
      EmitDeadLetter(context, "crossbill.deadletter", record, Code::kEventDecode, "bad");
    }
    return Ok();
  }
  Status Flush(transforms::Context&) override { return Ok(); }
};

TEST_F(ReplayTest, ARecordGoesBackToItsTopicAndFailsAsTheSameLetter) {
  transforms::Stage stage;
  stage.name = "picky";
  stage.inputs = {topics_.Source("order")};
  stage.configuration = "c1";
  stage.make = [](std::int32_t) { return std::make_unique<Picky>(); };
  transforms::TaskOptions options;
  options.prefix = "crossbill";
  options.partition = bus::PartitionOf("k\xff", 2);
  auto task = transforms::Task::Open(*bus_, stage, options).value();
  auto producer = bus_->OpenProducer("feeder").value();
  const bus::HeaderView headers[] = {{"ce_sequence", "7"}, {"other", "\xfe"}};
  ASSERT_TRUE(producer->Begin().ok());
  ASSERT_TRUE(producer->Send(topics_.Source("order"), -1, {"k\xff", "bad", headers, 5}).ok());
  ASSERT_TRUE(producer->Commit().ok());
  ASSERT_TRUE(task->Step(Date(0), 0).ok());
  const Letter first = Letters()[0];
  EXPECT_EQ(first.message.record_key(), "k\xff");
  EXPECT_EQ(first.message.stage(), "picky");

  EXPECT_EQ(Replay()[0].outcome, Outcome::kPutBack);
  EXPECT_TRUE(Letters(true).empty());
  const auto records = Records(topics_.Source("order"));
  ASSERT_EQ(records.size(), 2u);
  EXPECT_EQ(records[1].key, "k\xff");
  EXPECT_EQ(records[1].value, "bad");
  EXPECT_EQ(records[1].headers.at("ce_sequence"), "7");
  EXPECT_EQ(records[1].headers.at("other"), "\xfe");
  EXPECT_EQ(records[1].headers.at("crossbill-attempt"), "2");

  ASSERT_TRUE(task->Step(Date(0), 0).ok());
  const auto letters = Letters(true);
  ASSERT_EQ(letters.size(), 1u);
  EXPECT_EQ(letters[0].id, first.id);
  EXPECT_EQ(letters[0].place, first.place);
  EXPECT_EQ(letters[0].attempt(), 2);
  EXPECT_EQ(Replay()[0].outcome, Outcome::kPutBack);
  EXPECT_EQ(Records(topics_.Source("order")).back().headers.at("crossbill-attempt"), "3");
}

TEST_F(ReplayTest, ARecordWithoutAValueGoesBackWithoutOne) {
  v1::DeadLetter letter;
  letter.set_topic(topics_.Source("order"));
  letter.set_stage("intake");
  letter.set_record_key("k");
  letter.set_tombstone(true);
  const bus::DeadLetterRecord record(letter, bus::PlaceOf(letter), {"intake", "0", "c"}, 5);
  auto producer = bus_->OpenProducer("stage").value();
  ASSERT_TRUE(producer->Begin().ok());
  ASSERT_TRUE(producer->Send(topics_.DeadLetters(), -1, record.View()).ok());
  ASSERT_TRUE(producer->Commit().ok());
  EXPECT_EQ(Replay()[0].outcome, Outcome::kPutBack);
  ASSERT_EQ(Records(topics_.Source("order")).size(), 1u);
  EXPECT_TRUE(Records(topics_.Source("order"))[0].tombstone);
}

}  // namespace
}  // namespace crossbill::runtime
