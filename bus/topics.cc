#include "bus/topics.h"

#include <algorithm>

namespace crossbill::bus {
namespace {

constexpr std::int64_t kDayMs = 24LL * 60 * 60 * 1000;
// The internal work topics only carry work between stages; the stages' state has what lasts.
constexpr std::int64_t kWorkRetentionMs = 7 * kDayMs;

// source.party carries crossbill.v1.Party and so on.
std::string MessageOf(std::string_view kind) {
  std::string name = "crossbill.v1." + std::string(kind);
  char& first = name[std::string_view("crossbill.v1.").size()];
  if (first >= 'a' && first <= 'z') { first = static_cast<char>(first - 'a' + 'A'); }
  return name;
}

}  // namespace

const std::vector<std::string>& Topics::SourceKinds() {
  static const std::vector<std::string> kinds = {"party",    "product", "property", "quote",      "order",
                                                 "shipment", "invoice", "payment",  "interaction"};
  return kinds;
}

const std::vector<std::string>& Topics::DocumentKinds() {
  static const std::vector<std::string> kinds = {"quote", "order", "shipment", "invoice", "payment", "interaction"};
  return kinds;
}

std::string Topics::Source(std::string_view kind) const { return prefix_ + ".source." + std::string(kind); }
std::string Topics::Unified(std::string_view kind) const { return prefix_ + ".unified." + std::string(kind); }
std::string Topics::Exceptions() const { return prefix_ + ".exception"; }
std::string Topics::Value() const { return prefix_ + ".value"; }
std::string Topics::DeadLetters() const { return prefix_ + ".deadletter"; }
std::string Topics::Positions() const { return prefix_ + ".internal.position"; }
std::string Topics::Routing() const { return prefix_ + ".internal.routing"; }
std::string Topics::Assignments() const { return prefix_ + ".internal.assignment"; }
std::string Topics::Reconcile() const { return prefix_ + ".internal.reconcile"; }
std::string Topics::Publish() const { return prefix_ + ".internal.publish"; }

std::vector<TopicInfo> Topics::All() const {
  std::vector<TopicInfo> all;
  const auto add = [&](std::string name, std::int32_t partitions, bool compacted, std::optional<std::int64_t> retention_ms,
                       std::string message, std::string key) {
    all.push_back({{std::move(name), partitions, compacted, retention_ms}, std::move(message), std::move(key)});
  };
  for (const std::string& kind : SourceKinds()) {
    add(Source(kind), partitions_, false, std::nullopt, MessageOf(kind), "system/stream/key");
  }
  add(Unified("customer"), partitions_, true, std::nullopt, "crossbill.v1.Customer", "customer id");
  for (const std::string& kind : DocumentKinds()) {
    add(Unified(kind), partitions_, true, std::nullopt, "crossbill.v1.UnifiedDocument", "document id");
  }
  add(Exceptions(), partitions_, true, std::nullopt, "crossbill.v1.Exception", "exception id");
  add(Value(), partitions_, true, std::nullopt, "", "customer id");
  add(DeadLetters(), partitions_, false, std::nullopt, "crossbill.v1.DeadLetter", "the place of the row");
  add(Positions(), 1, true, std::nullopt, "", "system/stream");
  add(Routing(), partitions_, false, kWorkRetentionMs, "crossbill.v1.RoutedDocument", "routing key");
  add(Reconcile(), partitions_, false, kWorkRetentionMs, "crossbill.v1.RoutedDocument", "customer key");
  add(Publish(), partitions_, false, kWorkRetentionMs, "crossbill.v1.PublishClaim", "resource name");
  add(Assignments(), partitions_, true, std::nullopt, "crossbill.v1.Assignment", "routing key of a party");
  return all;
}

}  // namespace crossbill::bus
