#include "connectors/mapping/publication.h"

#include <fmt/format.h>

#include "connectors/mapping/operators.h"

namespace crossbill::mapping {

Publication::Outcome Publication::Reject(Code code, std::string field, std::string message,
                                         config::Position at) const {
  Rejection rejection{0, key_, Error(code, std::move(message)), std::move(field),
                      fmt::format("{}:{}:{}", file_, at.line, at.column)};
  return {false, std::move(rejection)};
}

Publication::Outcome Publication::RejectFailed(const Context& context, std::string field,
                                               config::Position at) const {
  const bool named = !context.column().empty() && context.column() != field;
  std::string message = fmt::format("{}: {}{}", field, context.message(),
                                    named ? fmt::format(" (from column \"{}\")", context.column()) : "");
  return Reject(context.code(), std::move(field), std::move(message), at);
}

bool Publication::MakeKey(Context& context) {
  key_.clear();
  why_no_key_.clear();
  for (std::size_t i = 0; i < key_parts_.size(); ++i) {
    const KeyPart& part = key_parts_[i];
    key_ += i == 0 ? "" : "|";
    Value value;
    if (!part.expr->Eval(context, value)) {
      why_no_key_ = context.message();
      context.ClearError();
      continue;
    }
    const std::string_view text = TextOf(value, context.arena);
    if (text.empty()) {
      why_no_key_ = fmt::format("the key \"{}\" is {}", part.text,
                                value.IsNull() || value.type() == ValueType::kText ? "empty" : Shown(value));
    }
    key_ += text;
  }
  return why_no_key_.empty();
}

void Publication::WriteSource() {
  const std::size_t begin = wire_.Begin(1);
  for (const auto& [number, text] : {std::pair{1, &system_}, std::pair{2, &stream_}, std::pair{3, &key_}}) {
    if (!text->empty()) {
      wire_.TextField(number, *text);
    }
  }
  wire_.End(begin);
}

bool Publication::Fulfils(Context& context, Outcome& outcome) {
  for (const Rule& rule : rules_) {
    bool fulfilled = false;
    if (!Ask(context, *rule.that, fulfilled)) {
      outcome = RejectFailed(context, "require", rule.at);
      return false;
    }
    if (fulfilled) {
      continue;
    }
    outcome = rule.skip ? Outcome{} : Reject(Code::kMapRequire, "require", rule.why, rule.at);
    return false;
  }
  return true;
}

Publication::Outcome Publication::Run(Context& context) {
  wire_.Clear();
  const bool has_key = MakeKey(context);
  if (when_ != nullptr) {
    bool wanted = false;
    if (!Ask(context, *when_, wanted)) {
      return RejectFailed(context, "when", when_at_);
    }
    if (!wanted) {
      return {};
    }
  }
  if (!has_key) {
    return Reject(Code::kMapKey, "key", why_no_key_, key_at_);
  }
  WriteSource();
  Writer writer(context, wire_);
  if (writer.Message(plan_, true) == Wrote::kFailed) {
    return RejectFailed(context, writer.failure().path, writer.failure().at);
  }
  Outcome outcome;
  if (!Fulfils(context, outcome)) {
    return outcome;
  }
  outcome.event = true;
  return outcome;
}

}  // namespace crossbill::mapping
