#include "connectors/postgres/pg_discover.h"
#include "connectors/postgres/pg_source.h"
#include "connectors/sdk/registry.h"
#include "postgres_config.pb.h"

namespace crossbill::connectors {
namespace {

using ConfigSource = config::v1::PostgresSource;
using config::v1::PostgresStream;

std::string SchemaOf(const ConfigSource& source) {
  return source.schema().empty() ? "public" : source.schema();
}

class PostgresConnector final : public Connector {
 public:
  std::string_view kind() const override { return "postgres"; }
  std::string_view summary() const override {
    return "Reads tables and queries of PostgreSQL in a snapshot, with child tables, by cursor or as a "
           "whole.";
  }
  std::unique_ptr<google::protobuf::Message> NewSourceConfig() const override {
    return std::make_unique<ConfigSource>();
  }
  std::unique_ptr<google::protobuf::Message> NewStreamConfig() const override {
    return std::make_unique<PostgresStream>();
  }

  void Check(const google::protobuf::Message&, const google::protobuf::Message& stream,
             const config::File& file, const config::Node& stream_node,
             config::Problems& problems) const override {
    CheckSqlStream(SqlSpecOf({}, static_cast<const PostgresStream&>(stream)), file, stream_node, problems);
  }

  Result<std::unique_ptr<Source>> MakeSource(const StreamOptions& options) const override {
    const auto& source = static_cast<const ConfigSource&>(*options.source);
    return std::unique_ptr<Source>(std::make_unique<PgSource>(
        PgSpec{Secret(source.dsn()), SchemaOf(source), source.timezone(),
               SqlSpecOf(options.key, static_cast<const PostgresStream&>(*options.config))},
        options.clock));
  }

  Result<std::vector<FoundStream>> Discover(const google::protobuf::Message& source,
                                            const std::string&) const override {
    const auto& config = static_cast<const ConfigSource&>(source);
    return DiscoverPostgres(Secret(config.dsn()), SchemaOf(config));
  }
};

}  // namespace

void Register_postgres(ConnectorRegistry& registry) { registry.Add(std::make_unique<PostgresConnector>()); }

}  // namespace crossbill::connectors
