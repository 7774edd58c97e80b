#include <gmock/gmock.h>
#include <simdjson.h>

#include <random>

#include "base/text.h"
#include "connectors/jsonl/json_parser.h"
#include "connectors/sdk/contract.h"
#include "connectors/sdk/registry.h"
#include "connectors/sdk/test_folder.h"
#include "jsonl_config.pb.h"

namespace crossbill::connectors {
void Register_jsonl(ConnectorRegistry&);
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

struct Shop {
  TestFolder folder;
  config::v1::JsonlSource source;
  config::v1::JsonlStream stream;
  ConnectorRegistry registry;

  Shop() {
    Register_jsonl(registry);
    source.set_path("in");
    stream.set_files("*.jsonl");
    std::filesystem::create_directory(folder.path("in"));
  }
  std::unique_ptr<Source> Make() {
    StreamOptions options{"oms",   "orders",      "orders", {"id"}, &source,
                          &stream, folder.path(), nullptr,  nullptr};
    return std::move(registry.Find("jsonl")->MakeSource(options)).value();
  }
  std::unique_ptr<Source> Open(std::string_view position = {}) {
    auto made = Make();
    const Status opened = made->Open(position);
    EXPECT_TRUE(opened.ok()) << (opened.ok() ? "" : opened.error().ToString());
    return made;
  }
};

struct JsonlContract {
  static constexpr bool kBadRows = true;
  static constexpr bool kReadsAgain = false;
  Shop shop;
  void Write(const std::vector<ContractRow>& rows) {
    std::string text;
    for (const ContractRow& row : rows) {
      text += row.bad ? (row.id % 2 == 0 ? "\xff{}\n" : "{\"id\": 1\n")
                      : "{\"id\": " + std::to_string(row.id) + ", \"name\": \"" + row.name + "\"}\n";
    }
    shop.folder.Write("in/a.jsonl", text);
  }
  std::unique_ptr<Source> Make() { return shop.Make(); }
  void Remove() { std::filesystem::remove_all(shop.folder.path("in")); }
  std::string secret() { return ""; }
};
INSTANTIATE_TYPED_TEST_SUITE_P(Jsonl, ConnectorContract, JsonlContract);

std::string Parsed(std::string_view text) {
  Arena arena;
  JsonParser parser;
  const auto value = parser.Parse(text, arena);
  return value.ok() ? JsonOf(*value) : "! " + value.error().message();
}

TEST(JsonParser, KeepsNumbersExactly) {
  EXPECT_EQ(Parsed("[1251.59, 0.10, -0, 1e3, 1.5E-3, 9223372036854775807, 9223372036854775808, -1.00e+2]"),
            "[1251.59,0.10,0,1000,0.0015,9223372036854775807,9223372036854775808,-100]");
  EXPECT_EQ(Parsed("12345678901234567890123456789012345678901"),
            "\"12345678901234567890123456789012345678901\"");
  EXPECT_EQ(Parsed("1e400"), "\"1e400\"");
}

TEST(JsonParser, ReadsTextsAndEscapes) {
  EXPECT_EQ(Parsed(R"({"a":"x\n\"\\\/\u00e9\ud83d\ude00","b":[true,false,null,{}],"":""})"),
            R"({"a":"x\u000a\"\\/é😀","b":[true,false,null,{}],"":""})");
}

TEST(JsonParser, SaysWhatIsWrongAndWhere) {
  EXPECT_EQ(Parsed(R"({"a":1,"a":2})"), "! a key stands twice in an object, at column 14");
  EXPECT_THAT(Parsed(R"({"a":"\q"})"), HasSubstr("escape that JSON does not have, at column 8"));
  EXPECT_THAT(Parsed(R"({"a":"\ud800"})"), HasSubstr("surrogate"));
  EXPECT_THAT(Parsed(R"({"a":1)"), HasSubstr("ends too early"));
  EXPECT_THAT(Parsed("{} x"), HasSubstr("behind the value"));
  EXPECT_THAT(Parsed("[01]"), HasSubstr("begins with zero"));
  EXPECT_THAT(Parsed("\"a\tb\""), HasSubstr("control character"));
  EXPECT_THAT(Parsed(std::string(100000, '[')), HasSubstr("64 levels"));
  std::string deep = std::string(64, '[') + std::string(64, ']');
  EXPECT_EQ(Parsed(deep)[0], '[');
}

// Accepts and rejects what simdjson does, but for what we add: depth, keys that stand twice, numbers of any
// size.
TEST(JsonParser, AgreesWithSimdjsonOnMutations) {
  const std::string base =
      R"({"id":"W26","n":-12.50e1,"list":[1,2,{"x":null}],"t":"\u4e2d\"\\é","b":true, "c" : false })";
  constexpr std::string_view kBytes = "{}[]\",:\\0123456789eE+-.tfnul \n\tu/\x01";
  simdjson::dom::parser oracle;
  std::size_t accepted = 0;
  for (std::uint64_t seed = 1; seed <= 30000; ++seed) {
    std::mt19937_64 random(seed);
    std::string text = base;
    for (std::uint64_t n = 1 + random() % 3; n > 0; --n) {
      const std::size_t at = random() % text.size();
      switch (random() % 3) {
        case 0:
          text[at] = kBytes[random() % kBytes.size()];
          break;
        case 1:
          text.erase(at, 1 + random() % 4);
          break;
        default:
          text.insert(at, 1, kBytes[random() % kBytes.size()]);
      }
      if (text.empty()) {
        text = "{";
      }
    }
    if (!IsValidUtf8(text)) {
      continue;
    }
    const std::string ours = Parsed(text);
    simdjson::dom::element element;
    const auto error = oracle.parse(text).get(element);
    const bool theirs = error == simdjson::SUCCESS;
    if (ours.find("stands twice") != std::string::npos || error == simdjson::NUMBER_ERROR) {
      continue;
    }
    ASSERT_EQ(ours[0] != '!', theirs) << "seed " << seed << ": " << text << "\n"
                                      << ours << "\n"
                                      << simdjson::error_message(error);
    accepted += theirs ? 1 : 0;
  }
  EXPECT_GT(accepted, 1000u);
}

TEST(Jsonl, BadLinesAreNamedAndTheRestIsRead) {
  Shop shop;
  shop.folder.Write("in/a.jsonl",
                    "{\"id\":1}\n{\"id\":\"\\q\"}\n\n[1]\n\xff\xfe{\"id\":2}\n{\"id\":3\n{\"id\":4}");
  auto source = shop.Open();
  auto batch = source->Read(100);
  ASSERT_TRUE(batch.ok());
  EXPECT_TRUE(source->dynamic());
  std::vector<std::string> bad;
  for (const BadRow& row : batch->bad_rows) {
    bad.push_back(std::to_string(row.line) + std::string(InfoOf(row.error.code()).name));
  }
  EXPECT_THAT(bad, ElementsAre("2kRowSyntax", "3kRowSyntax", "4kRowSyntax", "5kRowEncoding", "6kRowSyntax"));
  EXPECT_EQ(batch->bad_rows[3].raw, "\xff\xfe{\"id\":2}");
  ASSERT_EQ(batch->rows.size(), 2u);
  EXPECT_EQ(batch->rows[1].place.line, 7);
  EXPECT_EQ(batch->rows[1].cells[0].Find("id")->AsInt(), 4);
}

TEST(Jsonl, DecodesGb18030AndLongLines) {
  Shop shop;
  shop.source.set_encoding("gb18030");
  shop.stream.set_max_row("200");
  shop.folder.Write("in/a.jsonl", "{\"n\":\"\xd6\xd0\xce\xc4\"}\n{\"n\":\"\x81\"}\n{\"n\":\"" +
                                      std::string(300, 'x') + "\"}\n{\"n\":\"ok\"}\n");
  auto source = shop.Open();
  const ContractRead read = ReadToEnd(*source, 1);
  EXPECT_THAT(read.rows, ElementsAre(R"({"n":"中文"})", R"({"n":"ok"})"));
  EXPECT_EQ(read.bad.size(), 2u);
}

// Any bytes: nothing crashes, no line is lost or doubled, and every resume gives the same.
TEST(Jsonl, RandomBytesGiveEachLineOnce) {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    std::mt19937_64 random(seed);
    Shop shop;
    const char* encodings[] = {"utf-8", "gb18030", "cp932", "utf-16"};
    shop.source.set_encoding(encodings[seed % 4]);
    std::string text;
    for (std::size_t n = random() % 400; n > 0; --n) {
      const auto what = random() % 8;
      text += what < 3    ? std::string("{\"a\":1}\n")
              : what == 3 ? std::string("\n")
                          : std::string(1, static_cast<char>(random()));
    }
    shop.folder.Write("in/a.jsonl", text);
    const ContractRead whole = ReadToEnd(*shop.Open(), 7);
    if (shop.source.encoding() != "utf-16" && text.find('\n') != std::string::npos) {
      const auto lines = static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')) +
                         (text.back() != '\n' ? 1 : 0);
      EXPECT_EQ(whole.rows.size() + whole.bad.size(), lines);
    }
    for (const auto& at : whole.positions) {
      const ContractRead rest = ReadToEnd(*shop.Open(at.position), 3);
      ASSERT_EQ(rest.rows.size(), whole.rows.size() - at.rows);
      ASSERT_EQ(rest.bad.size(), whole.bad.size() - at.bad);
    }
  }
}

TEST(Jsonl, FindsFieldsOfNestedObjects) {
  Shop shop;
  shop.folder.Write("in/orders-202511.jsonl",
                    "{\"id\":\"1\",\"customer\":{\"email\":\"a@b.example\"},\"items\":[{\"sku\":\"x\"}]}\n{"
                    "\"id\":\"2\",\"net\":1.5}\n");
  const auto found = shop.registry.Find("jsonl")->Discover(shop.source, shop.folder.path());
  ASSERT_TRUE(found.ok()) << found.error().ToString();
  ASSERT_EQ(found->size(), 1u);
  EXPECT_EQ((*found)[0].name, "orders");
  EXPECT_EQ((*found)[0].settings[0].second, "orders-*.jsonl");
  EXPECT_EQ((*found)[0].schema.columns()[1].name, "customer.email");
  EXPECT_EQ((*found)[0].schema.columns()[3].type, ValueType::kDecimal);
  EXPECT_THAT((*found)[0].key, ElementsAre("id"));
}

}  // namespace
}  // namespace crossbill::connectors
