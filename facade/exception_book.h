// Where people's decisions of exceptions are kept: <prefix>.internal.exceptiondecision. Any thread.
#pragma once

#include <string>

#include "bus/topics.h"
#include "crossbill/v1/exception.pb.h"
#include "facade/decision_writer.h"

namespace crossbill::facade {

class ExceptionBook {
 public:
  virtual ~ExceptionBook() = default;
  virtual Status Write(const v1::ExceptionDecision& decision) = 0;
};

class BusExceptionBook final : public ExceptionBook {
 public:
  BusExceptionBook(bus::Bus& bus, const bus::Topics& topics, const Clock& clock)
      : topic_(topics.ExceptionDecisions()), writer_(bus, topics.prefix() + ".exceptions", clock) {}

  Status Write(const v1::ExceptionDecision& decision) override {
    return writer_.Write(
        {topic_, -1, decision.exception(), decision.SerializeAsString(), "crossbill.v1.ExceptionDecision"});
  }

 private:
  const std::string topic_;
  DecisionWriter writer_;
};

}  // namespace crossbill::facade
