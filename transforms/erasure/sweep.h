// What is done about what was forgotten on the topics: newest versions are replaced, then older ones are
// taken out. All of it can be done again at any time, and does nothing where nothing is left to do. Reads
// topics whole. One thread.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "base/clock.h"
#include "bus/bus.h"
#include "bus/topics.h"
#include "crossbill/v1/steward.pb.h"
#include "transforms/erasure/erasures.h"

namespace crossbill::transforms {

// Each newest version on the source topics of documents that is not as it has to be.
struct OutdatedEvent {
  std::string topic;
  std::string kind;  // "order"
  std::string key;
  std::string value;  // emptied; of a record that is dropped there is none
  bool dropped = false;
  std::int64_t timestamp_ms = 0;
  std::vector<std::pair<std::string, std::string>> headers;
};
Result<std::vector<OutdatedEvent>> FindOutdated(bus::Bus& bus, const bus::Topics& topics,
                                                const Erasures& erasures);

// Dead letters with their ids, whose places or records are forgotten, or that `also` takes.
struct ForgottenLetter {
  std::string place;
  std::string id;
  std::string record;  // that the row was to be; empty: it is not known
};
Result<std::vector<ForgottenLetter>> FindLetters(
    bus::Bus& bus, const bus::Topics& topics, const Erasures& erasures,
    const std::function<bool(std::string_view value)>& also = nullptr);

// Decisions that name a record that is dropped, as they have to be: without it, and without words. One
// without pairs has nothing left to say.
Result<std::vector<v1::Decision>> FindDecisions(bus::Bus& bus, const bus::Topics& topics,
                                                const Erasures& erasures);

// Publishes what has to be replaced, in one transaction; gives how much that was.
Result<std::size_t> PublishReplacements(bus::Bus& bus, const bus::Topics& topics, const Erasures& erasures,
                                        const Clock& clock);

using Ends = std::map<bus::TopicPartition, std::int64_t>;
Result<Ends> EndsOfTopics(bus::Bus& bus, const bus::Topics& topics);
// Takes out what was forgotten below these ends, and from compacted topics all that is not the newest of its
// key, tombstones too: all must have been read. Compacted topics of a broker are left to the broker.
Status ThinOut(bus::Bus& bus, const bus::Topics& topics, const Erasures& erasures, const Ends& ends);

}  // namespace crossbill::transforms
