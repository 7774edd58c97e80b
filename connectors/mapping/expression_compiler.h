// From a YAML scalar to an expression; its problems with file, line and column. One thread.
#pragma once

#include <span>
#include <string>

#include "config/node.h"
#include "connectors/mapping/checker.h"

namespace crossbill::mapping {

class ExpressionCompiler {
 public:
  ExpressionCompiler(Compilation& compilation, std::string file, config::Problems* problems)
      : compilation_(compilation), file_(std::move(file)), problems_(problems) {}

  // nullptr: the problems say why. `names_of_enum`: words that are constants here.
  ExprPtr Compile(const config::Node& node, const Scope& scope,
                  std::span<const std::string> names_of_enum = {});
  // Also of a text that is no node's; problems stand at `at`.
  ExprPtr Compile(std::string_view text, const config::Node& at, const Scope& scope,
                  std::span<const std::string> names_of_enum = {});
  void Report(config::Position at, Code code, std::string message);
  // A compiler that reports nothing: for what was reported before.
  ExpressionCompiler Silent() const { return {compilation_, file_, nullptr}; }

  Compilation& compilation() { return compilation_; }

 private:
  void ReportIn(const config::Node& node, std::string_view text, std::uint32_t offset, Code code,
                std::string message);

  Compilation& compilation_;
  std::string file_;
  config::Problems* problems_;
};

}  // namespace crossbill::mapping
