#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cctype>
#include <cstdio>
#include <filesystem>
#include <fstream>

#include "app/propose.h"
#include "app/session.h"
#include "base/secret.h"
#include "base/text.h"

namespace crossbill::app {
namespace {

namespace fs = std::filesystem;

struct InitArguments {
  std::string kind;
  std::string where;
  std::string system;
  bool overwrite = false;
};

// Sets the key that says where the source is: `path` or `dsn`. Returns its name.
std::string SetWhere(google::protobuf::Message& source, const std::string& where) {
  for (const char* name : {"dsn", "path"}) {
    if (const auto* field = source.GetDescriptor()->FindFieldByName(name)) {
      source.GetReflection()->SetString(&source, field, where);
      return name;
    }
  }
  return {};
}

Status WriteNew(const fs::path& path, const std::string& text, bool overwrite) {
  if (!overwrite && fs::exists(path)) {
    return Error(Code::kUsage, "exists already; --overwrite writes it anew", path.string());
  }
  std::error_code failure;
  fs::create_directories(path.parent_path(), failure);
  std::ofstream out(path, std::ios::trunc);
  out << text;
  return out.flush() ? Ok() : Status(Error(Code::kIo, "cannot be written", path.string()));
}

// The streams, or an empty list, and what could not be guessed as comments.
std::string StreamsYaml(const std::vector<connectors::FoundStream>& found, std::size_t& proposed) {
  std::string streams;
  std::string comments;
  proposed = 0;
  for (const connectors::FoundStream& stream : found) {
    if (IsChild(stream, found)) {
      continue;
    }
    const std::string yaml = ProposeStream(stream, found);
    const bool guessed = !yaml.starts_with("  #");
    (guessed ? streams : comments) += yaml;
    proposed += guessed ? 1 : 0;
  }
  return (proposed > 0 ? "streams:\n" : "streams: []\n") + streams + comments;
}

std::string ConnectorYaml(const InitArguments& arguments, const std::string& key, const std::string& value,
                          const std::string& streams) {
  std::string yaml =
      "# Proposed by `crossbill init` from what the source holds. Look it over: `crossbill check --live` and "
      "`crossbill preview` help.\n";
  yaml += "version: 1\nsystem: " + arguments.system + "\nsource:\n  kind: " + arguments.kind + "\n  " + key +
          ": " + value + "\n" + streams;
  return yaml;
}

Status Init(const Session& session, const InitArguments& arguments) {
  const connectors::Connector* connector = session.registry.Find(arguments.kind);
  if (connector == nullptr) {
    const auto near = Nearest(arguments.kind, session.registry.Kinds());
    return Error(Code::kSourceKind, "no connector of kind \"" + arguments.kind + "\"" +
                                        (near ? "; did you mean \"" + *near + "\"?" : ""));
  }
  const auto source = connector->NewSourceConfig();
  const std::string key = SetWhere(*source, arguments.where);
  CROSSBILL_TRY(const auto found, connector->Discover(*source, session.directory));
  const fs::path directory(session.directory);
  if (!fs::exists(directory / "crossbill.yaml")) {
    CROSSBILL_RETURN_IF_ERROR(WriteNew(directory / "crossbill.yaml", "version: 1\n", false));
  }
  // A connection string may have a password: the file refers to a variable.
  std::string name = CaseFold(arguments.system);
  std::transform(name.begin(), name.end(), name.begin(),
                 [](unsigned char c) { return std::isalnum(c) ? std::toupper(c) : '_'; });
  const std::string variable = name + "_DSN";
  const std::string value = key == "dsn" ? "${" + variable + "}" : arguments.where;
  const fs::path file = directory / "connectors" / (arguments.system + ".yaml");
  std::size_t proposed = 0;
  const std::string streams = StreamsYaml(found, proposed);
  CROSSBILL_RETURN_IF_ERROR(
      WriteNew(file, ConnectorYaml(arguments, key, value, streams), arguments.overwrite));
  std::printf("wrote %s: %zu tables or files looked at, %zu streams proposed\n", file.string().c_str(),
              found.size(), proposed);
  if (proposed == 0) {
    std::printf(
        "nothing could be guessed by its names: the file lists what is there, for streams of your own\n");
    return Ok();
  }
  if (key == "dsn") {
    std::printf("set %s to the connection string before `crossbill check --live`\n", variable.c_str());
  }
  std::printf("next: crossbill check --live; crossbill preview %s/STREAM\n", arguments.system.c_str());
  return Ok();
}

}  // namespace

void AddInit(CLI::App& program, Session& session) {
  auto* command = program.add_subcommand(
      "init", "Write a configuration by looking at a source: its streams, and a proposed mapping");
  auto arguments = std::make_shared<InitArguments>();
  command->add_option("kind", arguments->kind, "The kind of source: sqlite, postgres, csv, jsonl")
      ->required();
  command->add_option("where", arguments->where, "Its file, folder or connection string")->required();
  command->add_option("--system", arguments->system, "The system's name in reports and rules")->required();
  command->add_flag("--overwrite", arguments->overwrite, "Write the connector's file anew when it exists");
  command->callback([&session, arguments] {
    if (const Status status = Init(session, *arguments); !status.ok()) {
      session.Fail(status.error());
    }
  });
}

}  // namespace crossbill::app
