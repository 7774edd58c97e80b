#include "bench/identity/streaming/explain_links.h"

#include <algorithm>
#include <map>
#include <string>

#include "bus/read_topic.h"
#include "crossbill/v1/customer.pb.h"
#include "crossbill/v1/party.pb.h"
#include "transforms/identity/attested.h"
#include "transforms/sdk/source_event.h"

namespace crossbill {
namespace {

constexpr const char* kGroup = "bench.explain";

bool IsExplained(const v1::RecordLink& link) {
  int sum = 0;
  for (const v1::EvidencePart& part : link.parts()) {
    sum += part.weight();
  }
  return sum == link.weight() && !link.model().empty();
}

using Parties = std::map<std::string, v1::Party>;  // by "system/stream/key"

// The newest version of each party that is asked for.
Status ReadParties(bus::Bus& bus, const bus::Topics& topics, Parties& parties) {
  return bus::ReadTopic(bus, kGroup, topics.Source("party"),
                        [&](const bus::FetchedRecord& fetched) -> Status {
                          const auto found = parties.find(std::string(fetched.record.key));
                          if (found != parties.end() && fetched.record.value) {
                            found->second.ParseFromString(std::string(*fetched.record.value));
                          }
                          return Ok();
                        });
}

}  // namespace

Result<ExplainedLinks> ExplainLinks(bus::Bus& bus, const bus::Topics& topics,
                                    const transforms::Comparer& comparer, const Clock& clock,
                                    std::size_t most) {
  ExplainedLinks found;
  std::vector<v1::RecordLink> links;
  Parties parties;
  const auto take = [&](const bus::FetchedRecord& fetched) -> Status {
    v1::Customer customer;
    if (fetched.record.value) {
      customer.ParseFromString(std::string(*fetched.record.value));
    }
    for (const v1::RecordLink& link : customer.links()) {
      ++found.links;
      found.explained += IsExplained(link) ? 1 : 0;
      if (links.size() < most) {
        parties[transforms::RecordKey(link.left())];
        parties[transforms::RecordKey(link.right())];
        links.push_back(link);
      }
    }
    return Ok();
  };
  CROSSBILL_RETURN_IF_ERROR(bus::ReadTopic(bus, kGroup, topics.Unified("customer"), take));
  CROSSBILL_RETURN_IF_ERROR(ReadParties(bus, topics, parties));
  for (const v1::RecordLink& told : links) {
    const v1::Party& left = parties.at(transforms::RecordKey(told.left()));
    const v1::Party& right = parties.at(transforms::RecordKey(told.right()));
    v1::RecordLink link;
    *link.mutable_left() = told.left();
    *link.mutable_right() = told.right();
    const std::int64_t began = clock.MonotonicMicros();
    transforms::FillEvidence(comparer, *comparer.Clean(left), *comparer.Clean(right),
                             transforms::DocumentsOf(told), link);
    found.micros.push_back(clock.MonotonicMicros() - began);
    if (link.SerializeAsString() != told.SerializeAsString()) {
      return Error(Code::kInternal, "a link has other evidence than was told",
                   transforms::RecordKey(told.left()) + " " + transforms::RecordKey(told.right()));
    }
  }
  std::sort(found.micros.begin(), found.micros.end());
  return found;
}

}  // namespace crossbill
