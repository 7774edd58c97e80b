// What a connector is: a kind of source that opens streams, each of which gives rows in batches and knows its
// position. A Source is used by one thread at a time, owns no thread, never publishes and never moves its
// position by itself: the caller commits `RowBatch::next` in the transaction that holds the batch's events,
// and opens the source there after a crash.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/log.h"
#include "base/result.h"
#include "config/node.h"
#include "connectors/sdk/value.h"

namespace google::protobuf {
class Message;
}

namespace crossbill::connectors {

// Where a row stands, for dead letters and for people. Views into the batch.
struct RowPlace {
  std::string_view file;          // as the stream is configured, relative to its folder; empty for tables
  std::int64_t line = 0;          // physical line (LF) from 1 of the row's first byte; 0: not a file of lines
  std::int64_t record = 0;        // record from 1, for files of records
  std::int64_t byte_offset = -1;  // of the row's first byte
};

struct Row {
  // One cell per column of Source::schema(), or a single kMap cell when the schema is dynamic (JSON).
  const Value* cells = nullptr;
  // One list of kRecord (or kMap) values per name of Source::children().
  std::span<const Value> children;
  RowPlace place;
  // The row as it was, for dead letters; tables: empty (the caller writes the cells as JSON).
  std::string_view raw;
  // The source's own version of the record where it has one (cursor value, "path@offset"); empty: the caller
  // numbers the versions.
  std::string_view version;
};

// A row that could not be read at all, or a child row that belongs to nothing.
struct BadRow {
  std::string stream;  // of the dead letter; empty: the stream's own name
  std::string file;
  std::int64_t line = 0;
  std::int64_t record = 0;
  std::int64_t byte_offset = -1;
  std::string key;  // tables: the key's columns joined by "|"
  std::string raw;
  Error error;
};

struct RowBatch {
  std::vector<Row> rows;
  std::vector<BadRow> bad_rows;
  // The position after this batch: readable JSON, at most a few KB.
  std::string next;
  // Nothing more to read for now.
  bool at_end = false;
  // With at_end: something is there that cannot be read yet (a file that may be half written); ask again
  // after so long. Until then the source is not idle. 0: there is nothing.
  std::int64_t retry_ms = 0;
  // Rough progress for people: bytes or rows read and to read; 0 when not known.
  std::int64_t done = 0;
  std::int64_t total = 0;
  std::shared_ptr<void> memory;  // what the rows point into
};

struct Child {
  std::string name;
  Schema schema;
};

class Source {
 public:
  virtual ~Source() = default;
  // position: `next` of the last committed batch, or "" to begin. Connects and learns the schema.
  virtual Status Open(std::string_view position) = 0;
  // Valid after Open. dynamic(): rows are one map each and the schema is empty.
  virtual const Schema& schema() const = 0;
  virtual bool dynamic() const { return false; }
  virtual const std::vector<Child>& children() const = 0;
  // True when the caller must compare each event with the record's last one and publish only what changed
  // (full extracts, look-back).
  virtual bool needs_diff() const = 0;
  // At most about `max_rows` rows; may return fewer, or none. Does not wait for new data.
  virtual Result<RowBatch> Read(std::size_t max_rows) = 0;
};

struct StreamOptions {
  std::string system;
  std::string stream;
  std::string records_as;                             // stream or records_as
  std::vector<std::string> key;                       // as configured
  const google::protobuf::Message* source = nullptr;  // the connector's own messages, filled
  const google::protobuf::Message* config = nullptr;
  std::string directory;  // of the configuration; paths are relative to it
  const Clock* clock = nullptr;
  Log* log = nullptr;
};

// What `init` proposes and `check --live` compares with.
struct FoundStream {
  std::string name;
  Schema schema;
  std::vector<std::string> key;                               // primary key, or a guess
  std::vector<std::string> cursor;                            // columns that look like one
  std::vector<std::pair<std::string, std::string>> settings;  // YAML keys of the stream: {"table", "vbak"}
  struct Link {
    std::string child;
    std::string child_column;
    std::string parent_column;
  };
  std::vector<Link> children;
  std::vector<std::vector<std::string>> samples;  // a few rows as text, to guess a mapping from
};

// One kind of source. Stateless; any thread.
class Connector {
 public:
  virtual ~Connector() = default;
  virtual std::string_view kind() const = 0;     // the YAML name, and the folder's
  virtual std::string_view summary() const = 0;  // a sentence for the reference
  virtual std::unique_ptr<google::protobuf::Message> NewSourceConfig()
      const = 0;  // keys of `source:` beside `kind`
  virtual std::unique_ptr<google::protobuf::Message> NewStreamConfig()
      const = 0;  // keys of a stream beside the common ones
  // What descriptors cannot say: a cursor without a column, a bad glob. Adds to problems.
  virtual void Check(const google::protobuf::Message& source, const google::protobuf::Message& stream,
                     const config::File& file, const config::Node& stream_node,
                     config::Problems& problems) const = 0;
  virtual Result<std::unique_ptr<Source>> MakeSource(const StreamOptions& options) const = 0;
  // Looks at a source: tables or files with their columns.
  virtual Result<std::vector<FoundStream>> Discover(const google::protobuf::Message& source,
                                                    const std::string& directory) const = 0;
};

}  // namespace crossbill::connectors
