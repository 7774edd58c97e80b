// One kind of event of a stream, compiled: key, condition, fields and rules; and how a row becomes it. One
// thread.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "connectors/mapping/expression_compiler.h"
#include "connectors/mapping/mapper.h"
#include "connectors/mapping/writer.h"

namespace crossbill::mapping {

class Publication {
 public:
  // Problems are reported by `expressions`; the result is only run when there were none.
  static std::unique_ptr<Publication> Compile(const PublicationSpec& spec, const std::string& system,
                                              const std::string& file, const Scope& row,
                                              ExpressionCompiler& expressions);

  // An event, a rejection or neither (`when:`, `else: skip`). The event's views live until the next Run.
  struct Outcome {
    bool event = false;
    std::optional<Rejection> rejection;
  };
  Outcome Run(Context& context);
  std::string_view key() const { return key_; }
  std::string_view bytes() const { return wire_.bytes(); }
  const std::string& message() const { return message_; }

 private:
  struct KeyPart {
    ExprPtr expr;
    std::string text;
  };
  struct Rule {
    ExprPtr that;
    bool skip = false;
    std::string why;
    config::Position at;
  };

  void CompileKey(const PublicationSpec& spec, const Scope& row, ExpressionCompiler& expressions);
  void CompileRules(const config::Node& require, const Scope& row, ExpressionCompiler& expressions);
  void CompileRule(const config::Node& node, const Scope& row, ExpressionCompiler& expressions);
  // The key into key_; false where a part is missing or fails (then why_no_key_).
  bool MakeKey(Context& context);
  void WriteSource();
  // True: the row stays. False: see outcome.
  bool Fulfils(Context& context, Outcome& outcome);
  Outcome Reject(Code code, std::string field, std::string message, config::Position at) const;
  Outcome RejectFailed(const Context& context, std::string field, config::Position at) const;

  std::string file_;
  std::string message_;
  std::string system_;
  std::string stream_;
  std::vector<KeyPart> key_parts_;
  config::Position key_at_;
  ExprPtr when_;
  config::Position when_at_;
  MessagePlan plan_;
  std::vector<Rule> rules_;

  std::string key_;
  std::string why_no_key_;
  Wire wire_;
};

}  // namespace crossbill::mapping
