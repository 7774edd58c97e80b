// What a stage of the transforms is: a deterministic processor of keyed records with state. Same records and
// state, same outputs; no clock, no threads, no randomness. A Task (task.h) drives it and commits inputs'
// offsets, state and outputs together.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/date.h"
#include "base/result.h"
#include "bus/bus.h"

namespace crossbill::transforms {

// Where an input record stands. `topic` lives as long as the call of Process.
struct Origin {
  std::string_view topic;
  std::int32_t partition = -1;
  std::int64_t offset = -1;
  std::uint32_t index = 0;  // of several records at one offset
};

// Whose work it is, for dead letters: "reconcile", "2", and a hash of the configuration it works by.
struct TaskLabel {
  std::string stage;
  std::string task;
  std::string configuration;
};

// What a processor may do. Valid during the call it is given to.
class Context {
 public:
  virtual ~Context() = default;
  virtual bus::StateStore& state() = 0;
  // The topic's own partitioning applies: by key.
  virtual void Emit(std::string_view topic, const bus::RecordView& record) = 0;
  virtual Date as_of() const = 0;  // ageing rules compare with it
  // At a flush: whether what can be put off is done now. True when the inputs are read up, or it waited long
  // enough.
  virtual bool settles() const { return true; }
  virtual Origin origin() const { return {}; }  // of the record that is being processed, for dead letters
  virtual TaskLabel label() const { return {}; }
};

class Processor {
 public:
  virtual ~Processor() = default;
  // Keys of the state that Process will read for this record; those that are known before cost much less
  // than those that are not.
  virtual void AddKeys(std::string_view /*topic*/, const bus::RecordView& /*record*/,
                       std::vector<std::string>& /*keys*/) const {}
  // One input record. `topic` is its topic's name. An error that the record itself causes is not an error of
  // the processor: emit a dead letter and return Ok. What is returned as an error stops the task.
  virtual Status Process(std::string_view topic, const bus::RecordView& record, Context& context) = 0;
  // After all records of a batch and before its commit: work that is done once for many records. Also called
  // once after start, whenever the as-of date changed, and while it owes, with no records before it.
  virtual Status Flush(Context& context) = 0;
  // Whether the last flush put work off. What is owed must be in the state, so that a processor that is made
  // anew finds it in its first flush.
  virtual bool owes() const { return false; }
};

// A stage: which topics it reads, how it is shared out, and how a processor is made.
struct Stage {
  std::string name;  // "routing": also the state's name
  // The consumer group in which it commits ("<prefix>.transforms"); empty: its name. Stages that read
  // different topics and share a transaction may share one: a broker is asked twice for each group that a
  // transaction commits for.
  std::string group;
  std::vector<std::string> inputs;  // co-partitioned topics, or, when single, any
  bool single = false;              // one task for all partitions of all inputs (an ordered ledger)
  // Of a step, at most. More is cheaper; fewer where a step's outputs are large, since memory holds them all.
  std::size_t step_records = 16384;
  // It settles only when the sources were read up once since the start: what half of the documents say is not
  // what it wants to keep.
  bool after_sources = false;
  std::string configuration;  // a hash of what it is configured with, for dead letters
  std::function<std::unique_ptr<Processor>(std::int32_t partition)> make;
};

}  // namespace crossbill::transforms
