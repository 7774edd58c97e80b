#include "runtime/stream_worker.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace crossbill::runtime {
namespace {

// Reads one row and is then at the end.
class OneRow final : public Pump {
 public:
  explicit OneRow(std::stop_source& stop) : stop_(stop) {}
  Result<PumpProgress> Step() override {
    PumpProgress progress;
    progress.rows = 1;
    progress.at_end = true;
    return progress;
  }
  Status SayReadUp() override {
    stop_.request_stop();
    return Ok();
  }

 private:
  std::stop_source& stop_;
};

class StreamWorkerTest : public testing::Test {
 protected:
  // Fails with these codes, one a time, and then works.
  Status Run(std::vector<Code> codes, const StreamWorkerOptions& options) {
    const auto open = [&, opened = std::size_t{0}]() mutable -> Result<std::unique_ptr<Pump>> {
      ++opens_;
      if (opened < codes.size()) {
        return Error(codes[opened++], "why");
      }
      return std::unique_ptr<Pump>(std::make_unique<OneRow>(stop_));
    };
    return RunStream(open, options, status_, *log_, clock_, stop_.get_token());
  }

  StreamWorkerOptions Impatient() {
    StreamWorkerOptions options;
    options.backoff_ms = options.longest_backoff_ms = options.poll_ms = 1;
    return options;
  }

  std::stop_source stop_;
  SystemClock clock_;
  std::string text_;
  std::unique_ptr<Log> log_ =
      MakeLog(clock_, false, LogLevel::kInfo, [this](std::string_view line) { text_ += line; });
  StreamStatus status_;
  int opens_ = 0;
};

TEST_F(StreamWorkerTest, WaitsForTheFirstFileAndSaysItOnce) {
  const Status outcome = Run({Code::kSourceNoFile, Code::kSourceNoFile, Code::kSourceNoFile}, Impatient());
  EXPECT_TRUE(outcome.ok()) << outcome.error().ToString();
  EXPECT_EQ(opens_, 4);
  EXPECT_EQ(status_.rows, 1);
  const std::size_t said = text_.find("waiting for the first file");
  ASSERT_NE(said, std::string::npos) << text_;
  EXPECT_EQ(text_.find("waiting for the first file", said + 1), std::string::npos) << text_;
}

TEST_F(StreamWorkerTest, UntilIdleDoesNotWaitForAFile) {
  StreamWorkerOptions options = Impatient();
  options.until_idle = true;
  const Status outcome = Run({Code::kSourceNoFile}, options);
  ASSERT_FALSE(outcome.ok());
  EXPECT_EQ(outcome.error().code(), Code::kSourceNoFile);
  EXPECT_EQ(status_.state, StreamStatus::State::kFailed);
}

TEST_F(StreamWorkerTest, TriesAgainWhatMayGetBetterAndEndsWithWhatDoesNot) {
  const Status outcome =
      Run({Code::kSourceUnavailable, Code::kSourceUnavailable, Code::kSourceLogin}, Impatient());
  ASSERT_FALSE(outcome.ok());
  EXPECT_EQ(outcome.error().code(), Code::kSourceLogin);
  EXPECT_EQ(opens_, 3);
}

TEST_F(StreamWorkerTest, FailsAfterSoManyTries) {
  StreamWorkerOptions options = Impatient();
  options.tries = 2;
  const Status outcome =
      Run({Code::kSourceUnavailable, Code::kSourceUnavailable, Code::kSourceUnavailable}, options);
  ASSERT_FALSE(outcome.ok());
  EXPECT_EQ(opens_, 2);
}

}  // namespace
}  // namespace crossbill::runtime
