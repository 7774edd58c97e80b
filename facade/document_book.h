// Where people's decisions of documents are kept: <prefix>.internal.documentdecision. Any thread.
#pragma once

#include <string_view>
#include <vector>

#include "base/clock.h"
#include "bus/bus.h"
#include "bus/topics.h"
#include "crossbill/v1/document_decision.pb.h"
#include "facade/decision_writer.h"

namespace crossbill::facade {

class DocumentBook {
 public:
  virtual ~DocumentBook() = default;
  // Also that one was undone.
  virtual Status Write(const v1::DocumentDecision& decision) = 0;
  // kNotFound.
  virtual Result<v1::DocumentDecision> Find(std::string_view name) = 0;
  // Also those that were undone; the oldest first.
  virtual Result<std::vector<v1::DocumentDecision>> All() = 0;
};

class BusDocumentBook final : public DocumentBook {
 public:
  BusDocumentBook(bus::Bus& bus, const bus::Topics& topics, const Clock& clock)
      : bus_(bus), topic_(topics.DocumentDecisions()), writer_(bus, topics.prefix() + ".documents", clock) {}

  Status Write(const v1::DocumentDecision& decision) override;
  Result<v1::DocumentDecision> Find(std::string_view name) override;
  Result<std::vector<v1::DocumentDecision>> All() override;

 private:
  bus::Bus& bus_;
  const std::string topic_;
  DecisionWriter writer_;
};

}  // namespace crossbill::facade
