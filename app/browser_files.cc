#include "app/browser_files.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor.pb.h>

#include <algorithm>
#include <functional>
#include <map>
#include <set>
#include <vector>

#include "app/json.h"
#include "app/write_file.h"
#include "bus/registry/options.h"
#include "bus/topics.h"
#include "crossbill/config/v1/project.pb.h"
#include "runtime/framing.h"
#include "runtime/project.h"
#include "runtime/runner.h"

namespace crossbill::app {
namespace {

using google::protobuf::DescriptorPool;
using google::protobuf::FileDescriptor;

constexpr char kDescriptors[] = "crossbill.desc";

// What the pieces of configuration are made of.
struct Parts {
  std::string folder;                           // absolute
  std::string prefix;                           // of the topics
  std::string servers;                          // "a:9092,b:9092"
  std::string registry;                         // its address, or empty
  std::map<std::string, std::string> messages;  // by topic; without those of `framed`
  std::map<std::string, std::string> framed;    // those whose values have frames
};

std::string PropertyOf(const config::v1::Bus& config, std::string_view name, const char* otherwise) {
  const auto found = config.kafka().find(std::string(name));
  return found == config.kafka().end() ? otherwise : found->second;
}

Parts PartsOf(const runtime::ProjectConfig& project, const std::filesystem::path& folder) {
  const config::v1::Bus& config = project.project().bus();
  const bus::Topics topics = runtime::TopicsOf(project);
  const auto framed = runtime::FramedTopics(topics, config);
  Parts parts;
  std::error_code failure;
  parts.folder = std::filesystem::absolute(folder, failure).lexically_normal().string();
  if (parts.folder.ends_with('/')) {
    parts.folder.pop_back();
  }
  parts.prefix = topics.prefix();
  parts.servers = PropertyOf(config, "bootstrap.servers", "localhost:9092");
  parts.registry = PropertyOf(config, bus::kRegistryUrl, "");
  for (const bus::TopicInfo& info : topics.All()) {
    // Of work topics many records are one message, which only Crossbill reads.
    if (!info.message.empty() && !info.work) {
      (framed.contains(info.spec.name) ? parts.framed : parts.messages).emplace(info.spec.name, info.message);
    }
  }
  return parts;
}

// A topic's name as a regular expression: the names have letters, digits, "-" and ".".
std::string Escaped(std::string_view topic) {
  std::string pattern;
  for (const char c : topic) {
    pattern += c == '.' ? std::string("\\.") : std::string(1, c);
  }
  return pattern;
}

std::string KafkaUi(const Parts& parts) {
  std::string yaml =
      "# For kafbat's kafka-ui: merge it into its configuration (DYNAMIC_CONFIG_ENABLED or "
      "SPRING_CONFIG_ADDITIONAL-LOCATION).\n"
      "# protobufFilesDir is where kafka-ui finds this folder; logins to the brokers and the registry are "
      "not in here.\n"
      "kafka:\n  clusters:\n    - name: crossbill\n      bootstrapServers: " +
      Quoted(parts.servers) + "\n";
  if (!parts.registry.empty()) {
    yaml += "      schemaRegistry: " + Quoted(parts.registry) + "\n";
  }
  yaml += "      serde:\n        - name: ProtobufFile\n          topicValuesPattern: '" +
          Escaped(parts.prefix) +
          "\\..*'\n          properties:\n            protobufFilesDir: " + Quoted(parts.folder + "/proto") +
          "\n            protobufMessageNameByTopic:\n";
  for (const auto& [topic, message] : parts.messages) {
    yaml += "              " + Quoted(topic) + ": " + message + "\n";
  }
  return yaml;
}

std::string Akhq(const Parts& parts) {
  std::string yaml =
      "# For AKHQ: merge it into its application.yml. descriptors-folder is where AKHQ finds this folder; "
      "logins to the\n"
      "# brokers and the registry are not in here.\n"
      "akhq:\n  connections:\n    crossbill:\n      properties:\n        bootstrap.servers: " +
      Quoted(parts.servers) + "\n";
  if (!parts.registry.empty()) {
    yaml += "      schema-registry:\n        url: " + Quoted(parts.registry) + "\n";
  }
  yaml += "      deserialization:\n        protobuf:\n          descriptors-folder: " + Quoted(parts.folder) +
          "\n          topics-mapping:\n";
  for (const auto& [topic, message] : parts.messages) {
    yaml += "            - topic-regex: '^" + Escaped(topic) +
            "$'\n              descriptor-file: " + kDescriptors +
            "\n              value-message-type: " + message + "\n";
  }
  return yaml;
}

std::string Console(const Parts& parts) {
  std::string yaml =
      "# For Redpanda Console 3: merge it into its configuration (in Console 2 schemaRegistry and protobuf "
      "stand below\n"
      "# kafka). The path is where Console finds this folder; logins to the brokers and the registry are not "
      "in here.\n"
      "kafka:\n  brokers:\n";
  for (std::size_t begin = 0; begin < parts.servers.size();) {
    const std::size_t end = std::min(parts.servers.find(',', begin), parts.servers.size());
    yaml += "    - " + Quoted(parts.servers.substr(begin, end - begin)) + "\n";
    begin = end + 1;
  }
  if (!parts.registry.empty()) {
    yaml += "schemaRegistry:\n  enabled: true\n  urls:\n    - " + Quoted(parts.registry) + "\n";
  }
  yaml +=
      "serde:\n  # Customers with many records are larger than the default, 20 KB.\n"
      "  maxDeserializationPayloadSize: 1048576\n  protobuf:\n    enabled: true\n    mappings:\n";
  for (const auto& [topic, message] : parts.messages) {
    yaml += "      - topicName: " + Quoted(topic) + "\n        valueProtoType: " + message + "\n";
  }
  return yaml + "    fileSystem:\n      enabled: true\n      paths:\n        - " +
         Quoted(parts.folder + "/proto") + "\n";
}

// Which message a topic's values are, and whether a frame stands before it: for protoc, and for scripts.
std::string TopicTable(const Parts& parts) {
  std::string table;
  for (const auto& [topic, message] : parts.messages) {
    table += topic + "\t" + message + "\tplain\n";
  }
  for (const auto& [topic, message] : parts.framed) {
    table += topic + "\t" + message + "\tconfluent\n";
  }
  return table;
}

struct Browser {
  const char* file;
  std::string (*text)(const Parts&);
};

const std::map<std::string, Browser>& Browsers() {
  static const std::map<std::string, Browser> browsers = {{"kafka-ui", {"kafka-ui.yaml", KafkaUi}},
                                                          {"akhq", {"akhq.yaml", Akhq}},
                                                          {"console", {"console.yaml", Console}},
                                                          {"proto", {"topics.tsv", TopicTable}}};
  return browsers;
}

// The files of these messages and all that they import, each after its imports.
std::vector<const FileDescriptor*> FilesOf(const std::map<std::string, std::string>& messages) {
  std::vector<const FileDescriptor*> files;
  std::set<const FileDescriptor*> known;
  const std::function<void(const FileDescriptor&)> add = [&](const FileDescriptor& file) {
    if (known.insert(&file).second) {
      for (int i = 0; i < file.dependency_count(); ++i) {
        add(*file.dependency(i));
      }
      files.push_back(&file);
    }
  };
  for (const auto& [topic, message] : messages) {
    const auto* descriptor = DescriptorPool::generated_pool()->FindMessageTypeByName(message);
    CROSSBILL_CHECK(descriptor != nullptr);
    add(*descriptor->file());
  }
  return files;
}

Status WriteSchemas(const std::vector<const FileDescriptor*>& files, const std::filesystem::path& folder) {
  google::protobuf::FileDescriptorSet set;
  for (const FileDescriptor* file : files) {
    file->CopyTo(set.add_file());
    if (!file->name().starts_with("google/protobuf/")) {  // every compiler brings these
      CROSSBILL_RETURN_IF_ERROR(WriteFile(folder / "proto" / file->name(), file->DebugString()));
    }
  }
  return WriteFile(folder / kDescriptors, set.SerializeAsString());
}

}  // namespace

bool IsBrowserKind(const std::string& kind) { return Browsers().contains(kind); }

Result<std::vector<std::filesystem::path>> WriteBrowserFiles(const runtime::ProjectConfig& project,
                                                             const std::string& kind,
                                                             const std::filesystem::path& folder) {
  const Parts parts = PartsOf(project, folder);
  std::map<std::string, std::string> messages = parts.messages;
  messages.insert(parts.framed.begin(), parts.framed.end());
  CROSSBILL_RETURN_IF_ERROR(WriteSchemas(FilesOf(messages), folder));
  const Browser& browser = Browsers().at(kind);
  CROSSBILL_RETURN_IF_ERROR(WriteFile(folder / browser.file, browser.text(parts)));
  return std::vector<std::filesystem::path>{folder / browser.file, folder / kDescriptors, folder / "proto"};
}

}  // namespace crossbill::app
