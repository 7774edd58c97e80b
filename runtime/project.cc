#include "runtime/project.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "base/id.h"
#include "base/text.h"
#include "config/reader.h"
#include "crossbill/config/v1/connector.pb.h"
#include "crossbill/config/v1/project.pb.h"
#include "runtime/bus_config.h"
#include "runtime/exception_config.h"
#include "runtime/linkage_files.h"
#include "runtime/own_rules.h"
#include "runtime/value_options.h"

namespace crossbill::runtime {
namespace {

namespace fs = std::filesystem;

Result<std::string> ReadWhole(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) {
    return Error(Code::kConfigFile, "cannot be read: " + std::string(std::strerror(errno)), path.string());
  }
  std::ostringstream text;
  text << in.rdbuf();
  return std::move(text).str();
}

std::shared_ptr<const config::File> ReadFile(const fs::path& directory, const fs::path& relative,
                                             const config::Variables& variables, std::string& hash,
                                             config::Problems& problems) {
  auto text = ReadWhole(directory / relative);
  if (!text.ok()) {
    problems.Add({relative.string(), {1, 1}, text.error().code(), text.error().message()});
    return nullptr;
  }
  hash = ShortId(Hash128Of(*text));
  return config::ReadYaml(relative.string(), *text, variables, directory.string(), problems);
}

// A text field of a message by name, where the message has it.
std::string TextField(const google::protobuf::Message& message, std::string_view name) {
  const auto* field = message.GetDescriptor()->FindFieldByName(std::string(name));
  if (field == nullptr || field->is_repeated() ||
      field->type() != google::protobuf::FieldDescriptor::TYPE_STRING) {
    return {};
  }
  return message.GetReflection()->GetString(message, field);
}

// The common and the connector's keys of one stream, and what its mapping is made of.
class StreamReader {
 public:
  StreamReader(const config::File& file, ConnectorConfig& connector, config::Problems& problems)
      : file_(file), connector_(connector), problems_(problems) {}

  void Read(const config::Node& node, std::size_t index) {
    auto stream = std::make_unique<StreamConfig>();
    stream->common = std::make_unique<config::v1::Stream>();
    stream->specific = connector_.connector->NewStreamConfig();
    stream->node = &node;
    config::ReadMessage(file_, node, "streams[" + std::to_string(index) + "]",
                        {stream->common.get(), stream->specific.get()}, problems_);
    if (!node.IsMapping()) {
      return;
    }
    stream->system = connector_.common->system();
    stream->name = stream->common->name();
    stream->records_as = stream->common->records_as().empty() ? stream->name : stream->common->records_as();
    if (auto poll = config::ParseDuration(stream->common->poll()); poll.ok()) {
      stream->poll_ms = *poll;
    }
    connector_.connector->Check(*connector_.source, *stream->specific, file_, node, problems_);
    FillMapper(*stream, node);
    connector_.streams.push_back(std::move(stream));
  }

 private:
  void FillMapper(StreamConfig& stream, const config::Node& node) {
    mapping::MapperSpec& spec = stream.mapper;
    spec.system = stream.system;
    spec.file = &file_;
    spec.lookups = file_.root.Find("lookups");
    spec.time_zone = connector_.time_zone;
    mapping::PublicationSpec main;
    main.name = stream.records_as;
    main.kind = stream.common->publish();
    main.key.assign(stream.common->key().begin(), stream.common->key().end());
    FillNodes(main, node);
    spec.publications.push_back(std::move(main));
    const config::Node* also = node.Find("also");
    for (int i = 0;
         also != nullptr && i < stream.common->also_size() && i < static_cast<int>(also->items.size()); ++i) {
      const config::v1::Publication& config = stream.common->also(i);
      mapping::PublicationSpec publication;
      publication.name = config.name();
      publication.kind = config.publish();
      publication.key.assign(config.key().begin(), config.key().end());
      FillNodes(publication, also->items[static_cast<std::size_t>(i)]);
      spec.publications.push_back(std::move(publication));
    }
  }

  static void FillNodes(mapping::PublicationSpec& publication, const config::Node& node) {
    publication.key_node = node.Find("key");
    publication.map = node.Find("map");
    publication.require = node.Find("require");
    publication.when = node.Find("when");
  }

  const config::File& file_;
  ConnectorConfig& connector_;
  config::Problems& problems_;
};

void ReadBackoff(ConnectorConfig& connector) {
  const std::string& text = connector.common->errors().retry().backoff();
  const auto dots = text.find("..");
  if (dots == std::string::npos) {
    return;
  }
  const auto first = config::ParseDuration(std::string_view(text).substr(0, dots));
  const auto last = config::ParseDuration(std::string_view(text).substr(dots + 2));
  if (first.ok() && last.ok()) {
    connector.backoff_ms = *first;
    connector.longest_backoff_ms = *last;
  }
}

// `source:` itself, or the first of a list whose `if` is not empty: the same system from a file here and from
// its database there.
const config::Node* ChosenSource(const config::File& file, config::Problems& problems) {
  const config::Node* source = file.root.Find("source");
  if (source == nullptr || source->IsNull()) {
    return nullptr;  // reported by the reader
  }
  if (source->IsMapping()) {
    return source;
  }
  for (const config::Node& candidate : source->items) {
    const config::Node* condition = candidate.Find("if");
    if (candidate.IsMapping() && (condition == nullptr || !condition->scalar.empty())) {
      return &candidate;
    }
  }
  problems.Add({file.file, source->at, Code::kConfigType,
                "source: expected a mapping with `kind`, or a list of them of which one applies (its `if` is "
                "missing or not empty)"});
  return nullptr;
}

// The source's message, for its `kind`; false with a problem when there is no such kind.
bool ReadSource(ConnectorConfig& connector, const connectors::ConnectorRegistry& registry,
                config::Problems& problems) {
  const config::File& file = *connector.file;
  const config::Node* source = ChosenSource(file, problems);
  if (source == nullptr) {
    return false;
  }
  const config::Node* kind = source->Find("kind");
  if (kind == nullptr || !kind->IsScalar()) {
    problems.Add({file.file, source->at, Code::kConfigMissing,
                  "source: `kind` is missing: what sort of system this is"});
    return false;
  }
  connector.connector = registry.Find(kind->scalar);
  if (connector.connector == nullptr) {
    std::string kinds;
    for (const std::string& name : registry.Kinds()) {
      kinds += (kinds.empty() ? "" : ", ") + name;
    }
    const auto near = Nearest(kind->scalar, registry.Kinds());
    problems.Add({file.file, kind->at, Code::kSourceKind,
                  "no connector of kind \"" + kind->scalar + "\"" +
                      (near ? "; did you mean \"" + *near + "\"?" : ";") + " this build has: " + kinds});
    return false;
  }
  config::Node without_kind = *source;
  std::erase_if(without_kind.entries,
                [](const config::Node::Entry& entry) { return entry.key == "kind" || entry.key == "if"; });
  connector.source = connector.connector->NewSourceConfig();
  config::ReadMessage(file, without_kind, "source", {connector.source.get()}, problems);
  connector.time_zone = TextField(*connector.source, "timezone");
  if (!connector.time_zone.empty() && !TimeZone::Open(connector.time_zone).ok()) {
    const config::Node* zone = source->Find("timezone");
    problems.Add({file.file, zone != nullptr ? zone->at : source->at, Code::kConfigValue,
                  "source.timezone: \"" + connector.time_zone +
                      "\" is not an IANA time zone such as \"Asia/Shanghai\""});
  }
  return true;
}

std::unique_ptr<ConnectorConfig> ReadConnector(std::shared_ptr<const config::File> file,
                                               const connectors::ConnectorRegistry& registry,
                                               config::Problems& problems) {
  auto connector = std::make_unique<ConnectorConfig>();
  connector->file = std::move(file);
  connector->common = std::make_unique<config::v1::Connector>();
  config::ReadMessage(*connector->file, connector->file->root, "", {connector->common.get()}, problems);
  ReadBackoff(*connector);
  if (!ReadSource(*connector, registry, problems)) {
    return connector;
  }
  const config::Node* streams = connector->file->root.Find("streams");
  if (streams == nullptr || !streams->IsSequence()) {
    if (streams != nullptr) {
      problems.Add({connector->file->file, streams->at, Code::kConfigType,
                    "streams: expected a list of streams: \"- name: …\""});
    }
    return connector;
  }
  StreamReader reader(*connector->file, *connector, problems);
  for (std::size_t i = 0; i < streams->items.size(); ++i) {
    reader.Read(streams->items[i], i);
  }
  return connector;
}

void CheckNames(const std::vector<std::unique_ptr<ConnectorConfig>>& connectors, config::Problems& problems) {
  std::set<std::string> systems;
  for (const auto& connector : connectors) {
    const config::Node* system = connector->file->root.Find("system");
    if (system != nullptr && !systems.insert(connector->common->system()).second) {
      problems.Add({connector->file->file, system->at, Code::kConfigDuplicate,
                    "system: \"" + connector->common->system() +
                        "\" has another file already; a system has one file"});
    }
    std::set<std::string> names;
    for (const auto& stream : connector->streams) {
      if (!stream->name.empty() && !names.insert(stream->name).second) {
        problems.Add({connector->file->file, stream->node->at, Code::kConfigDuplicate,
                      "streams: \"" + stream->name + "\" stands twice; a stream's name is its own"});
      }
    }
  }
}

}  // namespace

ProjectConfig::ProjectConfig() = default;
ProjectConfig::~ProjectConfig() = default;

std::unique_ptr<ProjectConfig> ProjectConfig::Load(const std::string& directory,
                                                   const connectors::ConnectorRegistry& registry,
                                                   const config::Variables& variables,
                                                   config::Problems& problems) {
  std::unique_ptr<ProjectConfig> self(new ProjectConfig());
  self->directory_ = directory.empty() ? "." : directory;
  self->project_ = std::make_unique<config::v1::Project>();
  self->file_ = ReadFile(self->directory_, "crossbill.yaml", variables, self->hash_, problems);
  if (self->file_ != nullptr) {
    config::ReadMessage(*self->file_, self->file_->root, "", {self->project_.get()}, problems);
    if (self->project_->partitions() < 1 || self->project_->partitions() > 1024) {
      const config::Node* node = self->file_->root.Find("partitions");
      problems.Add(
          {self->file_->file, node != nullptr ? node->at : config::Position{1, 1}, Code::kConfigValue,
           "partitions: " + std::to_string(self->project_->partitions()) + " is not between 1 and 1024"});
    }
    CheckBus(*self->file_, *self->project_, problems);
    CheckExceptions(*self->file_, *self->project_, problems);
    if (const config::Node* exceptions = self->file_->root.Find("exceptions")) {
      self->own_rules_ =
          CompileOwnRules(self->project_->exceptions(), *exceptions, self->file_->file, problems);
    }
    auto comparer = ReadComparer(self->project_->identity(), self->directory_);
    if (comparer.ok()) {
      self->comparer_ = *std::move(comparer);
    } else {
      const config::Node* node = self->file_->root.Find("identity");
      problems.Add({self->file_->file, node != nullptr ? node->at : config::Position{1, 1},
                    comparer.error().code(), comparer.error().ToString()});
    }
    auto value = ReadValueOptions(self->project_->value(), self->directory_);
    if (value.ok()) {
      self->value_ = std::make_unique<transforms::ValueOptions>(*std::move(value));
    } else {
      const config::Node* node = self->file_->root.Find("value");
      problems.Add({self->file_->file, node != nullptr ? node->at : config::Position{1, 1},
                    value.error().code(), value.error().message()});
    }
  }
  std::vector<fs::path> files;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(fs::path(self->directory_) / "connectors", ignored)) {
    if (entry.path().extension() == ".yaml" || entry.path().extension() == ".yml") {
      files.push_back(fs::path("connectors") / entry.path().filename());
    }
  }
  std::sort(files.begin(), files.end());
  for (const fs::path& path : files) {
    std::string hash;
    if (auto file = ReadFile(self->directory_, path, variables, hash, problems)) {
      self->connectors_.push_back(ReadConnector(std::move(file), registry, problems));
      self->connectors_.back()->hash = std::move(hash);
    }
  }
  CheckNames(self->connectors_, problems);
  for (const auto& connector : self->connectors_) {
    for (const auto& stream : connector->streams) {
      // Compiled for its problems alone: the columns are known only when the source is open.
      (void)mapping::Mapper::Compile(stream->mapper, nullptr, nullptr, false, problems);
    }
  }
  problems.Sort();
  return self;
}

const StreamConfig* ProjectConfig::FindStream(std::string_view path,
                                              const ConnectorConfig** connector) const {
  for (const auto& candidate : connectors_) {
    for (const auto& stream : candidate->streams) {
      if (stream->Path() == path) {
        *connector = candidate.get();
        return stream.get();
      }
    }
  }
  return nullptr;
}

std::string ProjectConfig::PathOf(std::string_view relative) const {
  const fs::path path(relative);
  return path.is_absolute() ? path.string() : (fs::path(directory_) / path).string();
}

Result<std::unique_ptr<connectors::Source>> OpenSource(const ProjectConfig& project,
                                                       const ConnectorConfig& connector,
                                                       const StreamConfig& stream, const Clock& clock,
                                                       Log& log) {
  connectors::StreamOptions options;
  options.system = stream.system;
  options.stream = stream.name;
  options.records_as = stream.records_as;
  options.key.assign(stream.common->key().begin(), stream.common->key().end());
  options.source = connector.source.get();
  options.config = stream.specific.get();
  options.directory = project.directory();
  options.clock = &clock;
  options.log = &log;
  return connector.connector->MakeSource(options);
}

}  // namespace crossbill::runtime
