// The numbers that a document of a party carries, told to each number's place: there the stage `evidence`
// finds which parties of two systems have documents in common (ADR 0022). One thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "crossbill/v1/internal.pb.h"
#include "transforms/routing/document_facts.h"
#include "transforms/routing/routed.h"
#include "transforms/sdk/processor.h"

namespace crossbill::transforms {

// The document's own number, in a line that is empty where it has none, and those that it refers to as a
// whole, normalised, one a line, at most eight.
std::string NumbersOf(const DocumentFacts& facts);

class MentionOutlet {
 public:
  explicit MentionOutlet(std::string topic) : topic_(std::move(topic)) {}

  struct Numbers {  // as of NumbersOf
    std::string_view before;
    std::string_view now;
  };
  // That the document `routed` of `party` carries these numbers now, and those before no longer.
  void Tell(const Routed& routed, std::string_view party, const DocumentFacts& facts, const Numbers& numbers,
            std::int64_t timestamp_ms, Context& context);

 private:
  void Send(std::string_view number, std::int64_t timestamp_ms, Context& context);

  std::string topic_;
  v1::NumberMention mention_;  // reused
  std::string bytes_;          // reused
};

}  // namespace crossbill::transforms
