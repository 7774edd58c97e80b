// The operators over values, as CEL has them; null in arithmetic and order gives null.
#pragma once

#include "connectors/mapping/ast.h"
#include "connectors/mapping/expr.h"

namespace crossbill::mapping {

// The type of `a op b`, or false when the types do not go together (never for dyn and null).
bool TypeOfBinary(Op op, const Type& a, const Type& b, TypePool& pool, Type& result);
// Values of any types: what does not go together is an error. Not for && and ||.
bool Apply(Context& c, Op op, const Value& a, const Value& b, Value& out);
bool Negate(Context& c, const Value& a, Value& out);
// Int and decimal of the same number are equal; other types that differ are not.
bool Equal(const Value& a, const Value& b);

// Whether a condition is true; null is not. False: the context has the error (also for a value that is no
// truth).
bool Ask(Context& c, const Expr& condition, bool& is_true);

ExprPtr MakeBinary(Op op, ExprPtr a, ExprPtr b);  // not && and ||
ExprPtr MakeLogic(bool is_or, ExprPtr a, ExprPtr b);
ExprPtr MakeNot(ExprPtr a);
ExprPtr MakeNegate(ExprPtr a);
ExprPtr MakeChoose(ExprPtr condition, ExprPtr then, ExprPtr otherwise);

}  // namespace crossbill::mapping
