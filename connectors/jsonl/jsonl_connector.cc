#include <filesystem>

#include "config/reader.h"
#include "connectors/jsonl/jsonl_discover.h"
#include "connectors/jsonl/jsonl_source.h"
#include "connectors/sdk/registry.h"
#include "jsonl_config.pb.h"

namespace crossbill::connectors {
namespace {

using config::v1::JsonlStream;

std::string FolderOf(const google::protobuf::Message& source, const std::string& directory) {
  const auto& path = static_cast<const config::v1::JsonlSource&>(source).path();
  std::string folder = (std::filesystem::path(directory) / path).lexically_normal().string();
  while (folder.size() > 1 && folder.back() == '/') {
    folder.pop_back();
  }
  return folder;
}

class JsonlConnector final : public Connector {
 public:
  std::string_view kind() const override { return "jsonl"; }
  std::string_view summary() const override {
    return "Reads files of JSON lines of a folder as they arrive; numbers keep their exact digits.";
  }
  std::unique_ptr<google::protobuf::Message> NewSourceConfig() const override {
    return std::make_unique<config::v1::JsonlSource>();
  }
  std::unique_ptr<google::protobuf::Message> NewStreamConfig() const override {
    return std::make_unique<JsonlStream>();
  }

  void Check(const google::protobuf::Message&, const google::protobuf::Message& stream,
             const config::File& file, const config::Node& stream_node,
             config::Problems& problems) const override {
    const auto& config = static_cast<const JsonlStream&>(stream);
    const auto add = [&](std::string_view key, std::string message) {
      const config::Node* at = stream_node.Find(key);
      problems.Add(
          {file.file, (at != nullptr ? *at : stream_node).at, Code::kConfigValue, std::move(message)});
    };
    const std::string problem = config.files().empty() ? "" : GlobProblem(config.files());
    if (!problem.empty()) {
      add("files", problem);
    }
    const auto decoder = Decoder::Open(config.encoding().empty() ? "utf-8" : config.encoding());
    if (!decoder.ok()) {
      add("encoding", decoder.error().message());
    }
  }

  Result<std::unique_ptr<Source>> MakeSource(const StreamOptions& options) const override {
    const auto& source = static_cast<const config::v1::JsonlSource&>(*options.source);
    const auto& stream = static_cast<const JsonlStream&>(*options.config);
    const auto settle = config::ParseDuration(stream.settle().empty() ? "2s" : stream.settle());
    const auto max_row = config::ParseSize(stream.max_row().empty() ? "1MB" : stream.max_row());
    JsonlSpec spec;
    spec.walk = {FolderOf(source, options.directory),
                 stream.files(),
                 settle.ok() ? *settle : 2000,
                 false,
                 options.clock,
                 options.log,
                 {}};
    spec.encoding = !stream.encoding().empty()  ? stream.encoding()
                    : source.encoding().empty() ? "utf-8"
                                                : source.encoding();
    spec.max_row = max_row.ok() ? *max_row : 1 << 20;
    return std::unique_ptr<Source>(std::make_unique<JsonlSource>(std::move(spec)));
  }

  Result<std::vector<FoundStream>> Discover(const google::protobuf::Message& source,
                                            const std::string& directory) const override {
    const auto& encoding = static_cast<const config::v1::JsonlSource&>(source).encoding();
    return DiscoverJsonl(FolderOf(source, directory), encoding.empty() ? "utf-8" : encoding);
  }
};

}  // namespace

void Register_jsonl(ConnectorRegistry& registry) { registry.Add(std::make_unique<JsonlConnector>()); }

}  // namespace crossbill::connectors
