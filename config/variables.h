// ${NAME}, ${NAME:-default} and ${file:PATH} in scalars; "$${" stands for "${". Pure but for the files that
// are read; any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "config/node.h"

namespace crossbill::config {

// What became of a scalar's references.
struct Expansion {
  struct Failure {
    std::size_t index = 0;  // which "${" of the text it is, from 0
    std::string message;    // names the variable, never its value
  };
  std::string text;
  std::string written;      // the original with defaults left out: safe to print
  bool has_secret = false;  // a variable or a file took part
  std::vector<Failure> failures;
};

Expansion Expand(std::string_view text, const Variables& variables, std::string_view directory);

}  // namespace crossbill::config
