#include <gmock/gmock.h>

#include <random>

#include "connectors/sdk/contract.h"
#include "connectors/sdk/registry.h"
#include "connectors/sdk/test_folder.h"
#include "csv_config.pb.h"

namespace crossbill::connectors {
void Register_csv(ConnectorRegistry&);
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

// So many seconds after now.
struct LaterClock final : Clock {
  static constexpr std::int64_t kMicros = 1'000'000;
  std::int64_t seconds = 0;  // that passed
  std::int64_t set = 0;      // by which somebody set the clock ahead
  Timestamp Now() const override {
    return Timestamp(SystemClock().Now().micros() + (seconds + set) * kMicros);
  }
  std::int64_t MonotonicMicros() const override { return seconds * kMicros; }
};

struct Inbox {
  TestFolder folder;
  config::v1::CsvSource source;
  config::v1::CsvStream stream;
  ConnectorRegistry registry;
  const Clock* clock = nullptr;

  Inbox() {
    Register_csv(registry);
    source.set_path("in");
    stream.set_files("*.csv");
    std::filesystem::create_directory(folder.path("in"));
  }
  void Write(const std::string& name, std::string_view bytes) { folder.Write("in/" + name, bytes); }
  std::unique_ptr<Source> Make() {
    StreamOptions options{"finance", "invoices",    "invoices", {"id"}, &source,
                          &stream,   folder.path(), clock,      nullptr};
    return std::move(registry.Find("csv")->MakeSource(options)).value();
  }
  std::unique_ptr<Source> Open(std::string_view position = {}) {
    auto made = Make();
    const Status opened = made->Open(position);
    EXPECT_TRUE(opened.ok()) << (opened.ok() ? "" : opened.error().ToString());
    return made;
  }
  // Each row "line:a|b|c", each bad row "line!CODE".
  std::vector<std::string> Lines(std::size_t max_rows = 100) {
    auto made = Open();
    std::vector<std::string> out;
    for (bool end = false; !end;) {
      auto batch = made->Read(max_rows);
      EXPECT_TRUE(batch.ok());
      for (const Row& row : batch->rows) {
        std::string text = std::to_string(row.place.line) + ":";
        for (std::size_t i = 0; i < made->schema().size(); ++i) {
          text += (i == 0 ? "" : "|") + std::string(row.cells[i].AsText());
        }
        out.push_back(text);
      }
      for (const BadRow& bad : batch->bad_rows) {
        out.push_back(std::to_string(bad.line) + "!" + std::string(InfoOf(bad.error.code()).name));
      }
      end = batch->at_end;
    }
    return out;
  }
};

struct CsvContract {
  static constexpr bool kBadRows = true;
  static constexpr bool kReadsAgain = false;
  Inbox inbox;
  void Write(const std::vector<ContractRow>& rows) {
    std::string text = "id,name\r\n";
    for (const ContractRow& row : rows) {
      text += std::to_string(row.id) + (row.bad ? ",\xff\r\n" : "," + row.name + "\r\n");
    }
    inbox.Write("a.csv", text);
  }
  std::unique_ptr<Source> Make() { return inbox.Make(); }
  void Remove() { std::filesystem::remove_all(inbox.folder.path("in")); }
  std::string secret() { return ""; }
};
INSTANTIATE_TYPED_TEST_SUITE_P(Csv, ConnectorContract, CsvContract);

struct CsvSeveralFilesContract : CsvContract {
  void Write(const std::vector<ContractRow>& rows) {
    std::vector<std::string> files(3, "id;name\n");
    for (std::size_t i = 0; i < rows.size(); ++i) {
      files[std::min<std::size_t>(i / 5, 2)] +=
          std::to_string(rows[i].id) + (rows[i].bad ? "\n" : ";\"" + rows[i].name + "\"\n");
    }
    inbox.stream.set_delimiter("auto");
    inbox.stream.set_files("*/x.csv");
    for (std::size_t i = 0; i < files.size(); ++i) {
      inbox.Write(std::to_string(i + 9) + "/x.csv", files[i]);
    }
  }
};
INSTANTIATE_TYPED_TEST_SUITE_P(CsvSeveralFiles, ConnectorContract, CsvSeveralFilesContract);

struct CsvFullContract : CsvContract {
  static constexpr bool kReadsAgain = true;
  CsvFullContract() { inbox.stream.set_extract("full"); }
};
INSTANTIATE_TYPED_TEST_SUITE_P(CsvFull, ConnectorContract, CsvFullContract);

TEST(Csv, ReadsWhatRfc4180SaysAndWhatIsWritten) {
  Inbox inbox;
  inbox.Write(
      "a.csv",
      "\xEF\xBB\xBFid, name ,\r\n1,\"a, \"\"b\"\"\",x\n2,\"two\nlines\",\r\n\r\n3,5\" pipe,\"\"\n4,,last");
  EXPECT_THAT(inbox.Lines(), ElementsAre("2:1|a, \"b\"|x", "3:2|two\nlines|", "6:3|5\" pipe|", "7:4||last"));
  auto source = inbox.Open();
  EXPECT_EQ(source->schema().columns()[1].name, "name");
  EXPECT_EQ(source->schema().columns()[2].name, "column_3");
}

TEST(Csv, ABadRowTakesNoOtherWithIt) {
  Inbox inbox;
  inbox.Write("a.csv",
              "id,name\n1,ok\n2\n3,a,b\n4,ok\n5,\"open\n6,ok\n7,\"x\"y\n8,ok\n9,\xff\n10,ok\n\"11,ok\n");
  EXPECT_THAT(inbox.Lines(1),
              ElementsAre("2:1|ok", "3!kRowColumns", "4!kRowColumns", "5:4|ok", "6!kRowSyntax", "7:6|ok",
                          "8!kRowSyntax", "9:8|ok", "10!kRowEncoding", "11:10|ok", "12!kRowSyntax"));
}

TEST(Csv, AQuoteThatNeverClosesIsLimitedAndNamesItsLine) {
  Inbox inbox;
  inbox.stream.set_max_row("100");
  std::string text = "id,name\n1,\"open\n";
  for (int i = 2; i < 100; ++i) {
    text += std::to_string(i) + ",ok\n";
  }
  text += "100," + std::string(300, 'x') + "\n101,ok\n";
  inbox.Write("a.csv", text);
  auto source = inbox.Open();
  auto batch = source->Read(1000);
  ASSERT_TRUE(batch.ok());
  ASSERT_EQ(batch->bad_rows.size(), 2u);
  EXPECT_EQ(batch->bad_rows[0].line, 2);
  EXPECT_EQ(batch->bad_rows[0].error.code(), Code::kRowTooLong);
  EXPECT_THAT(batch->bad_rows[0].error.message(), HasSubstr("opens in line 2"));
  EXPECT_EQ(batch->bad_rows[1].line, 101);
  EXPECT_EQ(batch->rows.size(), 99u);
}

TEST(Csv, ALineOfMegabytesIsRejectedAndTheNextIsRead) {
  Inbox inbox;
  inbox.Write("a.csv", "id,name\n1,ok\n2," + std::string(5 << 20, 'x') + "\n3,ok\n");
  auto source = inbox.Open();
  const ContractRead read = ReadToEnd(*source, 1);
  EXPECT_EQ(read.rows.size(), 2u);
  ASSERT_EQ(read.bad.size(), 1u);
  const ContractRead rest = ReadToEnd(*inbox.Open(read.positions[1].position), 10);
  EXPECT_THAT(rest.rows, ElementsAre(R"({"id":"3","name":"ok"})"));
}

TEST(Csv, DecodesBeforeItSplits) {
  Inbox inbox;
  inbox.source.set_encoding("cp932");
  // 表 is 95 5C, ソ is 83 5C; 84 7C (л) ends in '|'.
  inbox.stream.set_delimiter("|");
  inbox.Write("a.csv", "id|name\n1|\x95\x5c\x84\x7c\n2|\x83\x5c|\n3|ok\n");
  EXPECT_THAT(inbox.Lines(1), ElementsAre("2:1|表л", "3!kRowColumns", "4:3|ok"));
}

TEST(Csv, AnInvalidLeadByteEatsNeitherDelimiterNorLineEnd) {
  Inbox inbox;
  inbox.source.set_encoding("gb18030");
  inbox.Write("a.csv",
              "id,name,c\n1,\xd6\xd0\xce\xc4,x\n2,\x81 "
              "Bad,x\n3,\x81,x\n4,x,\x81\n5,\x84\x31\n6,\"\x81\",\xd6\xd0\n7,ok,x\n");
  EXPECT_THAT(inbox.Lines(1), ElementsAre("2:1|中文|x", "3!kRowEncoding", "4!kRowEncoding", "5!kRowEncoding",
                                          "6!kRowEncoding", "7!kRowEncoding", "8:7|ok|x"));
  auto source = inbox.Open();
  auto batch = source->Read(100);
  ASSERT_TRUE(batch.ok());
  EXPECT_EQ(batch->bad_rows[0].raw, "2,\x81 Bad,x");
  EXPECT_EQ(batch->bad_rows[0].file, "a.csv");
}

TEST(Csv, ReadsUtf16AndCarriageReturnsOnly) {
  Inbox inbox;
  inbox.source.set_encoding("utf-16");
  std::string wide = "\xff\xfe";
  for (const char c : std::string_view("id,name\r\n1,x\r\n2,y\r\n")) {
    wide += c;
    wide += '\0';
  }
  inbox.Write("a.csv", wide);
  EXPECT_THAT(inbox.Lines(1), ElementsAre("2:1|x", "3:2|y"));
  auto source = inbox.Open();
  const ContractRead read = ReadToEnd(*source, 1);
  EXPECT_THAT(ReadToEnd(*inbox.Open(read.positions[0].position), 5).rows,
              ElementsAre(R"({"id":"2","name":"y"})"));
  Inbox mac;
  mac.Write("a.csv", "id,name\r1,x\r2,\"a\rb\"\r");
  EXPECT_THAT(mac.Lines(), ElementsAre("2:1|x", "3:2|a\rb"));
}

TEST(Csv, AGrownFileGoesOnAndARewrittenOneIsReadAnew) {
  Inbox inbox;
  inbox.Write("a.csv", "id,name\n1,a\n2,b");
  auto source = inbox.Open();
  EXPECT_EQ(ReadToEnd(*source, 10).rows.size(), 2u);
  inbox.folder.Append("in/a.csv", "b\n3,c\n");  // the last line had been half written
  EXPECT_THAT(ReadToEnd(*source, 10).rows,
              ElementsAre(R"({"id":"2","name":"bb"})", R"({"id":"3","name":"c"})"));
  inbox.folder.Append("in/a.csv", "4,d\n");
  const ContractRead grown = ReadToEnd(*source, 10);
  EXPECT_THAT(grown.rows, ElementsAre(R"({"id":"4","name":"d"})"));
  inbox.Write("a.csv", "id,name\n7,x\n");
  EXPECT_THAT(ReadToEnd(*inbox.Open(grown.positions.back().position), 10).rows,
              ElementsAre(R"({"id":"7","name":"x"})"));
}

TEST(Csv, AFileRewrittenBeforeAResumeIsReadAnew) {
  Inbox inbox;
  inbox.Write("a.csv", "id,name\n1,a\n2,b\n3,c\n");
  auto source = inbox.Open();
  auto batch = source->Read(2);
  ASSERT_TRUE(batch.ok());
  inbox.Write("a.csv", "id,name\n9,a\n2,b\n3,c\n");
  EXPECT_EQ(ReadToEnd(*inbox.Open(batch->next), 10).rows.size(), 3u);
}

TEST(Csv, HalfWrittenFilesAreLeftAlone) {
  Inbox inbox;
  inbox.Write("a.csv", "id,name\n1,a\n");
  LaterClock later;
  inbox.clock = &later;
  inbox.stream.set_settle("1h");
  auto source = inbox.Open();
  auto batch = source->Read(10);
  ASSERT_TRUE(batch.ok());
  EXPECT_TRUE(batch->rows.empty());
  EXPECT_TRUE(batch->at_end);
  EXPECT_GT(batch->retry_ms, 0) << "the source is not idle yet";
  later.seconds = 7200;
  batch = source->Read(10);
  ASSERT_TRUE(batch.ok());
  EXPECT_EQ(batch->rows.size(), 1u);
}

// The clock of a machine or of a file server is set: what was written just now looks old.
TEST(Csv, FilesAreLeftAloneWhileTheyChangeWhateverTheClockSays) {
  Inbox inbox;
  inbox.Write("a.csv", "id,name\n1,a\n");
  LaterClock later;
  later.seconds = 7200;
  inbox.clock = &later;
  inbox.stream.set_settle("1h");
  auto source = inbox.Open();
  const auto rows_of = [&] { return source->Read(10).value().rows.size(); };
  EXPECT_EQ(rows_of(), 1u) << "it was there, and is old";
  inbox.Write("b.csv", "id,name\n2,");
  later.set = 7200;
  EXPECT_EQ(rows_of(), 0u) << "it came just now";
  later.seconds += 1800;
  EXPECT_EQ(rows_of(), 0u);
  inbox.Write("b.csv", "id,name\n2,b\n");
  later.seconds += 1800;
  EXPECT_EQ(rows_of(), 0u) << "it has changed since";
  later.seconds += 3600;
  EXPECT_EQ(rows_of(), 1u);
}

// The source was opened while half of a row was there, and is read a while later: the row is not cut in two.
TEST(Csv, AFileThatWasHalfWrittenWhenItWasListedIsReadWhole) {
  Inbox inbox;
  inbox.Write("a.csv", "id,name\n1,a\n2,");
  LaterClock later;
  inbox.clock = &later;
  inbox.stream.set_settle("1h");
  auto source = inbox.Open();
  inbox.Write("a.csv", "id,name\n1,a\n2,b\n");
  std::size_t rows = 0;
  for (bool end = false; !end;) {
    later.seconds += 7200;
    const auto batch = source->Read(10);
    ASSERT_TRUE(batch.ok());
    EXPECT_TRUE(batch->bad_rows.empty());
    for (const Row& row : batch->rows) {
      EXPECT_FALSE(row.cells[1].AsText().empty());
    }
    rows += batch->rows.size();
    end = batch->at_end && batch->retry_ms == 0;
  }
  EXPECT_EQ(rows, 2u);
}

TEST(Csv, FullExtractsAreReadInOrderAlsoWithTheSameContent) {
  Inbox inbox;
  inbox.stream.set_extract("full");
  inbox.stream.set_files("*/x.csv");
  inbox.Write("20261029/x.csv", "id,name\n1,a\n");
  inbox.Write("20261030/x.csv", "id,name\n1,a\n");
  auto source = inbox.Open();
  EXPECT_TRUE(source->needs_diff());
  const ContractRead first = ReadToEnd(*source, 10);
  EXPECT_EQ(first.rows.size(), 2u);
  inbox.Write("20261028/x.csv", "id,name\n1,old\n");  // came too late: a newer extract was read
  EXPECT_EQ(ReadToEnd(*source, 10).rows.size(), 0u);
  inbox.Write("20261031/x.csv", "name,id,more\nb,1,new\n");
  EXPECT_THAT(ReadToEnd(*inbox.Open(first.positions.back().position), 10).rows,
              ElementsAre(R"({"id":"1","name":"b","more":"new"})"));
}

// Invoices and their lines, with a bad line, an orphan and an invoice without lines.
void WriteInvoices(Inbox& inbox) {
  inbox.stream.set_files("*/invoices.csv");
  inbox.stream.set_delimiter("auto");
  auto& lines = (*inbox.stream.mutable_children())["lines"];
  lines.set_files("*/invoice_lines.csv");
  lines.set_delimiter(";");
  lines.set_records_as("invoice_lines");
  (*lines.mutable_on())["invoice_no"] = "no";
  lines.add_order_by("pos");
  inbox.Write("1/invoices.csv", "no,net\nA,10\nB,20\nC,30\n");
  inbox.Write("1/invoice_lines.csv", "invoice_no;pos;sku\nB;10;x\nB;9;y\nA;1;z\nZ;1;lost\nA;2\n");
}

TEST(Csv, ChildrenComeFromTheFileBesideIt) {
  Inbox inbox;
  WriteInvoices(inbox);
  for (const std::size_t size : {1, 2, 10}) {
    auto source = inbox.Open();
    std::vector<std::string> rows;
    std::vector<std::string> bad;
    std::vector<std::string> positions;
    for (bool end = false; !end;) {
      auto batch = source->Read(size);
      ASSERT_TRUE(batch.ok());
      for (const Row& row : batch->rows) {
        std::string text(row.cells[0].AsText());
        for (const Value& item : row.children[0].AsList()) {
          text += " " + std::string(item.Find("sku")->AsText());
        }
        rows.push_back(text);
      }
      for (const BadRow& b : batch->bad_rows) {
        bad.push_back(b.stream + " " + b.file + ":" + std::to_string(b.line) + " " + b.raw + " " +
                      std::string(InfoOf(b.error.code()).name));
      }
      end = batch->at_end;
      positions.push_back(batch->next);
    }
    EXPECT_THAT(rows, ElementsAre("A z", "B y x", "C"));
    EXPECT_THAT(bad, ElementsAre("invoice_lines 1/invoice_lines.csv:5 Z;1;lost kRowOrphan",
                                 "invoice_lines 1/invoice_lines.csv:6 A;2 kRowColumns"));
    if (size == 1) {
      for (std::size_t i = 0; i + 1 < positions.size(); ++i) {
        const ContractRead rest = ReadToEnd(*inbox.Open(positions[i]), 10);
        EXPECT_EQ(rest.rows.size() + rest.bad.size(), 5 - i - 1) << positions[i];
      }
    }
  }
}

TEST(Csv, AMissingFileNamesWhatThereIs) {
  Inbox inbox;
  inbox.Write("orders.csv", "id\n1\n");
  inbox.stream.set_files("invoices.csv");
  const Status opened = inbox.Make()->Open("");
  ASSERT_FALSE(opened.ok());
  EXPECT_EQ(opened.error().code(), Code::kSourceNoFile);
  EXPECT_THAT(opened.error().message(), HasSubstr("orders.csv"));
}

TEST(Csv, AnotherHeaderAltogetherIsOneDeadLetter) {
  Inbox inbox;
  inbox.Write("a.csv", "id,name\n1,a\n");
  auto source = inbox.Open();
  EXPECT_EQ(ReadToEnd(*source, 10).rows.size(), 1u);
  inbox.Write("b.csv", "foo,bar\n1,a\n");
  const ContractRead read = ReadToEnd(*source, 10);
  EXPECT_EQ(read.rows.size(), 0u);
  EXPECT_EQ(read.bad.size(), 1u);
  EXPECT_EQ(ReadToEnd(*source, 10).bad.size(), 0u) << "once";
}

// Any bytes: nothing crashes, every line is part of exactly one row, and every resume gives the same.
TEST(Csv, RandomBytesAreReadOnceAndResumed) {
  for (std::uint64_t seed = 1; seed <= 80; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    std::mt19937_64 random(seed);
    Inbox inbox;
    const char* encodings[] = {"utf-8", "gb18030", "cp932", "big5", "utf-16"};
    inbox.source.set_encoding(encodings[seed % 5]);
    inbox.stream.set_max_row(seed % 3 == 0 ? "50" : "1MB");
    inbox.stream.add_columns("a");
    inbox.stream.add_columns("b");
    constexpr std::string_view kPieces[] = {"x,y\n", "\"q\",", "\"", "\n", "\r\n", ",", "\"\"", "abc"};
    std::string text = "a,b\n";
    for (std::size_t n = random() % 500; n > 0; --n) {
      const auto what = random() % 10;
      text += what < 8 ? std::string(kPieces[what]) : std::string(1, static_cast<char>(random()));
    }
    inbox.Write("a.csv", text);
    const ContractRead whole = ReadToEnd(*inbox.Open(), 7);
    EXPECT_GE(whole.rows.size() + whole.bad.size(), 1u);
    for (const auto& at : whole.positions) {
      const ContractRead rest = ReadToEnd(*inbox.Open(at.position), 3);
      ASSERT_EQ(rest.rows.size(), whole.rows.size() - at.rows) << at.position;
      ASSERT_EQ(rest.bad.size(), whole.bad.size() - at.bad) << at.position;
    }
  }
}

TEST(Csv, FindsStreamsOfAFolder) {
  Inbox inbox;
  inbox.Write("20261029/invoices.csv", "invoice_no;net\nA;1\nB;2\n");
  inbox.Write("20261029/lines.csv", "invoice_no,pos\nA,1\nA,2\nB,1\n");
  inbox.Write("20261030/invoices.csv", "invoice_no;net\nA;1\nB;2\n");
  const auto found = inbox.registry.Find("csv")->Discover(inbox.source, inbox.folder.path());
  ASSERT_TRUE(found.ok()) << found.error().ToString();
  ASSERT_EQ(found->size(), 2u);
  EXPECT_EQ((*found)[0].settings[0].second, "*/invoices.csv");
  EXPECT_THAT((*found)[0].key, ElementsAre("invoice_no"));
  ASSERT_EQ((*found)[0].children.size(), 1u);
  EXPECT_EQ((*found)[0].children[0].child, "lines");
}

}  // namespace
}  // namespace crossbill::connectors
