#include "app/browser_files.h"

#include <gmock/gmock.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/dynamic_message.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <set>
#include <sstream>

#include "bus/framing/frame.h"
#include "bus/topics.h"
#include "connectors/sdk/registry.h"
#include "connectors/sdk/test_folder.h"
#include "crossbill/v1/order.pb.h"
#include "runtime/project.h"

namespace crossbill::app {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

// So that the frame of a topic's values is six constant bytes; some tools look at no other message of a file.
TEST(RecordMessageTest, IsTheFirstOfItsFile) {
  for (const bus::TopicInfo& info : bus::Topics("xb", 1).All()) {
    if (info.message.empty() || info.spec.name.starts_with("xb.internal.")) {
      continue;
    }
    const auto* message =
        google::protobuf::DescriptorPool::generated_pool()->FindMessageTypeByName(info.message);
    ASSERT_NE(message, nullptr) << info.message;
    EXPECT_EQ(bus::FrameFor(7, *message), std::string("\0\0\0\0\7\0", 6)) << info.message;
  }
}

class BrowserFilesTest : public testing::Test {
 protected:
  // What was written, with these lines in crossbill.yaml.
  void Write(const std::string& kind, const std::string& yaml = {}) {
    folder_.Write("crossbill.yaml", "version: 1\nprefix: xb\n" + yaml);
    config::Problems problems;
    const auto project =
        runtime::ProjectConfig::Load(folder_.path(), registry_, *config::ProcessEnvironment(), problems);
    ASSERT_FALSE(problems.HasErrors()) << problems.ToString();
    const auto written = WriteBrowserFiles(*project, kind, folder_.path("out"));
    ASSERT_TRUE(written.ok()) << written.error().ToString();
    for (const auto& path : *written) {
      EXPECT_TRUE(std::filesystem::exists(path)) << path;
    }
  }
  std::string Text(const std::string& name) const {
    std::ostringstream text;
    text << std::ifstream(folder_.path("out/" + name), std::ios::binary).rdbuf();
    return text.str();
  }

  connectors::TestFolder folder_;
  connectors::ConnectorRegistry registry_;
};

TEST_F(BrowserFilesTest, TheProtoFilesCompile) {
  Write("proto");
  std::set<std::string> files;
  for (const bus::TopicInfo& info : bus::Topics("xb", 1).All()) {
    if (!info.message.empty()) {
      files.insert(google::protobuf::DescriptorPool::generated_pool()
                       ->FindMessageTypeByName(info.message)
                       ->file()
                       ->name());
    }
  }
  std::string command = CROSSBILL_PROTOC " -I" + folder_.path("out/proto") +
                        " --include_imports --descriptor_set_out=" + folder_.path("again.desc");
  for (const std::string& file : files) {
    command += " " + file;
  }
  ASSERT_EQ(std::system(command.c_str()), 0) << command;
}

// AKHQ takes the files in their order, so what is imported must come first.
TEST_F(BrowserFilesTest, TheDescriptorsDecodeARecord) {
  Write("akhq");
  google::protobuf::FileDescriptorSet set;
  ASSERT_TRUE(set.ParseFromString(Text("crossbill.desc")));
  google::protobuf::DescriptorPool pool;
  for (const auto& file : set.file()) {
    ASSERT_NE(pool.BuildFile(file), nullptr) << file.name();
  }
  v1::Order order;
  order.mutable_source()->set_system("erp");
  order.set_number("4711");
  google::protobuf::DynamicMessageFactory factory(&pool);
  const auto* descriptor = pool.FindMessageTypeByName("crossbill.v1.Order");
  ASSERT_NE(descriptor, nullptr);
  const std::unique_ptr<google::protobuf::Message> read(factory.GetPrototype(descriptor)->New());
  ASSERT_TRUE(read->ParseFromString(order.SerializeAsString()));
  EXPECT_EQ(read->DebugString(), order.DebugString());
}

TEST_F(BrowserFilesTest, EveryTopicWithAMessageIsMapped) {
  for (const auto& [kind, file, form] :
       {std::tuple("kafka-ui", "kafka-ui.yaml", "\"%t\": %m\n"),
        {"akhq", "akhq.yaml",
         "topic-regex: '^%r$'\n              descriptor-file: crossbill.desc\n              "
         "value-message-type: %m\n"},
        {"console", "console.yaml", "topicName: \"%t\"\n        valueProtoType: %m\n"},
        {"proto", "topics.tsv", "%t\t%m\tplain\n"}}) {
    Write(kind);
    const std::string text = Text(file);
    for (const bus::TopicInfo& info : bus::Topics("xb", 1).All()) {
      if (info.message.empty()) {
        continue;
      }
      std::string expected;
      for (const char* c = form; *c != '\0'; ++c) {
        if (*c != '%') {
          expected += *c;
        } else if (const char what = *++c; what == 'm') {
          expected += info.message;
        } else {
          for (const char t : info.spec.name) {
            expected += what == 'r' && t == '.' ? std::string("\\.") : std::string(1, t);
          }
        }
      }
      if (info.work) {
        EXPECT_THAT(text, Not(HasSubstr(expected))) << kind << ": many records are one message";
      } else {
        EXPECT_THAT(text, HasSubstr(expected)) << kind;
      }
    }
  }
}

TEST_F(BrowserFilesTest, FramedTopicsAreLeftToTheRegistry) {
  const std::string kafka =
      "bus:\n  kafka:\n    bootstrap.servers: \"a:1,b:2\"\n    schema_registry: https://r:8081\n"
      "    schema_registry.basic.auth.user.info: crossbill:hunter2\n    sasl.password: hunter2\n";
  for (const auto& [kind, file] :
       {std::pair("kafka-ui", "kafka-ui.yaml"), {"akhq", "akhq.yaml"}, {"console", "console.yaml"}}) {
    Write(kind, kafka);
    EXPECT_THAT(Text(file),
                AllOf(HasSubstr("https://r:8081"), HasSubstr("internal"), Not(HasSubstr("xb.source")),
                      Not(HasSubstr("xb\\.source")), Not(HasSubstr("hunter2"))));
  }
  EXPECT_THAT(Text("console.yaml"), HasSubstr("    - \"a:1\"\n    - \"b:2\"\n"));
  Write("proto", kafka);
  EXPECT_THAT(Text("topics.tsv"), HasSubstr("xb.source.order\tcrossbill.v1.Order\tconfluent\n"));
}

TEST_F(BrowserFilesTest, AFolderThatCannotBeWrittenIsAnError) {
  folder_.Write("crossbill.yaml", "version: 1\n");
  folder_.Write("file", "");
  config::Problems problems;
  const auto project =
      runtime::ProjectConfig::Load(folder_.path(), registry_, *config::ProcessEnvironment(), problems);
  const auto written = WriteBrowserFiles(*project, "proto", folder_.path("file/out"));
  ASSERT_FALSE(written.ok());
  EXPECT_EQ(written.error().code(), Code::kIo);
}

}  // namespace
}  // namespace crossbill::app
