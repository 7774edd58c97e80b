// What names mean where an expression stands: the row's columns and children, the element of an `each:`, the
// variable of a macro, and, in `require:`, the fields just mapped. Scopes are a chain from the innermost
// outwards; they live while expressions are compiled.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "connectors/mapping/access.h"
#include "connectors/sdk/source.h"

namespace crossbill::mapping {

// The target's fields, for `require:`. Gives nullptr for a path that is not mapped.
class TargetNames {
 public:
  virtual ~TargetNames() = default;
  // "ordered_on", "customer.id": the value as it was mapped. For a list (see IsList) nullptr.
  virtual ExprPtr Value(std::string_view path) const = 0;
  virtual bool IsList(std::string_view name) const = 0;
  virtual int NumberOf(std::string_view name) const = 0;
  virtual std::vector<std::string> Names() const = 0;
};

struct Scope {
  enum class Type : std::uint8_t { kRow, kElement, kVariable };
  Type type = Type::kRow;
  const Scope* outer = nullptr;

  // kRow
  std::string stream;                                        // for messages
  const Schema* schema = nullptr;                            // nullptr: dynamic
  const std::vector<connectors::Child>* children = nullptr;  // nullptr: not known
  const TargetNames* target = nullptr;                       // only in `require:`

  // kElement and kVariable
  std::string name;  // of an element: its `as:`, may be empty
  int slot = 0;
  mapping::Type value_type;

  int NextSlot() const { return type == Type::kRow ? 0 : slot + 1; }
};

// The value of a name, or nullptr. A column of dynamic rows always resolves: only the row can tell whether it
// is there.
ExprPtr Resolve(const Scope& scope, std::string_view name, TypePool& pool);
// The scope around the innermost element, or nullptr outside of any.
const Scope* ParentOf(const Scope& scope);
// All columns, children and variables, for messages.
std::vector<std::string> NamesIn(const Scope& scope);

}  // namespace crossbill::mapping
