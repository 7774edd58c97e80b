// The contract that every connector keeps, as tests: a connector's test file makes a fixture for it and
// instantiates the suite. Tests only.
//
//   struct CsvContract { … };
//   INSTANTIATE_TYPED_TEST_SUITE_P(Csv, ConnectorContract, CsvContract);
//
// A fixture has:
//   void Write(const std::vector<ContractRow>& rows);   the source now holds these rows; a row with `bad`
//   cannot be read std::unique_ptr<Source> Make();                     a source of it, not opened void
//   Remove();                                      the table or the files are gone std::string secret(); what
//   no message may hold; empty when there is none static constexpr bool kBadRows;                     whether
//   rows can be bad static std::string WhyNot();                        optional: why the suite cannot run
//   here; "" when it can static constexpr bool kReadsAgain;                  whether a new pass gives the
//   rows again
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "connectors/sdk/row_text.h"
#include "connectors/sdk/source.h"

namespace crossbill::connectors {

// Each look at the clock takes a millisecond.
class TickingClock final : public Clock {
 public:
  Timestamp Now() const override { return clock_.Now(); }
  std::int64_t MonotonicMicros() const override {
    clock_.Advance(1000);
    return clock_.MonotonicMicros();
  }
  void Advance(std::int64_t micros) { clock_.Advance(micros); }

 private:
  mutable ManualClock clock_;
};

struct ContractRow {
  int id = 0;
  std::string name;
  bool bad = false;
};

inline std::vector<ContractRow> ContractRows(int n) {
  std::vector<ContractRow> rows;
  for (int i = 0; i < n; ++i) {
    rows.push_back({i + 1, "name " + std::to_string(i + 1)});
  }
  return rows;
}

inline std::string Describe(const Source& source, const Row& row) {
  return source.dynamic() ? JsonOf(row.cells[0]) : JsonOf(Value::Record(&source.schema(), row.cells));
}

// What was read up to the end of the pass: rows and bad rows, and the position behind each batch with how
// much was read by then.
struct ContractRead {
  std::vector<std::string> rows;
  std::vector<std::string> bad;
  struct At {
    std::string position;
    std::size_t rows = 0;
    std::size_t bad = 0;
  };
  std::vector<At> positions;
};

inline void AddBatch(const Source& source, const RowBatch& batch, ContractRead& out) {
  for (const Row& row : batch.rows) {
    out.rows.push_back(Describe(source, row));
  }
  for (const BadRow& bad : batch.bad_rows) {
    out.bad.push_back(bad.file + ":" + std::to_string(bad.line) + ":" + bad.key + ":" + bad.raw);
  }
  out.positions.push_back({batch.next, out.rows.size(), out.bad.size()});
}

inline ContractRead ReadToEnd(Source& source, std::size_t max_rows) {
  ContractRead out;
  for (int guard = 0; guard < 100000; ++guard) {
    auto batch = source.Read(max_rows);
    EXPECT_TRUE(batch.ok()) << (batch.ok() ? "" : batch.error().ToString());
    if (!batch.ok()) {
      return out;
    }
    AddBatch(source, *batch, out);
    if (batch->at_end) {
      return out;
    }
  }
  ADD_FAILURE() << "the source never comes to its end";
  return out;
}

template <class Fixture>
class ConnectorContract : public testing::Test {
 protected:
  void SetUp() override {
    if constexpr (requires { Fixture::WhyNot(); }) {
      if (const std::string why = Fixture::WhyNot(); !why.empty()) {
        GTEST_SKIP() << why;
      }
    }
  }
  std::unique_ptr<Source> OpenAt(std::string_view position) {
    auto source = fixture_.Make();
    const Status opened = source->Open(position);
    EXPECT_TRUE(opened.ok()) << (opened.ok() ? "" : opened.error().ToString());
    return source;
  }
  ContractRead ReadAll(std::size_t max_rows) { return ReadToEnd(*OpenAt(""), max_rows); }
  std::vector<ContractRow> SomeRows(int n) {
    auto rows = ContractRows(n);
    for (std::size_t i = 3; Fixture::kBadRows && i < rows.size(); i += 5) {
      rows[i].bad = true;
    }
    return rows;
  }

  Fixture fixture_;
};

TYPED_TEST_SUITE_P(ConnectorContract);

TYPED_TEST_P(ConnectorContract, AnyBatchSizeGivesTheSameRows) {
  const auto rows = this->SomeRows(23);
  this->fixture_.Write(rows);
  const ContractRead whole = this->ReadAll(1000);
  std::size_t good = 0;
  for (const ContractRow& row : rows) {
    good += row.bad ? 0 : 1;
  }
  ASSERT_EQ(whole.rows.size(), good);
  EXPECT_EQ(whole.bad.size(), rows.size() - good);
  std::size_t at = 0;
  for (const ContractRow& row : rows) {
    if (!row.bad) {
      EXPECT_NE(whole.rows[at++].find(row.name), std::string::npos) << row.name;
    }
  }
  for (const std::size_t size : {1, 2, 3, 7, 22, 23, 24}) {
    const ContractRead read = this->ReadAll(size);
    EXPECT_EQ(read.rows, whole.rows) << "batches of " << size;
    EXPECT_EQ(read.bad, whole.bad) << "batches of " << size;
  }
}

TYPED_TEST_P(ConnectorContract, EveryPositionGivesExactlyTheRest) {
  this->fixture_.Write(this->SomeRows(17));
  for (const std::size_t size : {1, 2, 5}) {
    const ContractRead whole = this->ReadAll(size);
    for (std::size_t i = 0; i + 1 < whole.positions.size(); ++i) {
      const auto& at = whole.positions[i];
      const ContractRead rest = ReadToEnd(*this->OpenAt(at.position), 4);
      EXPECT_EQ(rest.rows, std::vector<std::string>(whole.rows.begin() + static_cast<std::ptrdiff_t>(at.rows),
                                                    whole.rows.end()))
          << at.position;
      EXPECT_EQ(rest.bad, std::vector<std::string>(whole.bad.begin() + static_cast<std::ptrdiff_t>(at.bad),
                                                   whole.bad.end()))
          << at.position;
    }
  }
}

TYPED_TEST_P(ConnectorContract, ABatchThatWasNotCommittedComesAgain) {
  this->fixture_.Write(this->SomeRows(12));
  auto source = this->OpenAt("");
  ContractRead first;
  auto batch = source->Read(4);
  ASSERT_TRUE(batch.ok());
  AddBatch(*source, *batch, first);
  ContractRead lost;
  auto second = source->Read(4);
  ASSERT_TRUE(second.ok());
  AddBatch(*source, *second, lost);
  source.reset();
  auto again = this->OpenAt(first.positions[0].position);
  ContractRead repeated;
  auto third = again->Read(4);
  ASSERT_TRUE(third.ok());
  AddBatch(*again, *third, repeated);
  EXPECT_EQ(repeated.rows, lost.rows);
  EXPECT_EQ(repeated.bad, lost.bad);
}

TYPED_TEST_P(ConnectorContract, ABatchOutlivesItsSource) {
  this->fixture_.Write(ContractRows(5));
  auto source = this->OpenAt("");
  auto batch = source->Read(2);
  ASSERT_TRUE(batch.ok());
  ASSERT_FALSE(batch->rows.empty());
  ASSERT_TRUE(source->Read(100).ok());  // the next batch does not touch the first one's memory
  EXPECT_NE(Describe(*source, batch->rows[0]).find("name 1"), std::string::npos);
}

TYPED_TEST_P(ConnectorContract, AnEmptySourceIsAtItsEnd) {
  this->fixture_.Write({});
  const ContractRead read = this->ReadAll(10);
  EXPECT_TRUE(read.rows.empty());
  EXPECT_TRUE(read.bad.empty());
}

TYPED_TEST_P(ConnectorContract, ReadingGoesOnAfterTheEnd) {
  this->fixture_.Write(ContractRows(6));
  auto source = this->OpenAt("");
  const ContractRead first = ReadToEnd(*source, 4);
  auto rows = ContractRows(8);
  this->fixture_.Write(rows);
  const ContractRead second = ReadToEnd(*source, 4);
  EXPECT_EQ(second.rows.size(), TypeParam::kReadsAgain ? 8u : 2u);
  const ContractRead reopened = ReadToEnd(*this->OpenAt(first.positions.back().position), 4);
  EXPECT_EQ(reopened.rows, second.rows);
}

TYPED_TEST_P(ConnectorContract, AMissingSourceIsAClearErrorWithoutSecrets) {
  this->fixture_.Write(ContractRows(2));
  this->fixture_.Remove();
  auto source = this->fixture_.Make();
  const Status opened = source->Open("");
  ASSERT_FALSE(opened.ok());
  EXPECT_TRUE(opened.error().code() == Code::kSourceTable || opened.error().code() == Code::kSourceNoFile ||
              opened.error().code() == Code::kSourceUnavailable)
      << opened.error().ToString();
  EXPECT_GT(opened.error().message().size(), 15u);
  const std::string secret = this->fixture_.secret();
  if (!secret.empty()) {
    EXPECT_EQ(opened.error().ToString().find(secret), std::string::npos) << "the message holds the secret";
  }
}

TYPED_TEST_P(ConnectorContract, APositionOfAnotherConnectorIsRefused) {
  this->fixture_.Write(ContractRows(2));
  for (const std::string_view position : {"{", "[]", "17", "{\"lsn\":\"0/16B3748\"}"}) {
    auto source = this->fixture_.Make();
    const Status opened = source->Open(position);
    ASSERT_FALSE(opened.ok()) << position;
    EXPECT_EQ(opened.error().code(), Code::kSourceChanged) << opened.error().ToString();
  }
}

REGISTER_TYPED_TEST_SUITE_P(ConnectorContract, AnyBatchSizeGivesTheSameRows, EveryPositionGivesExactlyTheRest,
                            ABatchThatWasNotCommittedComesAgain, ABatchOutlivesItsSource,
                            AnEmptySourceIsAtItsEnd, ReadingGoesOnAfterTheEnd,
                            AMissingSourceIsAClearErrorWithoutSecrets, APositionOfAnotherConnectorIsRefused);

}  // namespace crossbill::connectors
