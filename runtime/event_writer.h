// Writes events and dead letters of one stream into an open transaction, with their CloudEvents headers.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/date.h"
#include "base/result.h"
#include "bus/bus.h"
#include "bus/dead_letter.h"
#include "bus/topics.h"
#include "connectors/mapping/mapper.h"
#include "transforms/erasure/erasures.h"

namespace crossbill::v1 {
class DeadLetter;
}

namespace crossbill::runtime {

// One thread.
class EventWriter {
 public:
  EventWriter(const bus::Topics& topics, const mapping::MapperSpec& spec);

  // What was forgotten, for the events that follow; must outlive their writing. Nothing: nobody is asked.
  void Use(const transforms::Erasures& erasures) { erasures_ = &erasures; }
  // What is to be done with an event; Event does so.
  transforms::Treatment TreatmentOf(const mapping::MappedEvent& event);
  // The time of reading that the next events carry.
  void SetTime(Timestamp now);
  // Of a person who was forgotten nothing is written, or a document without what is of the person.
  // `version` is the source's version of the record: with source, kind, key and content it makes the event's
  // id.
  Status Event(bus::Producer& producer, const mapping::MappedEvent& event, std::string_view version,
               std::int64_t sequence);
  // The key of a dead letter is its place: the same row of the same file is one dead letter.
  Status DeadLetter(bus::Producer& producer, const v1::DeadLetter& letter, const bus::FailedPart& part);

 private:
  struct Publication {
    std::string topic;
    std::string type;  // "crossbill.v1.Order"
    std::string kind;
    std::string source;  // "erp/vbak"
  };
  std::vector<Publication> publications_;
  std::string dead_letters_;
  const transforms::Erasures* erasures_ = nullptr;
  std::string time_;
  std::int64_t time_ms_ = 0;
  std::string key_;  // reused
  std::string id_;
  std::string sequence_;
};

}  // namespace crossbill::runtime
