// The nodes that read the row: columns, children, elements, members; and the macros that walk lists.
#pragma once

#include "connectors/mapping/expr.h"

namespace crossbill::mapping {

ExprPtr MakeConstant(const Value& value, const Type& type);  // what it points to outlives the expression
// A column of a row whose schema is known. A cell of another type than the schema says is converted where
// that is exact, else an error.
ExprPtr MakeColumn(int index, const Schema::Column& column);
// A column of dynamic rows: `otherwise` (may be nullptr: null) where the row has no such member.
ExprPtr MakeDynamicColumn(std::string name, ExprPtr otherwise);
ExprPtr MakeChild(int index, std::string name, const Type& type);
// An element of `each:` or a macro's variable.
ExprPtr MakeLocal(int slot, const Type& type);
ExprPtr MakeLocalColumn(int slot, int index, const Schema::Column& column);
ExprPtr MakeDynamicLocalColumn(int slot, std::string name, ExprPtr otherwise);
// How many elements of a repeated field of the target were written.
ExprPtr MakeCount(int field_number);

ExprPtr MakeSelect(ExprPtr operand, std::string name,
                   const Type& type);  // null where the member is not there
ExprPtr MakeHas(ExprPtr operand);      // not null
ExprPtr MakeOrNull(ExprPtr operand);   // null where it fails
ExprPtr MakeIndex(ExprPtr operand, ExprPtr index, const Type& type);
ExprPtr MakeList(std::vector<ExprPtr> items, const Type& type);

enum class Macro : std::uint8_t { kExists, kExistsOne, kAll, kFilter, kMap };
// body: the condition, for kMap the value; condition: of kMap, may be nullptr.
ExprPtr MakeMacro(Macro macro, int slot, ExprPtr range, ExprPtr condition, ExprPtr body, const Type& type);

}  // namespace crossbill::mapping
