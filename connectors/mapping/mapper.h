// The mapping: rows to canonical events, by expressions from YAML that are compiled and type-checked once.
// docs/reference/mapping.md describes the language: a subset of CEL (Common Expression Language) and
// functions for cleaning. Compile: any thread. A Mapper: one thread at a time (it reuses its buffers).
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/date.h"
#include "base/result.h"
#include "config/node.h"
#include "connectors/sdk/source.h"

namespace crossbill::mapping {

// One kind of event that a stream's rows become: the stream itself, or one of its `also:`.
struct PublicationSpec {
  std::string name;                        // SourceRef.stream
  std::string kind;                        // "order"
  std::vector<std::string> key;            // columns or expressions
  const config::Node* key_node = nullptr;  // for positions
  const config::Node* map = nullptr;
  const config::Node* require = nullptr;  // may be nullptr
  const config::Node* when = nullptr;     // may be nullptr
};

struct MapperSpec {
  std::string system;
  const config::File* file = nullptr;         // for messages: file:line:column
  std::vector<PublicationSpec> publications;  // the stream first
  const config::Node* lookups = nullptr;      // may be nullptr
  std::string time_zone;                      // of times without an offset; "" is UTC
};

struct MappedEvent {
  int publication = 0;     // index into MapperSpec::publications
  std::string_view key;    // SourceRef.key
  std::string_view bytes;  // the protobuf message; its `source` is filled
};

struct Rejection {
  int publication = 0;
  std::string key;  // as far as it could be told
  Error error;
  std::string field;          // "lines[1].quantity"
  std::string configured_at;  // "connectors/erp.yaml:31:9"
};

// Views into the Mapper, valid until the next Map.
struct MapResult {
  std::vector<MappedEvent> events;
  std::vector<Rejection> rejections;  // a rejected publication gives no event; the others of the row go on
};

class Mapper {
 public:
  // schema and children: nullptr when they are not known yet (offline check): columns are then dynamic. All
  // problems are reported at once; nullptr when there are errors.
  static std::unique_ptr<Mapper> Compile(const MapperSpec& spec, const connectors::Schema* schema,
                                         const std::vector<connectors::Child>* children, bool dynamic_rows,
                                         config::Problems& problems);
  ~Mapper();
  const MapResult& Map(const connectors::Row& row);
  // Full name of the message of a publication: "crossbill.v1.Order".
  std::string_view MessageOf(int publication) const;

 private:
  struct Impl;
  explicit Mapper(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// "order" to "crossbill.v1.Order"; empty for an unknown kind.
std::string_view MessageOfKind(std::string_view kind);
// The reference of all functions as Markdown, from the same table that compiles them.
std::string RenderFunctionReference();

}  // namespace crossbill::mapping
