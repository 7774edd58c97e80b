// A configuration directory, read and checked: crossbill.yaml and connectors/*.yaml. Immutable once loaded;
// any thread.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "config/node.h"
#include "connectors/mapping/mapper.h"
#include "connectors/sdk/registry.h"

namespace google::protobuf {
class Message;
}
namespace crossbill::transforms {
class Comparer;
class OwnRule;
struct ValueOptions;
}  // namespace crossbill::transforms
namespace crossbill::config::v1 {
class Connector;
class Project;
class Stream;
}  // namespace crossbill::config::v1

namespace crossbill::runtime {

// One stream of a connector, with everything that is needed to open it and to compile its mapping.
struct StreamConfig {
  std::string system;
  std::string name;
  std::string records_as;
  std::unique_ptr<config::v1::Stream> common;
  std::unique_ptr<google::protobuf::Message> specific;  // the connector's own keys
  const config::Node* node = nullptr;
  mapping::MapperSpec mapper;
  std::int64_t poll_ms = 10000;
  std::string Path() const { return system + "/" + name; }
};

struct ConnectorConfig {
  std::shared_ptr<const config::File> file;
  std::string hash;  // of the file as it is written: no value of a variable is in it
  std::unique_ptr<config::v1::Connector> common;
  const connectors::Connector* connector = nullptr;
  std::unique_ptr<google::protobuf::Message> source;
  std::string time_zone;
  std::int64_t backoff_ms = 1000;
  std::int64_t longest_backoff_ms = 60000;
  std::vector<std::unique_ptr<StreamConfig>> streams;
};

class ProjectConfig {
 public:
  // Reads everything and compiles every mapping against what is known without a connection; all problems at
  // once. The project is usable only when problems.HasErrors() is false.
  static std::unique_ptr<ProjectConfig> Load(const std::string& directory,
                                             const connectors::ConnectorRegistry& registry,
                                             const config::Variables& variables, config::Problems& problems);
  ~ProjectConfig();

  const std::string& directory() const { return directory_; }
  const config::v1::Project& project() const { return *project_; }
  const std::string& hash() const { return hash_; }  // of crossbill.yaml as it is written
  const std::vector<std::unique_ptr<ConnectorConfig>>& connectors() const { return connectors_; }
  // What parties are compared by.
  const std::shared_ptr<const transforms::Comparer>& comparer() const { return comparer_; }
  // Compiled from `exceptions.rules`.
  const std::vector<std::shared_ptr<const transforms::OwnRule>>& own_rules() const { return own_rules_; }
  // How value is counted.
  const transforms::ValueOptions& value() const { return *value_; }
  // "erp/vbak", or nullptr.
  const StreamConfig* FindStream(std::string_view path, const ConnectorConfig** connector) const;
  // A path of the configuration, relative to its directory.
  std::string PathOf(std::string_view relative) const;

 private:
  ProjectConfig();
  std::string directory_;
  std::shared_ptr<const config::File> file_;
  std::string hash_;
  std::unique_ptr<config::v1::Project> project_;
  std::shared_ptr<const transforms::Comparer> comparer_;
  std::vector<std::shared_ptr<const transforms::OwnRule>> own_rules_;
  std::unique_ptr<const transforms::ValueOptions> value_;
  std::vector<std::unique_ptr<ConnectorConfig>> connectors_;
};

// Opens the source of a stream (not yet at a position).
Result<std::unique_ptr<connectors::Source>> OpenSource(const ProjectConfig& project,
                                                       const ConnectorConfig& connector,
                                                       const StreamConfig& stream, const Clock& clock,
                                                       Log& log);

}  // namespace crossbill::runtime
