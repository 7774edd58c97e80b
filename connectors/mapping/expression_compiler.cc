#include "connectors/mapping/expression_compiler.h"

#include <fmt/format.h>

#include <algorithm>

#include "connectors/mapping/parser.h"

namespace crossbill::mapping {
namespace {

int CodePoints(std::string_view text) {
  return static_cast<int>(std::count_if(
      text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

}  // namespace

void ExpressionCompiler::Report(config::Position at, Code code, std::string message) {
  if (problems_ != nullptr) {
    problems_->Add({file_, at, code, std::move(message), config::Problem::Severity::kError});
  }
}

// The column inside of the expression where the scalar stands on one line; escapes in YAML quotes are not
// counted back.
void ExpressionCompiler::ReportIn(const config::Node& node, std::string_view text, std::uint32_t offset,
                                  Code code, std::string message) {
  config::Position at = node.at;
  const std::string_view before = text.substr(0, std::min<std::size_t>(offset, text.size()));
  if (text.find('\n') == std::string_view::npos) {
    at.column += CodePoints(before) + (node.quoted ? 1 : 0);
    Report(at, code, std::move(message));
    return;
  }
  const auto line = 1 + std::count(before.begin(), before.end(), '\n');
  Report(at, code, fmt::format("line {} of the expression: {}", line, message));
}

ExprPtr ExpressionCompiler::Compile(const config::Node& node, const Scope& scope,
                                    std::span<const std::string> names_of_enum) {
  if (!node.IsScalar()) {
    Report(node.at, Code::kMapSyntax,
           node.IsNull() ? "an expression was expected; leave the key out where there is nothing to map"
                         : "an expression was expected, not a list or a mapping");
    return nullptr;
  }
  return Compile(node.scalar, node, scope, names_of_enum);
}

ExprPtr ExpressionCompiler::Compile(std::string_view text, const config::Node& at, const Scope& scope,
                                    std::span<const std::string> names_of_enum) {
  SyntaxError error;
  const AstPtr ast = Parse(text, error);
  if (ast == nullptr) {
    ReportIn(at, text, error.at, Code::kMapSyntax, error.message);
    return nullptr;
  }
  Checker checker(compilation_, scope, names_of_enum);
  ExprPtr expr = checker.Check(*ast);
  for (const Finding& finding : checker.findings()) {
    ReportIn(at, text, finding.at, finding.code, finding.message);
  }
  return checker.findings().empty() ? std::move(expr) : nullptr;
}

}  // namespace crossbill::mapping
