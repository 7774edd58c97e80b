#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <random>

#include "config/node.h"
#include "config/test_support.h"

namespace crossbill::config {
namespace {

using ::testing::HasSubstr;

struct Reading {
  std::shared_ptr<const File> file;
  Problems problems;
};

Reading Read(std::string_view text, const std::map<std::string, std::string, std::less<>>& variables = {},
             std::string_view directory = ".") {
  Reading reading;
  reading.file = ReadYaml("f.yaml", text, FixedVariables(variables), directory, reading.problems);
  return reading;
}

std::string Scalar(std::string_view text, std::string_view key = "a") {
  const Reading reading = Read(text);
  EXPECT_EQ(reading.problems.ToString(), "") << text;
  if (reading.file == nullptr || reading.file->root.Find(key) == nullptr) {
    return "(nothing)";
  }
  return reading.file->root.Find(key)->scalar;
}

TEST(Yaml, KnowsWhereEverythingStands) {
  const Reading reading = Read("a: 1\n名: \"二\"\n名前: {x: 値, y: [1, 'z']}\nlist:\n  - p\n  - q: r\n");
  ASSERT_EQ(reading.problems.ToString(), "");
  const Node& root = reading.file->root;
  ASSERT_TRUE(root.IsMapping());
  EXPECT_EQ(root.Find("名")->at.line, 2);
  EXPECT_EQ(root.Find("名")->at.column, 4);
  EXPECT_TRUE(root.Find("名")->quoted);
  const Node& flow = *root.Find("名前");
  EXPECT_EQ(flow.at.column, 5);
  EXPECT_EQ(flow.Find("x")->at.column, 9);
  EXPECT_FALSE(flow.Find("x")->quoted);
  EXPECT_EQ(flow.Find("y")->items[1].at.column, 19);
  EXPECT_TRUE(flow.Find("y")->items[1].quoted);
  EXPECT_EQ(root.Find("list")->items[1].entries[0].key_at.line, 6);
  EXPECT_EQ(root.Find("list")->items[1].entries[0].key_at.column, 5);
}

TEST(Yaml, ReadsScalarsExactly) {
  EXPECT_EQ(Scalar("a: 01234"), "01234");
  EXPECT_EQ(Scalar("a: 1.10"), "1.10");
  EXPECT_EQ(Scalar("a: yes"), "yes");
  EXPECT_EQ(Scalar("a: 'it''s'"), "it's");
  EXPECT_EQ(Scalar("a: \"x\\ty\""), "x\ty");
  EXPECT_EQ(Scalar("a: '\"CNY\"'"), "\"CNY\"");
  EXPECT_EQ(Scalar("a: |\n  x: \"1\n  *y\n"), "x: \"1\n*y\n");
  EXPECT_EQ(Scalar("a: >-\n  x\n  y\nb: 1"), "x y");
  EXPECT_EQ(Scalar("a: \"x\n  y\"\nb: 1"), "x y");
  EXPECT_EQ(Scalar("a: x\n  y\nb: 1"), "x y");
  EXPECT_EQ(Scalar("a: date(audat, \"%Y%m%d\")   # why"), "date(audat, \"%Y%m%d\")");
  EXPECT_EQ(Scalar("a: http://x/y#z"), "http://x/y#z");
  EXPECT_EQ(Scalar("\"a\": 1"), "1");
  EXPECT_EQ(Scalar("\xEF\xBB\xBF"
                   "a: 1"),
            "1");
  EXPECT_EQ(Scalar("a: 1\r\nb: 2\r\n", "b"), "2");
  EXPECT_EQ(Scalar("---\na: 1\n"), "1");
}

TEST(Yaml, ParenthesesInFlowStyleBelongToTheValue) {
  const Reading reading = Read(
      "map: {sku: trim(matnr), price: money(netpr, 'a, \"}'), x: f([1, 2], {a: b}) + 1}\nl: [{p: g((a), b)}, "
      "c]\n");
  ASSERT_EQ(reading.problems.ToString(), "");
  const Node& map = *reading.file->root.Find("map");
  ASSERT_EQ(map.entries.size(), 3u);
  EXPECT_EQ(map.Find("price")->scalar, "money(netpr, 'a, \"}')");
  EXPECT_EQ(map.Find("price")->at.column, 32);
  EXPECT_EQ(map.Find("x")->scalar, "f([1, 2], {a: b}) + 1");
  EXPECT_EQ(reading.file->root.Find("l")->items.size(), 2u);
}

TEST(Yaml, NullIsNotText) {
  const Reading reading = Read("a: ~\nb: null\nc:\nd: \"\"\ne: 'null'\n");
  ASSERT_EQ(reading.problems.ToString(), "");
  EXPECT_TRUE(reading.file->root.Find("a")->IsNull());
  EXPECT_TRUE(reading.file->root.Find("b")->IsNull());
  EXPECT_TRUE(reading.file->root.Find("c")->IsNull());
  EXPECT_EQ(reading.file->root.Find("d")->scalar, "");
  EXPECT_EQ(reading.file->root.Find("e")->scalar, "null");
}

TEST(Yaml, AnEmptyFileIsNull) {
  for (const char* text : {"", "\n", "# only a comment\n", "---\n"}) {
    const Reading reading = Read(text);
    ASSERT_NE(reading.file, nullptr) << text;
    EXPECT_TRUE(reading.file->root.IsNull());
  }
}

// What must be refused, where, and with which words.
struct Refusal {
  const char* name;
  std::string text;
  std::string message;  // "line:column: …"
};

class YamlRefuses : public ::testing::TestWithParam<Refusal> {};

TEST_P(YamlRefuses, WithPosition) {
  const Reading reading = Read(GetParam().text);
  EXPECT_THAT(reading.problems.ToString(), HasSubstr("f.yaml:" + GetParam().message));
  EXPECT_TRUE(reading.problems.HasErrors());
}

INSTANTIATE_TEST_SUITE_P(
    All, YamlRefuses,
    ::testing::Values(
        Refusal{"UnterminatedDouble", "a: \"abc\nb: 1\n",
                "1:4: error: the quoted text that begins here has no closing \""},
        Refusal{"UnterminatedSingle", "a: 'abc\nb: 1\n",
                "1:4: error: the quoted text that begins here has no closing '"},
        Refusal{"UnterminatedThenQuote", "a: \"abc\nb: \"def\"\n",
                "1:4: error: the quoted text that begins here"},
        Refusal{"UnterminatedInFlow", "x: 1\na: [\"abc, d]\nb: 1\n", "2:5: error: the quoted text"},
        Refusal{"UnterminatedInList", "a:\n  - 'x\n  - y\n  - 'z'\n", "2:5: error: the quoted text"},
        Refusal{"UnterminatedKey", "\"a: 1\nb: 2\n", "1:1: error: the quoted text"},
        Refusal{"TextAfterQuote", "a: \"b\" + c\n", "1:8: error: text after a closing quote"},
        Refusal{"TabIndent", "a:\n\tb: 1\n", "2:1: error: a tab"},
        Refusal{"TabAfterColon", "a:\t1\n", "1:3: error: a tab"},
        Refusal{"TabInPlain", "a: b\tc\n", "1:5: error: a tab"},
        Refusal{"Duplicate", "a: 1\nb: 2\na: 3\n",
                "3:1: error: the key \"a\" stands twice: in line 1 and again in line 3"},
        Refusal{"DuplicateInFlow", "x: {a: 1, b: 2, a: 3}\n", "1:17: error: the key \"a\" stands twice"},
        Refusal{"Anchor", "a: &x 1\n", "1:4: error: \"&\" begins an anchor"},
        Refusal{"Alias", "a: 1\nb: *x\n", "2:4: error: \"*\" begins an alias"},
        Refusal{"Merge", "b: 1\n<<: {a: 1}\n", "2:1: error: merge keys"},
        Refusal{"Tag", "a: !!str 1\n", "1:4: error: \"!\" begins a tag"},
        Refusal{"Not", "when: !is_null(x)\n", "1:7: error: \"!\" begins a tag"},
        Refusal{"TwoDocuments", "a: 1\n---\nb: 1\n", "2:1: error: a second document"},
        Refusal{"DocumentEnd", "a: 1\n...\n", "2:1: error: \"...\""},
        Refusal{"Directive", "%YAML 1.2\n---\na: 1\n", "1:1: error: a directive"},
        Refusal{"Utf8", "a: 1\nb: \xE4\xB8\n", "2:4: error: the byte 0xe4 is not UTF-8"},
        Refusal{"Gbk", "a: \xC4\xE3\xBA\xC3\n", "1:4: error: the byte 0xc4 is not UTF-8"},
        Refusal{"Control", "a: x\x01y\n", "1:5: error: the control character 0x01"},
        Refusal{"ColonInValue", "a: b ? c : d\n", "1:4: error: \": \" inside of a value"},
        Refusal{"CommentInQuote", "a: f(\"x # y\")\n",
                "1:9: error: \" #\" begins a comment inside of an open quote"},
        Refusal{"OpenParenthesis", "a: {b: f(x, c: 1}\n", "1:9: error: \"(\" is not closed"},
        Refusal{"OpenBracket", "a: [1, 2\nb: 3\n", "1:4: error: \"[\" is not closed"},
        Refusal{"WrongBracket", "a: [1, {b: 2]\n",
                "1:13: error: \"]\" does not close the \"{\" of line 1, column 8"},
        Refusal{"BracketInFlowValue", "a: {b: lines[0]}\n", "1:13: error: \"[\" inside of a value"},
        Refusal{"Reserved", "a: @x\n", "1:4: error: a value cannot begin with \"@\""},
        Refusal{"ComplexKey", "? a\n: b\n", "1:1: error: \"? \""},
        Refusal{"ListAsKey", "[a]: b\n", "1:4: error: before \":\" stands no key"},
        Refusal{"NullKey", "~: b\n", "1:1: error: a key is missing"},
        Refusal{"Indent", "a: 1\n  b: 2\n", "2:3: error: a key where the value of the line above goes on"},
        Refusal{"Dedent", "a:\n    b: 1\n  c: 2\n", "3:"},
        Refusal{"ListThenKey", "- a\nb: 1\n", "2:1: error:"},
        Refusal{"KeyThenList", "a: 1\n- b\n", "2:1: error:"},
        Refusal{"KeyThenText", "a: 1\nfoo\n", "2:1: error: expected \"key: value\""},
        Refusal{"KeyWithoutBlank", "a: 1\nfoo:1\nb: 2\n", "2:1: error: expected \"key: value\""},
        Refusal{"ValueNotIndented", "a:\nfoo\n", "2:1: error: expected \"key: value\""},
        Refusal{"TwoValues", "a: [1] [2]\n", "1:8: error: expected \"key: value\""},
        Refusal{"BlockHeader", "a: > 5\n", "1:4: error: text after \">\""}),
    [](const auto& test) { return test.param.name; });

TEST(Yaml, SeveralBrokenPlacesAreReportedTogether) {
  const Reading reading = Read("a: \"x\nb: &y 1\nc:\t2\nd: !z 3\n");
  EXPECT_EQ(reading.problems.list().size(), 4u) << reading.problems.ToString();
  EXPECT_EQ(reading.file, nullptr);
}

TEST(Yaml, BombsAreRefusedFast) {
  std::string deep_list(500'000, '[');
  std::string deep_dash;
  for (int i = 0; i < 100'000; ++i) {
    deep_dash += "- ";
  }
  std::string deep_keys;
  for (int i = 0; i < 900; ++i) {
    deep_keys += std::string(static_cast<std::size_t>(i), ' ') + "a:\n";
  }
  std::string many = "a: [";
  for (int i = 0; i < 400'000; ++i) {
    many += "1,";
  }
  many += "]";
  std::string laughs = "a: &a [x,x,x,x,x,x,x,x,x]\n";
  for (char c = 'b'; c < 'k'; ++c) {
    laughs += std::string(1, c) + ": &" + c + " [*" + static_cast<char>(c - 1) + ",*" +
              static_cast<char>(c - 1) + "]\n";
  }
  std::string keys;
  for (int i = 0; i < 60'000; ++i) {
    keys += "k" + std::to_string(i) + ": 1\n";
  }
  const auto start = std::chrono::steady_clock::now();
  for (const std::string& text :
       {deep_list, "{" + deep_list, deep_dash + "x", deep_keys, many, laughs, std::string(1'100'000, 'x'),
        std::string(1'000'000, '"'), std::string(500'000, '{'), std::string(1'000'000, ':')}) {
    const Reading reading = Read(text);
    EXPECT_TRUE(reading.problems.HasErrors()) << text.substr(0, 20);
    EXPECT_LE(reading.problems.list().size(), 60u);
  }
  EXPECT_NE(Read(keys).file, nullptr);
  // Generous for sanitizers; a quadratic reader takes minutes.
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(20));
}

TEST(Yaml, Variables) {
  const std::map<std::string, std::string, std::less<>> set = {
      {"DSN", "host=db password=hunter2"}, {"EMPTY", ""}, {"PORT", "80"}};
  const Reading reading = Read(
      "a: ${DSN}\nb: x-${PORT}-${NONE:-y}\nc: $${PORT}\nd: ${EMPTY:-z}\ne: \"${PORT}\"  # ${UNSET}\n", set);
  ASSERT_EQ(reading.problems.ToString(), "");
  const Node& root = reading.file->root;
  EXPECT_EQ(root.Find("a")->scalar, "host=db password=hunter2");
  EXPECT_TRUE(root.Find("a")->has_secret);
  EXPECT_EQ(root.Find("a")->Shown(), "${DSN}");
  EXPECT_EQ(root.Find("b")->scalar, "x-80-y");
  EXPECT_EQ(root.Find("b")->Shown(), "x-${PORT}-${NONE:-…}");
  EXPECT_EQ(root.Find("c")->scalar, "${PORT}");
  EXPECT_FALSE(root.Find("c")->has_secret);
  EXPECT_EQ(root.Find("d")->scalar, "z");
  EXPECT_EQ(root.Find("e")->scalar, "80");
}

TEST(Yaml, UnsetVariablesAreProblemsWithTheirPlace) {
  const Reading reading = Read("a: ${OK:-1} ${ERP_DSN}\nb: 'x ${A B}'\nc: ${D\nd: ${E:-${F}}\n");
  EXPECT_EQ(reading.problems.ToString(),
            "f.yaml:1:13: error: the variable ERP_DSN is not set; set it, or write a default: "
            "${ERP_DSN:-default} [CB1105]\n"
            "f.yaml:2:7: error: \"A B\" is not the name of a variable (letters, digits and _); write \"$${\" "
            "for the characters \"${\" [CB1105]\n"
            "f.yaml:3:4: error: \"${\" is not closed with \"}\"; write \"$${\" for the characters themselves "
            "[CB1105]\n"
            "f.yaml:4:4: error: the default of ${E} holds another ${…}; a default is plain text [CB1105]\n");
}

TEST(Yaml, FilesAsValues) {
  const std::filesystem::path folder =
      std::filesystem::temp_directory_path() / ("crossbill-yaml-" + std::to_string(::getpid()));
  std::filesystem::create_directories(folder);
  std::ofstream(folder / "secret") << "p@ss\n";
  std::ofstream(folder / "bytes", std::ios::binary) << "\xFF\xFE";
  const Reading reading =
      Read("a: ${file:secret}\nb: ${file:none}\nc: ${file:bytes}\nd: ${file:.}\n", {}, folder.string());
  EXPECT_EQ(reading.file->root.Find("a")->scalar, "p@ss");
  EXPECT_TRUE(reading.file->root.Find("a")->has_secret);
  EXPECT_EQ(reading.problems.list().size(), 3u) << reading.problems.ToString();
  EXPECT_THAT(reading.problems.ToString(),
              HasSubstr("f.yaml:2:4: error: ${file:…}: there is no file \"none\""));
  std::filesystem::remove_all(folder);
}

TEST(Yaml, TheProcessEnvironment) {
  ::setenv("CROSSBILL_TEST_VARIABLE", "v", 1);
  const auto variables = ProcessEnvironment();
  ASSERT_NE(variables->Find("CROSSBILL_TEST_VARIABLE"), nullptr);
  EXPECT_EQ(*variables->Find("CROSSBILL_TEST_VARIABLE"), "v");
  EXPECT_EQ(variables->Find("CROSSBILL_TEST_NO_SUCH"), nullptr);
  ::unsetenv("CROSSBILL_TEST_VARIABLE");
}

// Any bytes: no crash, no hang, and either a tree or a problem.
TEST(Yaml, RandomTextNeverCrashes) {
  const char* seed_text = std::getenv("CROSSBILL_SEED");
  const std::uint64_t seed = seed_text != nullptr ? std::strtoull(seed_text, nullptr, 10) : 20261031;
  SCOPED_TRACE("CROSSBILL_SEED=" + std::to_string(seed));
  std::mt19937_64 random(seed);
  const std::vector<std::string> parts = {
      "a", "b: ", "- ", "\n",  "\n  ", "\n    ", "\"",           "'",  "[",     "]",     "{",  "}",    ",",
      ":", "#",   " #", "|\n", ">\n",  "&x",     "*x",           "!t", "---\n", "...\n", "\t", "${A}", "$${",
      "(", ")",   "?",  "%",   "\\",   "\r\n",   "\xE4\xBD\xA0", "~",  "<<: "};
  for (int round = 0; round < 20'000; ++round) {
    std::string text;
    const int length = static_cast<int>(random() % 24);
    for (int i = 0; i < length; ++i) {
      text += random() % 40 == 0 ? std::string(1, static_cast<char>(random() % 256))
                                 : parts[random() % parts.size()];
    }
    const Reading reading = Read(text, {{"A", "1"}});
    EXPECT_TRUE(reading.file != nullptr || reading.problems.HasErrors()) << text;
    for (const Problem& problem : reading.problems.list()) {
      EXPECT_GE(problem.at.line, 1) << text;
      EXPECT_GE(problem.at.column, 1) << text;
    }
  }
}

}  // namespace
}  // namespace crossbill::config
