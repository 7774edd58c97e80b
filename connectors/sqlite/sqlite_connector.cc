#include <filesystem>

#include "connectors/sdk/registry.h"
#include "connectors/sqlite/sqlite_discover.h"
#include "connectors/sqlite/sqlite_source.h"
#include "sqlite_config.pb.h"

namespace crossbill::connectors {
namespace {

std::string PathOf(const google::protobuf::Message& source, const std::string& directory) {
  return (std::filesystem::path(directory) / static_cast<const config::v1::SqliteSource&>(source).path())
      .lexically_normal()
      .string();
}

class SqliteConnector final : public Connector {
 public:
  std::string_view kind() const override { return "sqlite"; }
  std::string_view summary() const override {
    return "Reads tables and queries of an SQLite file, with child tables, by cursor or as a whole.";
  }
  std::unique_ptr<google::protobuf::Message> NewSourceConfig() const override {
    return std::make_unique<config::v1::SqliteSource>();
  }
  std::unique_ptr<google::protobuf::Message> NewStreamConfig() const override {
    return std::make_unique<config::v1::SqliteStream>();
  }

  void Check(const google::protobuf::Message&, const google::protobuf::Message& stream,
             const config::File& file, const config::Node& stream_node,
             config::Problems& problems) const override {
    CheckSqlStream(SqlSpecOf({}, static_cast<const config::v1::SqliteStream&>(stream)), file, stream_node,
                   problems);
  }

  Result<std::unique_ptr<Source>> MakeSource(const StreamOptions& options) const override {
    return std::unique_ptr<Source>(std::make_unique<SqliteSource>(
        PathOf(*options.source, options.directory),
        SqlSpecOf(options.key, static_cast<const config::v1::SqliteStream&>(*options.config)),
        options.clock));
  }

  Result<std::vector<FoundStream>> Discover(const google::protobuf::Message& source,
                                            const std::string& directory) const override {
    return DiscoverSqlite(PathOf(source, directory));
  }
};

}  // namespace

void Register_sqlite(ConnectorRegistry& registry) { registry.Add(std::make_unique<SqliteConnector>()); }

}  // namespace crossbill::connectors
