#include "runtime/framing.h"

#include <google/protobuf/descriptor.h>

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include "base/text.h"
#include "bus/framing/frame.h"
#include "bus/framing/framed_bus.h"
#include "bus/registry/options.h"
#include "bus/registry/schema_registry.h"
#include "crossbill/config/v1/project.pb.h"

namespace crossbill::runtime {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::DescriptorPool;

constexpr std::string_view kInternal = ".internal.";

using Messages = std::map<std::string, std::string, std::less<>>;  // by topic

// What others read and a schema describes.
Messages PublicTopics(const bus::Topics& topics) {
  Messages named;
  for (const bus::TopicInfo& info : topics.All()) {
    if (!info.message.empty() && !info.spec.name.starts_with(topics.prefix() + std::string(kInternal))) {
      named.emplace(info.spec.name, info.message);
    }
  }
  return named;
}

// "source.*, exception": parts without the blanks around them.
std::vector<std::string> PartsOf(std::string_view list) {
  std::vector<std::string> parts;
  for (std::size_t begin = 0; begin <= list.size();) {
    const std::size_t end = std::min(list.find(',', begin), list.size());
    parts.push_back(CollapseSpace(list.substr(begin, end - begin)));
    begin = end + 1;
  }
  return parts;
}

// A topic without its prefix; a star at the end stands for any rest.
bool Fits(std::string_view name, std::string_view pattern) {
  return pattern.ends_with('*') ? name.starts_with(pattern.substr(0, pattern.size() - 1)) : name == pattern;
}

Status CheckTopics(const bus::Topics& topics, const std::string& value) {
  std::vector<std::string> names;
  for (const auto& [topic, message] : PublicTopics(topics)) {
    names.push_back(topic.substr(topics.prefix().size() + 1));
  }
  for (const std::string& pattern : PartsOf(value)) {
    if (std::none_of(names.begin(), names.end(),
                     [&](const std::string& name) { return Fits(name, pattern); })) {
      const auto near = Nearest(pattern, names);
      return Error(Code::kConfigValue, "\"" + std::string(bus::kRegistryTopics) + "\": \"" + pattern +
                                           "\" is no topic with a schema that others read" +
                                           (near ? "; did you mean \"" + *near + "\"?"
                                                 : "; a list such as \"source.*, unified.*, exception\""));
    }
  }
  return Ok();
}

// Registers the schema of a topic's message when it is asked for, and says what stands before each value.
class TopicFrames {
 public:
  TopicFrames(bus::SchemaRegistry registry, Messages messages)
      : registry_(std::move(registry)), messages_(std::move(messages)) {}

  Result<std::string> Of(const std::string& topic) {
    const auto found = messages_.find(topic);
    if (found == messages_.end()) {
      return std::string();
    }
    const Descriptor* message = DescriptorPool::generated_pool()->FindMessageTypeByName(found->second);
    CROSSBILL_CHECK(message != nullptr);
    CROSSBILL_TRY(const std::int32_t id, registry_.Register(topic + "-value", *message->file()));
    return bus::FrameFor(id, *message);
  }

 private:
  bus::SchemaRegistry registry_;
  const Messages messages_;
};

std::map<std::string, std::string> PropertiesOf(const config::v1::Bus& config) {
  return {config.kafka().begin(), config.kafka().end()};
}

}  // namespace

Status CheckRegistryKey(const config::v1::Project& project, const std::string& name,
                        const std::string& value) {
  if (name == bus::kRegistryTopics) {
    return CheckTopics(bus::Topics(project.prefix().empty() ? "crossbill" : project.prefix(), 1), value);
  }
  return bus::CheckRegistryKey(name, value);
}

void CheckRegistry(const std::string& file, const config::Node& kafka, config::Problems& problems) {
  const config::Node* url = kafka.Find(bus::kRegistryUrl);
  for (const config::Node::Entry& entry : kafka.entries) {
    if (url == nullptr && bus::IsRegistryKey(entry.key)) {
      problems.Add({file, entry.key_at, Code::kConfigMissing,
                    "bus.kafka: \"" + entry.key + "\" without \"schema_registry\", the registry's address"});
    }
    if (url != nullptr && entry.key == bus::kRegistryUserInfo && url->scalar.starts_with("http://")) {
      problems.Add(
          {file, entry.key_at, Code::kConfigValue,
           "bus.kafka: the password for the schema registry goes over the network in the clear; use https",
           config::Problem::Severity::kWarning});
    }
  }
}

std::set<std::string, std::less<>> FramedTopics(const bus::Topics& topics, const config::v1::Bus& config) {
  std::set<std::string, std::less<>> framed;
  if (!config.kafka().contains(std::string(bus::kRegistryUrl))) {
    return framed;
  }
  const auto chosen = config.kafka().find(std::string(bus::kRegistryTopics));
  const std::vector<std::string> patterns =
      PartsOf(chosen == config.kafka().end() ? std::string_view("*") : chosen->second);
  for (const auto& [topic, message] : PublicTopics(topics)) {
    const std::string_view name = std::string_view(topic).substr(topics.prefix().size() + 1);
    if (std::any_of(patterns.begin(), patterns.end(),
                    [&](const std::string& pattern) { return Fits(name, pattern); })) {
      framed.insert(topic);
    }
  }
  return framed;
}

Result<std::unique_ptr<bus::Bus>> WithFrames(std::unique_ptr<bus::Bus> bus, const bus::Topics& topics,
                                             const config::v1::Bus& config) {
  Messages messages = PublicTopics(topics);
  bus::Framing framing;
  framing.may_have = [known = PublicTopics(topics)](std::string_view topic) { return known.contains(topic); };
  if (const auto options = bus::RegistryOptionsOf(PropertiesOf(config)); !options.url.empty()) {
    const auto framed = FramedTopics(topics, config);
    std::erase_if(messages, [&](const auto& topic) { return !framed.contains(topic.first); });
    CROSSBILL_TRY(auto registry, bus::SchemaRegistry::Open(options));
    framing.frame_of = [frames = std::make_shared<TopicFrames>(std::move(registry), std::move(messages))](
                           const std::string& topic) { return frames->Of(topic); };
  }
  return bus::MakeFramedBus(std::move(bus), std::move(framing));
}

}  // namespace crossbill::runtime
