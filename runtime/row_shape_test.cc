#include "runtime/row_shape.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "bus/dead_letter.h"
#include "crossbill/v1/dead_letter.pb.h"
#include "runtime/row_json.h"

namespace crossbill::runtime {
namespace {

using connectors::Child;
using connectors::Row;
using connectors::Schema;
using connectors::Value;
using connectors::ValueType;

class FixedSource final : public connectors::Source {
 public:
  Status Open(std::string_view) override { return Ok(); }
  const Schema& schema() const override { return schema_; }
  const std::vector<Child>& children() const override { return children_; }
  bool needs_diff() const override { return false; }
  Result<connectors::RowBatch> Read(std::size_t) override { return connectors::RowBatch(); }

  Schema schema_{{{"no", ValueType::kText},
                  {"pieces", ValueType::kInt},
                  {"price", ValueType::kDecimal},
                  {"round", ValueType::kDecimal},
                  {"day", ValueType::kDate},
                  {"at", ValueType::kTimestamp},
                  {"yes", ValueType::kBool},
                  {"gone", ValueType::kText}}};
  std::vector<Child> children_ = {{"lines", Schema({{"sku", ValueType::kText}, {"day", ValueType::kDate}})}};
};

class RowShapeTest : public testing::Test {
 protected:
  v1::DeadLetter Kept(std::string_view raw = "") {
    row_.cells = cells_;
    row_.children = {&lines_, 1};
    row_.raw = raw;
    v1::DeadLetter letter;
    KeepRow(source_, ShapeOf(source_), row_, letter);
    return letter;
  }

  FixedSource source_;
  const Timestamp at_ = Timestamp::Parse("2026-10-31T09:00:00.25+08:00").value();
  const Value cells_[8] = {Value::Text("00\"42\n"),
                           Value::Int(-3),
                           Value::Of(Decimal::Parse("10.50").value()),
                           Value::Of(Decimal::Parse("7").value()),
                           Value::Of(Date::Parse("2026-10-31").value()),
                           Value::Of(at_),
                           Value::Bool(true),
                           Value()};
  const Value line_cells_[2] = {Value::Text("A"), Value::Of(Date::Parse("2026-01-02").value())};
  const Value records_[1] = {Value::Record(&source_.children_[0].schema, line_cells_)};
  Value lines_ = Value::List({records_, 1});
  Row row_;
};

TEST_F(RowShapeTest, ARowIsReadBackWithItsTypes) {
  const v1::DeadLetter letter = Kept();
  KeptRow kept;
  ASSERT_TRUE(kept.Read(letter).ok());
  ASSERT_EQ(kept.schema().size(), source_.schema_.size());
  for (std::size_t i = 0; i < kept.schema().size(); ++i) {
    EXPECT_EQ(kept.row().cells[i].type(), cells_[i].type()) << kept.schema().columns()[i].name;
    EXPECT_EQ(kept.schema().columns()[i].type, source_.schema_.columns()[i].type);
  }
  EXPECT_EQ(kept.row().cells[5].AsTimestamp().offset_minutes(), 480);
  ASSERT_EQ(kept.row().children.size(), 1u);
  ASSERT_EQ(kept.row().children[0].AsList().size(), 1u);
  EXPECT_EQ(kept.row().children[0].AsList()[0].Find("day")->type(), ValueType::kDate);
  // And so with the same JSON.
  EXPECT_EQ(RowToJson(kept.schema(), kept.children(), kept.row()), letter.raw());
}

TEST_F(RowShapeTest, BytesOfAFileStandBesideTheRow) {
  const v1::DeadLetter letter = Kept("00\"42,-3");
  EXPECT_EQ(letter.raw(), "00\"42,-3");
  KeptRow kept;
  ASSERT_TRUE(kept.Read(letter).ok());
  EXPECT_EQ(kept.row().cells[0].AsText(), "00\"42\n");
}

TEST_F(RowShapeTest, WhatIsNotWholeIsNotRead) {
  v1::DeadLetter cut = Kept();
  cut.set_raw_size(static_cast<std::int64_t>(cut.raw().size()) + 1);
  EXPECT_EQ(KeptRow().Read(cut).error().code(), Code::kLimit);
  for (const std::string bad :
       {"", "[]", "{\"no\":", "{\"no\":\"\xff\"}", "{\"lines\":{}}", "{\"lines\":[1]}"}) {
    v1::DeadLetter letter = Kept();
    letter.set_raw(bad);
    EXPECT_FALSE(KeptRow().Read(letter).ok()) << bad;
  }
}

TEST_F(RowShapeTest, LongRowsAreCut) {
  const std::string raw(bus::kMaxLetterBytes + 10, 'x');
  const v1::DeadLetter letter = Kept(raw);
  EXPECT_EQ(letter.raw().size(), bus::kMaxLetterBytes);
  EXPECT_EQ(letter.raw_size(), static_cast<std::int64_t>(raw.size()));
  EXPECT_TRUE(KeptRow().Read(letter).ok()) << "the row itself is short";
}

}  // namespace
}  // namespace crossbill::runtime
