// Regular expressions, by RE2: linear time, bounded memory. Patterns are constants and compiled once.
#include <fmt/format.h>
#include <re2/re2.h>

#include "connectors/mapping/functions.h"

namespace crossbill::mapping {
namespace {

constexpr std::int64_t kPatternMemory = 1 << 20;
constexpr int kMaxGroups = 16;

struct Pattern final : FunctionState {
  explicit Pattern(std::string_view pattern, const RE2::Options& options)
      : re(re2::StringPiece(pattern.data(), pattern.size()), options) {}
  RE2 re;
};

std::unique_ptr<FunctionState> PreparePattern(Preparation& p) {
  if (p.constants[1] == nullptr || p.constants[1]->type() != ValueType::kText) {
    p.error = "the pattern must be a text constant";
    return nullptr;
  }
  RE2::Options options;
  options.set_log_errors(false);
  options.set_max_mem(kPatternMemory);
  auto pattern = std::make_unique<Pattern>(p.constants[1]->AsText(), options);
  if (!pattern->re.ok()) {
    p.code = Code::kMapSyntax;
    p.error = fmt::format("the pattern is not a regular expression (RE2): {}", pattern->re.error());
  } else if (pattern->re.NumberOfCapturingGroups() >= kMaxGroups) {
    p.error = fmt::format("a pattern has at most {} groups", kMaxGroups - 1);
  }
  return pattern;
}

std::unique_ptr<FunctionState> PrepareExtract(Preparation& p) {
  auto state = PreparePattern(p);
  if (p.error.empty() && p.constants.size() > 2 && p.constants[2] != nullptr &&
      p.constants[2]->type() == ValueType::kInt) {
    const int groups = static_cast<const Pattern&>(*state).re.NumberOfCapturingGroups();
    if (p.constants[2]->AsInt() < 0 || p.constants[2]->AsInt() > groups) {
      p.error = fmt::format("the pattern has {} group(s)", groups);
    }
  }
  return state;
}

std::unique_ptr<FunctionState> PrepareReplace(Preparation& p) {
  auto state = PreparePattern(p);
  std::string why;
  if (p.error.empty() && p.constants[2] != nullptr && p.constants[2]->type() == ValueType::kText &&
      !static_cast<const Pattern&>(*state).re.CheckRewriteString(std::string(p.constants[2]->AsText()),
                                                                 &why)) {
    p.error = fmt::format("the replacement does not fit: {}", why);
  }
  return state;
}

const RE2& Re(const Call& call) { return static_cast<const Pattern*>(call.state)->re; }
re2::StringPiece Piece(std::string_view text) { return {text.data(), text.size()}; }

bool Matches(const Call& call, std::span<const Value> a, Value& out) {
  return Give(out, Value::Bool(RE2::PartialMatch(Piece(a[0].AsText()), Re(call))));
}

bool Extract(const Call& call, std::span<const Value> a, Value& out) {
  const RE2& re = Re(call);
  const int groups = re.NumberOfCapturingGroups();
  const std::int64_t group = a.size() > 2 ? a[2].AsInt() : (groups > 0 ? 1 : 0);
  if (group < 0 || group > groups) {
    return call.Fail(fmt::format("the pattern has {} group(s)", groups));
  }
  re2::StringPiece found[kMaxGroups];
  const std::string_view text = a[0].AsText();
  if (!re.Match(Piece(text), 0, text.size(), RE2::UNANCHORED, found, static_cast<int>(group) + 1) ||
      found[group].data() == nullptr) {
    return Give(out, Value());
  }
  return Give(out, Value::Text({found[group].data(), found[group].size()}));
}

bool ReplaceAll(const Call& call, std::span<const Value> a, Value& out) {
  std::string text(a[0].AsText());
  return RE2::GlobalReplace(&text, Re(call), Piece(a[2].AsText())) == 0 ? Give(out, a[0])
                                                                        : GiveText(call, text, out);
}

constexpr FunctionDef kFunctions[] = {
    {"matches",
     "matches(text, pattern) → bool",
     "CEL: whether the pattern is found in the text; ^ and $ stand for its ends.",
     "\"PO 4711\".matches(r\"^PO\\s*\\d+$\")",
     "true",
     {kText, kText},
     2,
     2,
     Always<kBoolType>,
     Matches,
     PreparePattern},
    {"regex_extract",
     "regex_extract(text, pattern[, group]) → text",
     "What the group matched: the first group, else the whole match; 0 is always the whole. Null when the "
     "pattern is not found.",
     "regex_extract(\"invoice for order 4500012\", r\"order (\\d+)\")",
     "4500012",
     {kText, kText, kInt},
     2,
     3,
     Always<kTextType>,
     Extract,
     PrepareExtract},
    {"regex_replace",
     "regex_replace(text, pattern, replacement) → text",
     "Every match becomes the replacement; \\1 in it is the first group.",
     "regex_replace(\"AB-12\", r\"([A-Z]+)-(\\d+)\", r\"\\2\\1\")",
     "12AB",
     {kText, kText, kText},
     3,
     3,
     Always<kTextType>,
     ReplaceAll,
     PrepareReplace},
};

}  // namespace

std::span<const FunctionDef> PatternFunctions() { return kFunctions; }

}  // namespace crossbill::mapping
