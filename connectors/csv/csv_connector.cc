#include <algorithm>
#include <filesystem>

#include "config/reader.h"
#include "connectors/csv/csv_discover.h"
#include "connectors/csv/csv_source.h"
#include "connectors/sdk/registry.h"
#include "csv_config.pb.h"

namespace crossbill::connectors {
namespace {

using config::v1::CsvChild;
using config::v1::CsvStream;

std::string FolderOf(const google::protobuf::Message& source, const std::string& directory) {
  const auto& path = static_cast<const config::v1::CsvSource&>(source).path();
  std::string folder = (std::filesystem::path(directory) / path).lexically_normal().string();
  while (folder.size() > 1 && folder.back() == '/') {
    folder.pop_back();
  }
  return folder;
}

// '\0' for `auto`; nothing for what is no delimiter.
std::optional<char> DelimiterOf(const std::string& text) {
  if (text == "auto") {
    return '\0';
  }
  if (text == "tab" || text == "\\t") {
    return '\t';
  }
  const bool good =
      text.size() == 1 && text[0] != '\n' && text[0] != '\r' && static_cast<unsigned char>(text[0]) < 0x80;
  return good ? std::optional<char>(text[0]) : text.empty() ? std::optional<char>(',') : std::nullopt;
}

std::optional<char> QuoteOf(const std::string& text) {
  if (text == "none") {
    return '\0';
  }
  return text.empty()       ? std::optional<char>('"')
         : text.size() == 1 ? std::optional<char>(text[0])
                            : std::nullopt;
}

CsvOptions OptionsOf(const config::v1::CsvSource& source, const CsvStream& stream) {
  CsvOptions options;
  options.delimiter = DelimiterOf(stream.delimiter()).value_or(',');
  options.quote = QuoteOf(stream.quote()).value_or('"');
  options.columns.assign(stream.columns().begin(), stream.columns().end());
  options.header = stream.has_header() ? stream.header() : options.columns.empty();
  options.encoding = !stream.encoding().empty()  ? stream.encoding()
                     : source.encoding().empty() ? "utf-8"
                                                 : source.encoding();
  const auto max_row = config::ParseSize(stream.max_row().empty() ? "1MB" : stream.max_row());
  options.max_row = max_row.ok() ? *max_row : 1 << 20;
  return options;
}

CsvChildSpec ChildOf(const std::string& name, const CsvChild& child, const CsvOptions& parent) {
  CsvChildSpec spec;
  spec.name = name;
  spec.files = child.files();
  spec.options = parent;
  spec.options.delimiter =
      child.delimiter().empty() ? parent.delimiter : DelimiterOf(child.delimiter()).value_or(',');
  spec.options.encoding = child.encoding().empty() ? parent.encoding : child.encoding();
  spec.options.columns.assign(child.columns().begin(), child.columns().end());
  spec.options.header = spec.options.columns.empty();
  spec.on.assign(child.on().begin(), child.on().end());
  std::sort(spec.on.begin(), spec.on.end());
  spec.order_by.assign(child.order_by().begin(), child.order_by().end());
  spec.records_as = child.records_as().empty() ? name : child.records_as();
  spec.report_orphans = child.orphans() != "ignore";
  return spec;
}

class Checker {
 public:
  Checker(const config::File& file, const config::Node& node, config::Problems& problems)
      : file_(file), node_(node), problems_(problems) {}

  void Check(const CsvStream& stream) {
    Glob(node_, stream.files());
    Delimiter(node_, stream.delimiter());
    if (!QuoteOf(stream.quote())) {
      Add(node_, "quote", "`quote` is one character, or `none`");
    }
    Encoding(node_, stream.encoding());
    if (!stream.extract().empty() && stream.extract() != "append" && stream.extract() != "full") {
      Add(node_, "extract", "`extract` is `append` or `full`, not \"" + stream.extract() + "\"");
    }
    if (stream.has_header() && !stream.header() && stream.columns().empty()) {
      Add(node_, "header", "files without a header need `columns`");
    }
    const config::Node* children = node_.Find("children");
    for (const auto& [name, child] : stream.children()) {
      const config::Node* at = children != nullptr ? children->Find(name) : nullptr;
      CheckChild(at != nullptr ? *at : node_, child);
    }
  }

 private:
  void CheckChild(const config::Node& node, const CsvChild& child) {
    Glob(node, child.files());
    if (!child.delimiter().empty()) {
      Delimiter(node, child.delimiter());
    }
    Encoding(node, child.encoding());
    if (!child.orphans().empty() && child.orphans() != "dead_letter" && child.orphans() != "ignore") {
      Add(node, "orphans", "`orphans` is `dead_letter` or `ignore`, not \"" + child.orphans() + "\"");
    }
  }
  void Glob(const config::Node& node, const std::string& pattern) {
    const std::string problem = pattern.empty() ? "" : GlobProblem(pattern);
    if (!problem.empty()) {
      Add(node, "files", problem);
    }
  }
  void Delimiter(const config::Node& node, const std::string& text) {
    if (!DelimiterOf(text)) {
      Add(node, "delimiter", "`delimiter` is one character, `tab` or `auto`, not \"" + text + "\"");
    }
  }
  void Encoding(const config::Node& node, const std::string& name) {
    const auto decoder = Decoder::Open(name.empty() ? "utf-8" : name);
    if (!decoder.ok()) {
      Add(node, "encoding", decoder.error().message());
    }
  }
  void Add(const config::Node& node, std::string_view key, std::string message) {
    const config::Node* at = node.Find(key);
    problems_.Add({file_.file, (at != nullptr ? *at : node).at, Code::kConfigValue, std::move(message)});
  }

  const config::File& file_;
  const config::Node& node_;
  config::Problems& problems_;
};

class CsvConnector final : public Connector {
 public:
  std::string_view kind() const override { return "csv"; }
  std::string_view summary() const override {
    return "Reads CSV files of a folder as they arrive, in any encoding, with the child rows of a file "
           "beside them.";
  }
  std::unique_ptr<google::protobuf::Message> NewSourceConfig() const override {
    return std::make_unique<config::v1::CsvSource>();
  }
  std::unique_ptr<google::protobuf::Message> NewStreamConfig() const override {
    return std::make_unique<CsvStream>();
  }

  void Check(const google::protobuf::Message&, const google::protobuf::Message& stream,
             const config::File& file, const config::Node& stream_node,
             config::Problems& problems) const override {
    Checker(file, stream_node, problems).Check(static_cast<const CsvStream&>(stream));
  }

  Result<std::unique_ptr<Source>> MakeSource(const StreamOptions& options) const override {
    const auto& source = static_cast<const config::v1::CsvSource&>(*options.source);
    const auto& stream = static_cast<const CsvStream&>(*options.config);
    CsvSpec spec;
    spec.options = OptionsOf(source, stream);
    const auto settle = config::ParseDuration(stream.settle().empty() ? "2s" : stream.settle());
    spec.walk = {FolderOf(source, options.directory),
                 stream.files(),
                 settle.ok() ? *settle : 2000,
                 stream.extract() == "full",
                 options.clock,
                 options.log,
                 {}};
    for (const auto& [name, child] : stream.children()) {
      spec.children.push_back(ChildOf(name, child, spec.options));
    }
    std::sort(spec.children.begin(), spec.children.end(),
              [](const auto& a, const auto& b) { return a.name < b.name; });
    return std::unique_ptr<Source>(std::make_unique<CsvSource>(std::move(spec)));
  }

  Result<std::vector<FoundStream>> Discover(const google::protobuf::Message& source,
                                            const std::string& directory) const override {
    const auto& encoding = static_cast<const config::v1::CsvSource&>(source).encoding();
    return DiscoverCsv(FolderOf(source, directory), encoding.empty() ? "utf-8" : encoding);
  }
};

}  // namespace

void Register_csv(ConnectorRegistry& registry) { registry.Add(std::make_unique<CsvConnector>()); }

}  // namespace crossbill::connectors
