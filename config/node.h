// A YAML file as a tree that remembers where everything stands: the ground on which the typed reader, the
// mapping compiler and the linter work. Immutable once read; any thread.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace crossbill::config {

struct Position {
  int line = 0;    // from 1
  int column = 0;  // from 1, in characters
};

// One finding. Printed as "file:line:column: error: message"; `code` is of the catalogue.
struct Problem {
  enum class Severity { kError, kWarning };
  std::string file;
  Position at;
  Code code = Code::kConfigValue;
  std::string message;
  Severity severity = Severity::kError;
  std::string ToString() const;  // "connectors/crm.yaml:3:5: error: unknown key "tabel" in streams[0]; did
                                 // you mean "table"? [CB1101]"
};

// All problems of a configuration, in order of files and positions.
class Problems {
 public:
  void Add(Problem problem) { list_.push_back(std::move(problem)); }
  bool HasErrors() const;
  const std::vector<Problem>& list() const { return list_; }
  void Sort();
  std::string ToString() const;  // one a line

 private:
  std::vector<Problem> list_;
};

class Node {
 public:
  enum class Type { kNull, kScalar, kSequence, kMapping };
  struct Entry;

  Type type = Type::kNull;
  Position at;
  std::string scalar;   // after ${…} was replaced
  bool quoted = false;  // "…" or '…' or a block: always text
  bool has_secret =
      false;  // a variable or file took part in the value: never print `scalar` then, but Shown()
  bool unresolved = false;  // a variable was not set, which is reported already: look no further at `scalar`
  std::string written;      // with has_secret: the text before ${…} was replaced, defaults left out
  std::vector<Node> items;  // sequences
  std::vector<Entry> entries;  // mappings, in order of the file; keys are unique

  bool IsNull() const { return type == Type::kNull; }
  bool IsScalar() const { return type == Type::kScalar; }
  bool IsSequence() const { return type == Type::kSequence; }
  bool IsMapping() const { return type == Type::kMapping; }
  const Node* Find(std::string_view key) const;
  // The scalar as messages may print it: names of variables instead of their values.
  std::string Shown() const;
};

struct Node::Entry {
  std::string key;
  Position key_at;
  Node value;
};

// A file read. `file` is the name that problems print.
struct File {
  std::string file;
  Node root;
};

// Where ${NAME} comes from; tests give their own. ${file:PATH} reads PATH (relative to `directory`), one
// trailing newline dropped.
class Variables {
 public:
  virtual ~Variables() = default;
  virtual const std::string* Find(std::string_view name) const = 0;
};
std::unique_ptr<Variables> ProcessEnvironment();

// Strict YAML: at most 1 MB, depth 64, 100,000 nodes; duplicate keys, unterminated quotes, tabs, aliases,
// merge keys, tags and further documents are errors with their position. In […] and {…}, what stands in
// parentheses belongs to the value, commas too: {price: money(netpr, waerk)}. Problems are added to
// `problems`; nothing is returned when the text is not YAML at all. An unset variable is a problem
// (kConfigVariable). `${NAME}` in a comment is not looked at; "$${" is "${".
std::shared_ptr<const File> ReadYaml(std::string file, std::string_view text, const Variables& variables,
                                     std::string_view directory, Problems& problems);

}  // namespace crossbill::config
