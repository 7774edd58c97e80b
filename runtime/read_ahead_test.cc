#include "runtime/read_ahead.h"

#include <gtest/gtest.h>

#include <atomic>

namespace crossbill::runtime {
namespace {

// Gives batches whose `next` counts up; at its end after `batches`, and again after each further one.
class CountingSource final : public connectors::Source {
 public:
  explicit CountingSource(int batches) : batches_(batches) {}
  Status Open(std::string_view) override { return Ok(); }
  const connectors::Schema& schema() const override { return schema_; }
  const std::vector<connectors::Child>& children() const override { return children_; }
  bool needs_diff() const override { return false; }
  Result<connectors::RowBatch> Read(std::size_t) override {
    const int read = ++reads_;
    if (read == fail_at) {
      return Error(Code::kSourceUnavailable, "the network is down");
    }
    connectors::RowBatch batch;
    batch.next = std::to_string(read);
    batch.at_end = read >= batches_;
    return batch;
  }
  int reads() const { return reads_; }
  int fail_at = -1;

 private:
  const int batches_;
  std::atomic<int> reads_{0};
  connectors::Schema schema_;
  std::vector<connectors::Child> children_;
};

TEST(ReadAheadTest, GivesEveryBatchOnceAndInOrder) {
  CountingSource source(100);
  ReadAhead ahead(source, 10);
  for (int i = 1; i <= 100; ++i) {
    const auto batch = ahead.Next();
    ASSERT_TRUE(batch.ok());
    EXPECT_EQ(batch->next, std::to_string(i));
    EXPECT_EQ(batch->at_end, i == 100);
  }
}

TEST(ReadAheadTest, RestsAtTheEndUntilItIsAskedAgain) {
  CountingSource source(1);
  ReadAhead ahead(source, 10);
  ASSERT_TRUE(ahead.Next().ok());
  EXPECT_EQ(source.reads(), 1);
  ASSERT_TRUE(ahead.Next().ok());
  EXPECT_EQ(source.reads(), 2);
}

TEST(ReadAheadTest, AnErrorReachesTheCallerAfterTheBatchesBeforeIt) {
  CountingSource source(100);
  source.fail_at = 3;
  ReadAhead ahead(source, 10);
  EXPECT_TRUE(ahead.Next().ok());
  EXPECT_TRUE(ahead.Next().ok());
  const auto failed = ahead.Next();
  ASSERT_FALSE(failed.ok());
  EXPECT_EQ(failed.error().code(), Code::kSourceUnavailable);
}

}  // namespace
}  // namespace crossbill::runtime
