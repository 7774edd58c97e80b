#include "base/error_catalogue.h"

#include "base/result.h"

namespace crossbill {
namespace {

std::string_view Section(int number) {
  switch (number / 100) {
    case 10:
      return "Everywhere";
    case 11:
      return "Configuration";
    case 12:
      return "Mapping";
    case 13:
      return "Bus";
    case 14:
      return "Sources";
    case 15:
      return "Transforms";
    case 16:
      return "Unified API";
    case 17:
      return "Running and command line";
    default:
      return "Others";
  }
}

std::string_view RetryText(Retry retry) {
  switch (retry) {
    case Retry::Never:
      return "no";
    case Retry::Backoff:
      return "later";
    case Retry::Reconnect:
      return "after opening the source anew";
  }
  return "no";
}

std::string Cell(std::string_view text) {
  std::string cell;
  for (const char c : text) {
    cell += c == '|' ? "\\|" : std::string(1, c);
  }
  return cell;
}

struct Page {
  std::string text;
  std::string_view section;
};

void AddRow(const CodeInfo& info, void* context) {
  Page& page = *static_cast<Page*>(context);
  const std::string_view section = Section(static_cast<int>(info.code));
  if (section != page.section) {
    page.section = section;
    page.text.append("\n## ").append(section).append("\n\n");
    page.text +=
        "| code | what it means | what to do | exit | gRPC status | try again |\n|---|---|---|---|---|---|\n";
  }
  page.text.append("| <a id=\"").append(info.id).append("\"></a>").append(info.id).append(" | ");
  page.text.append(Cell(info.what)).append(" | ").append(Cell(info.remedy)).append(" | ");
  page.text.append(std::to_string(info.exit_code)).append(" | `").append(info.grpc).append("` | ");
  page.text.append(RetryText(info.retry)).append(" |\n");
}

}  // namespace

std::string RenderErrorCatalogue() {
  Page page;
  page.text =
      "# Errors\n\n"
      "Every error of Crossbill has a code. A code never changes its meaning, and a code that goes is never "
      "used again. The code "
      "stands in the message, in the log (`code`), in the dead letters and, on the unified API, in the "
      "details of the status.\n\n"
      "The exit code is the one of the command that stops with the error: 1 failed, 64 wrong usage, 70 a "
      "defect of Crossbill, "
      "75 try again later, 78 wrong configuration.\n\n"
      "This page is made of `base/errors.def`; do not edit it.\n";
  ForEachCode(&AddRow, &page);
  return page.text;
}

}  // namespace crossbill
