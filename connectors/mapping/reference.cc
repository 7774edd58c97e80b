#include <fmt/format.h>

#include "connectors/mapping/functions.h"
#include "connectors/mapping/mapper.h"

namespace crossbill::mapping {
namespace {

// A bar in a table's cell is escaped, also within code.
std::string Cell(std::string_view text) {
  std::string cell;
  for (const char c : text) {
    if (c == '|') {
      cell += '\\';
    }
    cell += c;
  }
  return cell;
}

}  // namespace

std::string RenderFunctionReference() {
  std::string page;
  for (const FunctionTheme& theme : AllFunctions()) {
    page += fmt::format("### {}\n\n| function | what it does | example |\n|---|---|---|\n", theme.title);
    for (const FunctionDef& f : theme.functions) {
      page += fmt::format("| `{}` | {} | `{}` is `{}` |\n", Cell(f.signature), f.doc, Cell(f.example),
                          f.result_text);
    }
    page += "\n";
  }
  return page;
}

}  // namespace crossbill::mapping
