#include "bus/topics.h"

#include <algorithm>

namespace crossbill::bus {
namespace {

// source.party carries crossbill.v1.Party and so on.
std::string MessageOf(std::string_view kind) {
  std::string name = "crossbill.v1." + std::string(kind);
  char& first = name[std::string_view("crossbill.v1.").size()];
  if (first >= 'a' && first <= 'z') {
    first = static_cast<char>(first - 'a' + 'A');
  }
  return name;
}

}  // namespace

const std::vector<std::string>& Topics::SourceKinds() {
  static const std::vector<std::string> kinds = {"party",    "product", "property", "quote",      "order",
                                                 "shipment", "invoice", "payment",  "interaction"};
  return kinds;
}

const std::vector<std::string>& Topics::DocumentKinds() {
  static const std::vector<std::string> kinds = {"quote",   "order",   "shipment",
                                                 "invoice", "payment", "interaction"};
  return kinds;
}

std::string Topics::Source(std::string_view kind) const { return prefix_ + ".source." + std::string(kind); }
std::string Topics::Unified(std::string_view kind) const { return prefix_ + ".unified." + std::string(kind); }
std::string Topics::Exceptions() const { return prefix_ + ".exception"; }
std::string Topics::Value() const { return prefix_ + ".value"; }
std::string Topics::Sales() const { return prefix_ + ".internal.sale"; }
std::string Topics::Worths() const { return prefix_ + ".internal.worth"; }
std::string Topics::Markets() const { return prefix_ + ".internal.market"; }
std::string Topics::Affinity() const { return prefix_ + ".internal.affinity"; }
std::string Topics::Segments() const { return prefix_ + ".internal.segment"; }
std::string Topics::DeadLetters() const { return prefix_ + ".deadletter"; }
std::string Topics::DeadLetterMarks() const { return prefix_ + ".internal.deadletter"; }
std::string Topics::Positions() const { return prefix_ + ".internal.position"; }
std::string Topics::Progress() const { return prefix_ + ".internal.progress"; }
std::string Topics::Routing() const { return prefix_ + ".internal.routing"; }
std::string Topics::Mentions() const { return prefix_ + ".internal.mention"; }
std::string Topics::Evidence() const { return prefix_ + ".internal.evidence"; }
std::string Topics::Assignments() const { return prefix_ + ".internal.assignment"; }
std::string Topics::Decisions() const { return prefix_ + ".internal.decision"; }
std::string Topics::ExceptionDecisions() const { return prefix_ + ".internal.exceptiondecision"; }
std::string Topics::DocumentDecisions() const { return prefix_ + ".internal.documentdecision"; }
std::string Topics::Reviews() const { return prefix_ + ".internal.review"; }
std::string Topics::IdentityEvents() const { return prefix_ + ".internal.identity"; }
std::string Topics::Erasures() const { return prefix_ + ".internal.erasure"; }
std::string Topics::Reconcile() const { return prefix_ + ".internal.reconcile"; }
std::string Topics::Publish() const { return prefix_ + ".internal.publish"; }

std::vector<TopicInfo> Topics::All() const {
  std::vector<TopicInfo> all;
  const auto add = [&](std::string owner, std::string name, std::int32_t partitions, bool compacted,
                       std::string message, std::string key) {
    all.push_back({{std::move(name), partitions, compacted, std::nullopt},
                   std::move(message),
                   std::move(key),
                   std::move(owner)});
  };
  // They only carry work between stages; the stages' state has what lasts.
  const auto add_work = [&](std::string owner, std::string name, std::string message, std::string key) {
    add(std::move(owner), std::move(name), partitions_, false, std::move(message), std::move(key));
    all.back().work = all.back().spec.work = true;
  };
  for (const std::string& kind : SourceKinds()) {
    add("connectors", Source(kind), partitions_, false, MessageOf(kind), "system/stream/key");
  }
  add("identity", Unified("customer"), partitions_, true, "crossbill.v1.Customer", "customer id");
  for (const std::string& kind : DocumentKinds()) {
    add("publish", Unified(kind), partitions_, true, "crossbill.v1.UnifiedDocument", "document id");
  }
  add("publish", Exceptions(), partitions_, true, "crossbill.v1.Exception", "exception id");
  add("market", Value(), partitions_, true, "crossbill.v1.CustomerValue", "customer id");
  add("connectors, all stages", DeadLetters(), partitions_, false, "crossbill.v1.DeadLetter",
      "the place of the row");
  add("connectors", Positions(), 1, true, "", "system/stream");
  add("connectors, all stages", Progress(), 1, true, "", "system/stream, or stage.partition");
  add("crossbill deadletter", DeadLetterMarks(), 1, true, "crossbill.v1.DeadLetterMark", "dead letter id");
  add_work("intake, routing", Routing(), "crossbill.v1.RoutedDocument", "routing key");
  add_work("intake, routing", Reconcile(), "crossbill.v1.RoutedDocument", "customer key");
  add_work("intake", Mentions(), "crossbill.v1.NumberMention", "number");
  add_work("evidence", Evidence(), "crossbill.v1.PartyEvidence", "number");
  add_work("reconcile", Publish(), "crossbill.v1.PublishClaim", "resource name");
  add_work("sales", Sales(), "crossbill.v1.Sale", "customer id, or document id");
  add_work("value", Worths(), "crossbill.v1.CustomerValue", "customer id");
  add("market", Markets(), partitions_, true, "crossbill.v1.MarketFigures", "org unit|currency");
  add("market", Affinity(), partitions_, true, "crossbill.v1.AffinityFigures", "products");
  add("market", Segments(), partitions_, false, "crossbill.v1.SegmentChange", "customer id");
  add("identity", Assignments(), partitions_, true, "crossbill.v1.Assignment", "routing key of a party");
  add("crossbill confirm, forbid, merge, split, undo", Decisions(), 1, true, "crossbill.v1.Decision",
      "decision id");
  // Every decision stays: the log is what people did, and the state can be made of it anew.
  add("crossbill exceptions acknowledge, resolve, reopen", ExceptionDecisions(), partitions_, false,
      "crossbill.v1.ExceptionDecision", "exception id");
  add("crossbill decide document", DocumentDecisions(), partitions_, false, "crossbill.v1.DocumentDecision",
      "system/stream/key of the left record");
  add("crossbill forget", Erasures(), 1, true, "crossbill.v1.Erasure", "erasure id, or a keyed hash");
  add("identity", Reviews(), partitions_, true, "crossbill.v1.Review", "review id");
  add("identity", IdentityEvents(), partitions_, false, "crossbill.v1.IdentityEvent", "customer id");
  return all;
}

}  // namespace crossbill::bus
