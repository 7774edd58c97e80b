// The names of all topics, in one place. See DESIGN section 3: <prefix>.source.<kind>,
// <prefix>.unified.<kind>, <prefix>.exception, <prefix>.deadletter; everything else is <prefix>.internal.*.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "bus/bus.h"

namespace crossbill::bus {

struct TopicInfo {
  TopicSpec spec;
  std::string message;  // full name of the protobuf message of its values: "crossbill.v1.Order"; "": JSON
  std::string key;      // what its key is, for people
  std::string owner;    // who writes it: "connectors", or the stage's name
  bool work = false;    // deleted once read
};

class Topics {
 public:
  Topics(std::string prefix, std::int32_t partitions) : prefix_(std::move(prefix)), partitions_(partitions) {}

  // Kinds of source events: party, product, property, quote, order, shipment, invoice, payment, interaction.
  static const std::vector<std::string>& SourceKinds();
  // Those of them that are documents and are routed to customers: quote, order, shipment, invoice, payment,
  // interaction.
  static const std::vector<std::string>& DocumentKinds();

  std::string Source(std::string_view kind) const;
  std::string Unified(std::string_view kind) const;  // customer and the document kinds
  std::string Exceptions() const;
  std::string Value() const;  // <prefix>.value: what a customer is worth
  std::string Sales() const;  // <prefix>.internal.sale: what was sold, on its way to the customer
  std::string Worths()
      const;  // <prefix>.internal.worth: a customer's own figures, on their way to the market
  std::string Markets() const;   // <prefix>.internal.market: all customers together
  std::string Affinity() const;  // <prefix>.internal.affinity: how often products are sold together
  std::string Segments() const;  // <prefix>.internal.segment: customers that changed their segment
  std::string DeadLetters() const;
  std::string DeadLetterMarks() const;  // <prefix>.internal.deadletter, compacted, one partition
  std::string Positions() const;        // <prefix>.internal.position, compacted, one partition
  std::string Progress() const;  // <prefix>.internal.progress, compacted, one partition; see progress.h
  std::string Routing() const;
  std::string Mentions()
      const;  // <prefix>.internal.mention: numbers of documents, on their way to their place
  std::string Evidence() const;  // <prefix>.internal.evidence: which parties' documents meet
  std::string Assignments() const;
  std::string Decisions() const;  // <prefix>.internal.decision: what people said of pairs of records
  std::string ExceptionDecisions()
      const;  // <prefix>.internal.exceptiondecision: what people said of exceptions
  std::string DocumentDecisions() const;  // <prefix>.internal.documentdecision: what people said of documents
  std::string Reviews() const;            // <prefix>.internal.review: what people are asked
  std::string IdentityEvents() const;     // <prefix>.internal.identity: merges, splits and moves of customers
  std::string Erasures() const;           // <prefix>.internal.erasure: what was forgotten, and must stay so
  std::string Reconcile() const;
  std::string Publish() const;  // <prefix>.internal.publish: claims on unified documents and exceptions

  const std::string& prefix() const { return prefix_; }
  std::int32_t partitions() const { return partitions_; }
  std::vector<TopicInfo> All() const;

 private:
  std::string prefix_;
  std::int32_t partitions_;
};

}  // namespace crossbill::bus
