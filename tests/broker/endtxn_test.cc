// A request of a transaction that arrives late ends, or changes, the next one (KAFKA-17754): what is lost
// without the guard, and that nothing is with it. Frames are held by kafka_proxy.py.
#include <gtest/gtest.h>

#include <chrono>
#include <thread>

#include "tests/broker/copy_task.h"
#include "tests/broker/proxy_control.h"

namespace crossbill::bus {
namespace {

constexpr auto kPatience = std::chrono::seconds(30);

// A task whose steps a test takes one by one.
class Hand {
 public:
  Hand(CopyTopics& topics, bool guard) : topics_(topics), bus_(topics, {.guard = guard}) { Open(); }

  void Open() {
    producer_.reset();
    auto opened = bus_->OpenProducer(topics_.prefix + ".task");
    ASSERT_TRUE(opened.ok()) << opened.error().ToString();
    producer_ = std::move(opened).value();
  }
  Status Begin() { return producer_->Begin(); }
  // As the runtime does: a producer in doubt makes place for a new one.
  void BeginAnew(bool in_doubt) {
    const Status begun = Begin();
    EXPECT_EQ(begun.ok(), !in_doubt);
    if (!begun.ok()) {
      EXPECT_EQ(begun.error().code(), Code::kBusUnavailable) << begun.error().ToString();
      Open();
      Expect(Begin());
    }
  }
  Status Send(int first, int last) {
    for (int i = first; i < last; ++i) {
      const std::string name = CopyTopics::NameOf(i);
      RecordView record;
      record.key = name;
      CROSSBILL_RETURN_IF_ERROR(producer_->Send(topics_.out, 0, record));
    }
    return Ok();
  }
  Status Commit(int next) {
    CROSSBILL_RETURN_IF_ERROR(producer_->SendOffsets(topics_.group, {{{topics_.in, 0}, next}}));
    return producer_->Commit();
  }
  Status Abort() { return producer_->Abort(); }
  static void Expect(const Status& status) { EXPECT_TRUE(status.ok()) << status.error().ToString(); }

 private:
  CopyTopics& topics_;
  ProxiedBus bus_;
  std::unique_ptr<Producer> producer_;
};

class EndTxnTest : public testing::TestWithParam<bool> {
 protected:
  EndTxnTest() { proxy_.Do("reset"); }
  bool guard() const { return GetParam(); }

  // Sends the documents and waits until the broker has them.
  void Deliver(Hand& hand, int first, int last) {
    const int before = proxy_.Of("Produce").answered;
    Hand::Expect(hand.Send(first, last));
    const auto deadline = std::chrono::steady_clock::now() + kPatience;
    for (;;) {
      const auto count = proxy_.Of("Produce");
      if (count.answered > before && count.answered == count.seen) {
        return;
      }
      if (std::chrono::steady_clock::now() > deadline) {
        FAIL() << "the broker does not get the documents";
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
  }
  // The broker refuses what has an older epoch; else it does what the request says.
  void ReleaseLateRequest() {
    ASSERT_EQ(proxy_.Of("EndTxn").held, 1);
    constexpr const char* kInvalidProducerEpoch = "47";
    EXPECT_EQ(proxy_.Do("release"),
              std::string("released=1 errors=") + (guard() ? kInvalidProducerEpoch : "0"));
  }

  ProxyControl proxy_;
  CopyTopics topics_;
};

TEST_P(EndTxnTest, AnAbortThatComesLateDoesNotTakeTheNextTransaction) {
  topics_.Put(5);
  Hand task(topics_, guard());
  Hand::Expect(task.Begin());
  Hand::Expect(task.Send(100, 101));
  proxy_.Do("hold EndTxn cut");
  Hand::Expect(task.Abort());  // the second try is answered
  task.BeginAnew(guard());
  Deliver(task, 0, 5);
  ReleaseLateRequest();
  Hand::Expect(task.Commit(5));
  EXPECT_EQ(topics_.Consumed(), 5);
  // Without the guard: committed, and nothing to be read.
  EXPECT_EQ(topics_.Copies(), CopyTopics::Once(guard() ? 5 : 0));
}

TEST_P(EndTxnTest, ACommitThatComesLateDoesNotEndTheNextTransaction) {
  topics_.Put(10);
  Hand task(topics_, guard());
  Hand::Expect(task.Begin());
  Hand::Expect(task.Send(0, 5));
  proxy_.Do("hold EndTxn cut commit");
  Hand::Expect(task.Commit(5));
  task.BeginAnew(guard());
  Deliver(task, 5, 8);
  ReleaseLateRequest();
  EXPECT_EQ(topics_.Consumed(), 5);
  Status done = task.Send(8, 10);
  if (done.ok()) {
    done = task.Commit(10);
  }
  EXPECT_EQ(done.ok(), guard());
  if (!done.ok()) {  // from what is committed, once more
    EXPECT_EQ(topics_.Consumed(), 5);
    task.Open();
    Hand::Expect(task.Begin());
    Hand::Expect(task.Send(5, 10));
    Hand::Expect(task.Commit(10));
  }
  EXPECT_EQ(topics_.Consumed(), 10);
  auto expected = CopyTopics::Once(10);
  if (!guard()) {  // the half that the late request committed is there twice
    for (int i = 5; i < 8; ++i) {
      expected[CopyTopics::NameOf(i)] = 2;
    }
  }
  EXPECT_EQ(topics_.Copies(), expected);
}

INSTANTIATE_TEST_SUITE_P(Guard, EndTxnTest, testing::Bool(),
                         [](const auto& one) { return one.param ? "on" : "off"; });

}  // namespace
}  // namespace crossbill::bus
