#include "runtime/bus_config.h"

#include "bus/embedded/embedded_bus.h"
#include "bus/kafka/kafka_bus.h"
#include "bus/registry/options.h"
#include "crossbill/config/v1/project.pb.h"
#include "runtime/framing.h"
#include "runtime/runner.h"

namespace crossbill::runtime {
namespace {

constexpr std::string_view kServers = "bootstrap.servers";
// Of syslog.
constexpr int kWarning = 4;
constexpr int kNotice = 5;

void Write(Log& log, int level, std::string_view text) {
  if (level <= kWarning) {
    log.Warn("librdkafka", {{"text", text}});
  } else if (level == kNotice) {
    log.Info("Kafka", {{"text", text}});
  }
}
constexpr std::int64_t kShortCallMs = 5000;

}  // namespace

void CheckBus(const config::File& file, const config::v1::Project& project, config::Problems& problems) {
  const config::Node* bus = file.root.Find("bus");
  const config::Node* kafka = bus == nullptr ? nullptr : bus->Find("kafka");
  if (kafka == nullptr || !kafka->IsMapping()) {
    return;
  }
  if (const config::Node* embedded = bus->Find("embedded")) {
    problems.Add({file.file, embedded->at, Code::kConfigValue,
                  "bus.embedded: not together with \"kafka\"; keep one of the two"});
  }
  if (!project.bus().kafka().contains(std::string(kServers))) {
    problems.Add({file.file, kafka->at, Code::kConfigMissing,
                  "bus.kafka: `bootstrap.servers` is missing: \"host:port\" of one broker or more"});
  }
  CheckRegistry(file.file, *kafka, problems);
  for (const config::Node::Entry& entry : kafka->entries) {
    const auto found = project.bus().kafka().find(entry.key);
    if (found == project.bus().kafka().end() || entry.value.unresolved) {
      continue;
    }
    const Status good = bus::IsRegistryKey(found->first)
                            ? CheckRegistryKey(project, found->first, found->second)
                            : bus::CheckKafkaProperty(found->first, found->second);
    if (!good.ok()) {
      problems.Add({file.file, entry.key_at, good.error().code(), "bus.kafka: " + good.error().message()});
    }
  }
}

Result<std::unique_ptr<bus::Bus>> OpenBus(const ProjectConfig& project, bool read_only, const Clock& clock,
                                          Log& log, Patience patience, std::function<bool()> ending) {
  const config::v1::Bus& config = project.project().bus();
  if (!config.kafka().empty()) {
    bus::KafkaOptions options;
    for (const auto& [name, value] : config.kafka()) {
      if (!bus::IsRegistryKey(name)) {
        options.properties.emplace(name, value);
      }
    }
    options.prefix = project.project().prefix();
    options.state_partitions = project.project().partitions();
    options.state_path =
        project.PathOf(project.project().state().empty() ? "state" : project.project().state()) + "/kafka";
    options.clock = &clock;
    options.ending = std::move(ending);
    if (patience == Patience::kShort) {
      options.call_timeout_ms = kShortCallMs;
    } else {
      options.log = [&log](int level, std::string_view text) { Write(log, level, text); };
    }
    CROSSBILL_TRY(auto kafka, bus::OpenKafkaBus(options));
    return WithFrames(std::move(kafka), TopicsOf(project), config);
  }
  bus::EmbeddedOptions options;
  options.path = project.PathOf(config.embedded().path().empty() ? "bus" : config.embedded().path());
  options.sync_commits = config.embedded().sync() != "none";
  options.read_only = read_only;
  return bus::OpenEmbeddedBus(options);
}

}  // namespace crossbill::runtime
