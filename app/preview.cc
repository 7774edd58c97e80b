#include <CLI/CLI.hpp>
#include <cstdio>

#include "app/json.h"
#include "app/session.h"
#include "connectors/mapping/mapper.h"
#include "runtime/row_json.h"

namespace crossbill::app {
namespace {

// Prints what one row became.
void PrintMapped(const runtime::StreamConfig& stream, const mapping::Mapper& mapper,
                 const mapping::MapResult& mapped) {
  for (const mapping::MappedEvent& event : mapped.events) {
    const auto& publication = stream.mapper.publications[static_cast<std::size_t>(event.publication)];
    std::printf("{\"kind\":%s,\"event\":%s}\n", Quoted(publication.kind).c_str(),
                ValueToJson(mapper.MessageOf(event.publication), event.bytes).c_str());
  }
}

void PrintRejected(const connectors::RowPlace& place, const mapping::Rejection& rejection) {
  std::string where = rejection.configured_at;
  if (!place.file.empty()) {
    where = std::string(place.file) + ":" + std::to_string(place.line) + " (" + where + ")";
  }
  std::fprintf(stderr, "rejected %s %s: %s\n", rejection.key.c_str(), rejection.field.c_str(),
               rejection.error.ToString().c_str());
  std::fprintf(stderr, "  at %s\n", where.c_str());
}

Status Preview(Session& session, const runtime::ProjectConfig& project, const std::string& path,
               std::size_t rows) {
  const runtime::ConnectorConfig* connector = nullptr;
  const runtime::StreamConfig* stream = project.FindStream(path, &connector);
  if (stream == nullptr) {
    std::string known;
    for (const auto& candidate : project.connectors()) {
      for (const auto& each : candidate->streams) {
        known += " " + each->Path();
      }
    }
    return Error(Code::kNotFound, "no stream \"" + path + "\"; there are:" + known);
  }
  CROSSBILL_TRY(const auto source,
                runtime::OpenSource(project, *connector, *stream, session.clock, *session.log));
  CROSSBILL_RETURN_IF_ERROR(source->Open(""));
  config::Problems problems;
  const auto mapper = mapping::Mapper::Compile(stream->mapper, &source->schema(), &source->children(),
                                               source->dynamic(), problems);
  std::fprintf(stderr, "%s", problems.ToString().c_str());
  if (mapper == nullptr) {
    return Error(Code::kMapSyntax, "the mapping does not fit the columns of " + path);
  }
  std::size_t read = 0;
  while (read < rows) {
    CROSSBILL_TRY(const connectors::RowBatch batch, source->Read(rows - read));
    for (const connectors::BadRow& bad : batch.bad_rows) {
      std::fprintf(stderr, "rejected %s:%lld %s: %s\n", bad.file.c_str(), static_cast<long long>(bad.line),
                   bad.key.c_str(), bad.error.ToString().c_str());
    }
    for (const connectors::Row& row : batch.rows) {
      if (read++ >= rows) {
        break;
      }
      const mapping::MapResult& mapped = mapper->Map(row);
      PrintMapped(*stream, *mapper, mapped);
      for (const mapping::Rejection& rejection : mapped.rejections) {
        PrintRejected(row.place, rejection);
      }
    }
    if (batch.at_end) {
      break;
    }
  }
  std::fprintf(stderr, "%zu rows read; nothing was published\n", read);
  return Ok();
}

}  // namespace

void AddPreview(CLI::App& program, Session& session) {
  auto* command =
      program.add_subcommand("preview", "Map real rows of a stream and print the events; commits nothing");
  auto path = std::make_shared<std::string>();
  auto rows = std::make_shared<std::size_t>(10);
  command->add_option("stream", *path, "SYSTEM/STREAM")->required();
  command->add_option("--rows", *rows, "How many rows (default: 10)")->check(CLI::Range(1, 1000000));
  command->callback([&session, path, rows] {
    const auto project = session.Load();
    if (project == nullptr) {
      return;
    }
    if (const Status status = Preview(session, *project, *path, *rows); !status.ok()) {
      session.Fail(status.error());
    }
  });
}

}  // namespace crossbill::app
