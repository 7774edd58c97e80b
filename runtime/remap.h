// What today's configuration makes of rows that are in the dead letters. Nothing is published. One thread.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "connectors/mapping/mapper.h"
#include "crossbill/v1/dead_letter.pb.h"
#include "runtime/letters.h"
#include "runtime/project.h"

namespace crossbill::runtime {

struct Remapped {
  enum class Outcome {
    kEvents,     // it is fixed
    kLeftOut,    // `when:` is not true for it: there is nothing to publish
    kFails,      // it still is not usable
    kUndecided,  // it cannot be told; `error` says why
  };
  struct Event {
    int publication = 0;
    std::string key;
    std::string bytes;
    std::string_view message;  // full name of its protobuf message
  };
  Outcome outcome = Outcome::kUndecided;
  const StreamConfig* stream = nullptr;
  std::vector<Event> events;
  std::string version;         // the source's version of the record, where it has one
  std::optional<Error> error;  // kFails, kUndecided
  std::string field;           // kFails: as in the letter
  std::string configured_at;
};

// Whether the letter is of a row that was read and then not mapped: Remapper::Map tells.
bool IsMappable(const v1::DeadLetter& letter);

class Remapper {
 public:
  explicit Remapper(const ProjectConfig& project) : project_(project) {}
  // A row that was read: from the letter alone, without its source.
  Remapped Map(const v1::DeadLetter& letter);
  // The stream of today's configuration that reads such rows; nullptr when there is none.
  const StreamConfig* StreamOf(const v1::DeadLetter& letter, const ConnectorConfig** connector) const;

 private:
  mapping::Mapper* MapperOf(const StreamConfig& stream, const v1::DeadLetter& letter,
                            const class KeptRow& row, config::Problems& problems);

  const ProjectConfig& project_;
  std::map<std::string, std::unique_ptr<mapping::Mapper>> mappers_;  // by stream and shape of the rows
};

// Rows that could not be read at all: the stream's files are read again, as they are today, and for each
// letter (in any order) `visit` is called once. All letters are of this stream.
Status RemapUnread(const ProjectConfig& project, const ConnectorConfig& connector, const StreamConfig& stream,
                   const Clock& clock, Log& log, std::vector<Letter>& letters,
                   const std::function<Status(Letter&, const Remapped&)>& visit);

Remapped Undecided(Error error);
// The end of a message: what to do where a letter alone does not do.
std::string ReadAgain(const StreamConfig& stream);

}  // namespace crossbill::runtime
