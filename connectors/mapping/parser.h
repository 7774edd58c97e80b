// The grammar: a subset of CEL, without map and message literals. Any thread.
#pragma once

#include <string_view>

#include "connectors/mapping/ast.h"
#include "connectors/mapping/lexer.h"

namespace crossbill::mapping {

struct ParseLimits {
  std::size_t bytes = 10 * 1024;  // of an expression
  int nesting = 64;               // brackets, calls, choices and signs in each other
  std::uint32_t height = 512;     // of the tree: also "a + b + c …" is that high
  int nodes = 10'000;
};

// nullptr: `error` says what is wrong and where.
AstPtr Parse(std::string_view expression, SyntaxError& error, const ParseLimits& limits = {});

}  // namespace crossbill::mapping
