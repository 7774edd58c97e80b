#include "config/reader.h"

#include <gmock/gmock.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/util/message_differencer.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "config/fields.h"
#include "config/test_support.h"
#include "crossbill/config/v1/connector.pb.h"
#include "crossbill/config/v1/project.pb.h"
#include "sample.pb.h"

namespace crossbill::config {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

const std::map<std::string, std::string, std::less<>> kSet = {
    {"PASSWORD", "hunter2"}, {"PORT", "8080"}, {"WORD", "hunter3"}};

struct Outcome {
  test::Sample sample;
  Problems problems;
};

Outcome Read(const std::string& file, std::string_view text) {
  Outcome outcome;
  const auto read = ReadYaml(file, text, FixedVariables(kSet), ".", outcome.problems);
  if (read != nullptr) {
    ReadMessage(*read, read->root, "", {&outcome.sample}, outcome.problems);
  }
  outcome.problems.Sort();
  return outcome;
}

TEST(Reader, FillsEveryKindOfField) {
  const Outcome outcome = Read("good.yaml", ReadAll(std::string(CROSSBILL_TEST_DIR) + "/testdata/good.yaml"));
  EXPECT_EQ(outcome.problems.ToString(), "");
  ExpectGolden("good.textproto", outcome.sample.DebugString());
}

TEST(Reader, FillsDefaults) {
  const Outcome outcome = Read("f.yaml", "version: 1\nsystem: crm\n");
  EXPECT_EQ(outcome.problems.ToString(), "");
  EXPECT_TRUE(outcome.sample.enabled());
  EXPECT_EQ(outcome.sample.mode(), test::Sample::FAST);
  EXPECT_EQ(outcome.sample.poll(), "10s");
  EXPECT_EQ(outcome.sample.server().listen(), "127.0.0.1:7443");
  EXPECT_EQ(outcome.sample.server().tls().certificate(), "server.pem");
  EXPECT_FALSE(outcome.sample.has_cursor());   // optional
  EXPECT_FALSE(outcome.sample.has_account());  // has a required key
  EXPECT_EQ(outcome.sample.engine_case(), test::Sample::ENGINE_NOT_SET);
}

TEST(Reader, FillsDefaultsInsideOfWhatIsGiven) {
  const Outcome outcome =
      Read("f.yaml", "version: 1\nsystem: crm\ncursor: {columns: [a]}\nserver: {listen: x}\nembedded: {}\n");
  EXPECT_EQ(outcome.problems.ToString(), "");
  EXPECT_EQ(outcome.sample.cursor().lookback(), "10m");
  EXPECT_EQ(outcome.sample.server().listen(), "x");
  EXPECT_EQ(outcome.sample.server().tls().certificate(), "server.pem");
  EXPECT_EQ(outcome.sample.embedded().path(), "bus");
}

// One file with many mistakes: all of them, in order, with their places.
TEST(Reader, ReportsAllProblemsOfAFile) {
  for (const char* name : {"many", "types", "places", "secrets", "broken"}) {
    const std::string file = std::string(name) + ".yaml";
    const Outcome outcome = Read(file, ReadAll(std::string(CROSSBILL_TEST_DIR) + "/testdata/" + file));
    ExpectGolden(std::string(name) + ".problems", outcome.problems.ToString());
    EXPECT_TRUE(outcome.problems.HasErrors());
    EXPECT_THAT(outcome.problems.ToString(), Not(HasSubstr("hunter")));
  }
}

TEST(Reader, AnEmptyFileLacksItsRequiredKeys) {
  const Outcome outcome = Read("f.yaml", "# nothing\n");
  ASSERT_EQ(outcome.problems.list().size(), 2u) << outcome.problems.ToString();
  EXPECT_THAT(outcome.problems.ToString(), HasSubstr("f.yaml:1:1: error: the key \"version\" is missing in "
                                                     "the file: The version of the format: 1. [CB1103]"));
}

TEST(Reader, RequiredMeansNotEmpty) {
  EXPECT_THAT(Read("f.yaml", "version: 1\nsystem: ''\n").problems.ToString(),
              HasSubstr("f.yaml:2:9: error: system: must not be empty"));
}

// The example of the design: plain values with commas in parentheses, quotes in quotes, expressions with
// quotes.
TEST(Reader, ReadsAWholeConnector) {
  const std::map<std::string, std::string, std::less<>> dsn = {{"ERP_DSN", "host=db"}};
  Problems problems;
  const auto file =
      ReadYaml("erp.yaml", ReadAll(std::string(CROSSBILL_TEST_DIR) + "/testdata/connector.yaml"),
               FixedVariables(dsn), ".", problems);
  ASSERT_NE(file, nullptr) << problems.ToString();
  crossbill::config::v1::Connector connector;
  ReadMessage(*file, file->root, "", {&connector}, problems);
  EXPECT_EQ(problems.ToString(), "");
  const Node& map = *file->root.Find("streams")->items[0].Find("map");
  EXPECT_EQ(map.Find("ordered_on")->scalar, "date(audat, \"%Y%m%d\")");
  EXPECT_EQ(map.Find("currency")->scalar, "\"CNY\"");
  EXPECT_EQ(map.Find("lines")->Find("map")->Find("unit_price")->scalar, "money(netpr, waerk)");
  EXPECT_EQ(map.Find("lines")->Find("map")->entries.size(), 3u);
}

TEST(Reader, AFileMustBeAMapping) {
  EXPECT_THAT(Read("f.yaml", "- a\n").problems.ToString(),
              HasSubstr("f.yaml:1:1: error: the file: expected a mapping (key: value), but found a list"));
  EXPECT_THAT(Read("f.yaml", "word\n").problems.ToString(),
              HasSubstr("f.yaml:1:1: error: the file: expected a mapping (key: value), but found \"word\""));
}

TEST(Reader, KeysBelongToTheFirstMessageThatHasThem) {
  Problems problems;
  const auto file = ReadYaml("f.yaml", "name: a\nschema: s\nbatch_rows: 5\ntabel: t\nbatch_row: 1\n",
                             FixedVariables(), ".", problems);
  test::Stream stream;
  test::TableStream table;
  ReadMessage(*file, file->root, "streams[0]", {&stream, &table}, problems);
  EXPECT_EQ(stream.name(), "a");
  EXPECT_EQ(table.schema(), "s");
  EXPECT_EQ(table.batch_rows(), 5);
  EXPECT_EQ(
      problems.ToString(),
      "f.yaml:4:1: error: unknown key \"tabel\" in streams[0]; did you mean \"table\"? [CB1101]\n"
      "f.yaml:5:1: error: unknown key \"batch_row\" in streams[0]; did you mean \"batch_rows\"? [CB1101]\n");
}

TEST(Reader, FieldsMayBeLeftToTheCaller) {
  Problems problems;
  const auto file = ReadYaml("f.yaml", "version: 1\nsystem: a\nstreams: [{name: x, what: ever, poll: 1s}]\n",
                             FixedVariables(), ".", problems);
  test::Sample sample;
  ReadOptions options;
  options.opaque = {"crossbill.config.test.Sample.streams"};
  ReadMessage(*file, file->root, "", {&sample}, options, problems);
  EXPECT_EQ(problems.ToString(), "");
  EXPECT_EQ(sample.streams_size(), 0);

  test::Stream stream;
  options.around = {{"", {test::Sample::descriptor()}}};
  ReadMessage(*file, file->root.Find("streams")->items[0], "streams[0]", {&stream}, options, problems);
  EXPECT_EQ(
      problems.ToString(),
      "f.yaml:3:21: error: unknown key \"what\" in streams[0]; expected one of name, table, when [CB1101]\n"
      "f.yaml:3:33: error: unknown key \"poll\" in streams[0]; it belongs to the top level of the file "
      "[CB1101]\n");
}

TEST(Reader, JsonNamesOfTheProtoAreKeys) {
  const Outcome outcome = Read("f.yaml", "version: 1\nsystem: a\nelse: dead_letter\n");
  EXPECT_EQ(outcome.problems.ToString(), "");
  EXPECT_EQ(outcome.sample.otherwise(), "dead_letter");
  EXPECT_TRUE(Read("f.yaml", "version: 1\nsystem: a\notherwise: x\n").problems.HasErrors());
}

// The project's own messages: every default fits its field, every key has a word of documentation.
void CheckMessage(const google::protobuf::Descriptor& message) {
  for (int i = 0; i < message.field_count(); ++i) {
    const auto& field = *message.field(i);
    EXPECT_NE(DocOf(field), "") << field.full_name();
    EXPECT_FALSE(IsRequired(field) && HasDefault(field)) << field.full_name();
    if (NestedType(field) != nullptr) {
      CheckMessage(*NestedType(field));
    }
  }
}

TEST(Reader, TheProjectsMessagesAreWhole) {
  CheckMessage(*crossbill::config::v1::Project::descriptor());
  CheckMessage(*crossbill::config::v1::Connector::descriptor());
  CheckMessage(*crossbill::config::v1::Stream::descriptor());
  Problems problems;
  const auto file = ReadYaml("crossbill.yaml", "version: 1\n", FixedVariables(), ".", problems);
  crossbill::config::v1::Project project;
  ReadMessage(*file, file->root, "", {&project}, problems);
  EXPECT_EQ(problems.ToString(), "");
  EXPECT_EQ(project.facade().listen(), "127.0.0.1:7443");
  EXPECT_EQ(project.bus().embedded().path(), "bus");
}

}  // namespace
}  // namespace crossbill::config
