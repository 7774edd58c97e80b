#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "config/reader.h"
#include "config/test_support.h"
#include "crossbill/config/v1/connector.pb.h"
#include "sample.pb.h"

namespace crossbill::config {
namespace {

TEST(Schema, DescribesEveryKindOfField) {
  ExpectGolden("sample.schema.json", JsonSchema(*test::Sample::descriptor(), {}, "Sample"));
}

TEST(Schema, MergesMessages) {
  const MergedAt merged = {{"crossbill.config.v1.Connector.streams[]",
                            {crossbill::config::v1::Stream::descriptor(), test::TableStream::descriptor()}},
                           {"crossbill.config.v1.Connector.source", {test::Server::descriptor()}}};
  const auto schema = nlohmann::json::parse(
      JsonSchema(*crossbill::config::v1::Connector::descriptor(), {}, "Connector", merged));
  EXPECT_EQ(schema["properties"]["streams"]["items"]["$ref"], "#/$defs/Connector.streams");
  const auto& stream = schema["$defs"]["Connector.streams"];
  EXPECT_TRUE(stream["properties"].contains("name"));
  EXPECT_TRUE(stream["properties"].contains("batch_rows"));
  EXPECT_EQ(stream["additionalProperties"], false);
  EXPECT_EQ(schema["properties"]["source"]["$ref"], "#/$defs/Connector.source");
  EXPECT_TRUE(schema["$defs"]["Connector.source"]["properties"].contains("listen"));
  EXPECT_TRUE(schema["$defs"].contains("Tls"));

  const auto flat = nlohmann::json::parse(
      JsonSchema(*test::Stream::descriptor(), {test::TableStream::descriptor()}, "Stream"));
  EXPECT_TRUE(flat["properties"].contains("table"));
  EXPECT_TRUE(flat["properties"].contains("schema"));
}

// Every reference has its definition: messages that hold each other end too.
TEST(Schema, DefinesWhatItRefersTo) {
  const std::string text = JsonSchema(*crossbill::config::v1::Connector::descriptor(), {}, "Connector");
  const auto schema = nlohmann::json::parse(text);
  const std::string prefix = "\"$ref\": \"#/$defs/";
  std::size_t references = 0;
  for (std::size_t at = text.find(prefix); at != std::string::npos;
       at = text.find(prefix, at + 1), ++references) {
    const std::size_t begin = at + prefix.size();
    const std::string name = text.substr(begin, text.find('"', begin) - begin);
    EXPECT_TRUE(schema["$defs"].contains(name)) << name;
  }
  EXPECT_GE(references, 3u);
}

TEST(Reference, DescribesEveryKindOfField) {
  ExpectGolden("sample.reference.md", ReferencePage(*test::Sample::descriptor(), "A sample"));
}

}  // namespace
}  // namespace crossbill::config
