#include "connectors/mapping/mapper.h"

#include <fmt/format.h>

#include "connectors/mapping/publication.h"

namespace crossbill::mapping {
namespace {

void ReadLookups(const config::Node& node, ExpressionCompiler& expressions, Environment& environment) {
  if (!node.IsMapping()) {
    expressions.Report(node.at, Code::kConfigType, "lookups: is a mapping of tables: {TABLE: {FROM: TO, …}}");
    return;
  }
  for (const config::Node::Entry& table : node.entries) {
    LookupTable& entries = environment.lookups[table.key];
    if (!table.value.IsMapping()) {
      expressions.Report(table.value.at, Code::kConfigType,
                         fmt::format("the lookup table \"{}\" is a mapping: {{FROM: TO, …}}", table.key));
      continue;
    }
    for (const config::Node::Entry& entry : table.value.entries) {
      if (!entry.value.IsScalar() && !entry.value.IsNull()) {
        expressions.Report(entry.value.at, Code::kConfigType,
                           fmt::format("\"{}\" in the lookup table \"{}\" is a text", entry.key, table.key));
        continue;
      }
      entries.emplace(entry.key, entry.value.scalar);
    }
  }
}

bool HasErrorsSince(const config::Problems& problems, std::size_t first) {
  for (std::size_t i = first; i < problems.list().size(); ++i) {
    if (problems.list()[i].severity == config::Problem::Severity::kError) {
      return true;
    }
  }
  return false;
}

}  // namespace

struct Mapper::Impl {
  Compilation compilation;
  Schema schema;  // copies: the expressions point into them
  std::vector<connectors::Child> children;
  std::vector<std::unique_ptr<Publication>> publications;
  Context context;
  MapResult result;
};

Mapper::Mapper(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Mapper::~Mapper() = default;

std::unique_ptr<Mapper> Mapper::Compile(const MapperSpec& spec, const connectors::Schema* schema,
                                        const std::vector<connectors::Child>* children, bool dynamic_rows,
                                        config::Problems& problems) {
  const std::size_t first_problem = problems.list().size();
  const std::string file = spec.file != nullptr ? spec.file->file : std::string();
  auto impl = std::make_unique<Impl>();
  ExpressionCompiler expressions(impl->compilation, file, &problems);
  if (!spec.time_zone.empty()) {
    auto zone = TimeZone::Open(spec.time_zone);
    if (zone.ok()) {
      impl->compilation.environment.zone = *std::move(zone);
    } else {
      expressions.Report({}, Code::kConfigValue, zone.error().message());
    }
  }
  if (spec.lookups != nullptr) {
    ReadLookups(*spec.lookups, expressions, impl->compilation.environment);
  }
  Scope row;
  if (schema != nullptr && !dynamic_rows) {
    impl->schema = *schema;
    row.schema = &impl->schema;
  }
  if (children != nullptr) {
    impl->children = *children;
    row.children = &impl->children;
  }
  for (const PublicationSpec& publication : spec.publications) {
    row.stream = spec.system + "/" + publication.name;
    impl->publications.push_back(Publication::Compile(publication, spec.system, file, row, expressions));
  }
  if (HasErrorsSince(problems, first_problem)) {
    return nullptr;
  }
  return std::unique_ptr<Mapper>(new Mapper(std::move(impl)));
}

const MapResult& Mapper::Map(const connectors::Row& row) {
  Impl& m = *impl_;
  m.result.events.clear();
  m.result.rejections.clear();
  m.context.arena.Clear();
  m.context.cells = row.cells;
  m.context.children = row.children;
  for (std::size_t i = 0; i < m.publications.size(); ++i) {
    Publication& publication = *m.publications[i];
    m.context.ClearError();
    auto outcome = publication.Run(m.context);
    if (outcome.rejection) {
      outcome.rejection->publication = static_cast<int>(i);
      m.result.rejections.push_back(*std::move(outcome.rejection));
    } else if (outcome.event) {
      m.result.events.push_back({static_cast<int>(i), publication.key(), publication.bytes()});
    }
  }
  return m.result;
}

std::string_view Mapper::MessageOf(int publication) const {
  return impl_->publications[static_cast<std::size_t>(publication)]->message();
}

}  // namespace crossbill::mapping
