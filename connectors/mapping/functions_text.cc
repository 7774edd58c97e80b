// Texts: CEL's string methods and what else rows need. Positions and lengths count characters (code points).
#include <fmt/format.h>

#include <algorithm>

#include "base/letter_case.h"
#include "base/utf8.h"
#include "connectors/mapping/functions.h"

namespace crossbill::mapping {
namespace {

constexpr std::int64_t kMaxPad = 10'000;

std::int64_t CountCodePoints(std::string_view text) {
  return std::count_if(text.begin(), text.end(),
                       [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; });
}

// The byte where the n-th character begins; the end when there are fewer.
std::size_t ByteOf(std::string_view text, std::int64_t n) {
  std::size_t at = 0;
  while (n > 0 && at < text.size()) {
    ++at;
    while (at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80) {
      ++at;
    }
    --n;
  }
  return at;
}

bool Size(const Call&, std::span<const Value> a, Value& out) {
  switch (a[0].type()) {
    case ValueType::kText:
      return Give(out, Value::Int(CountCodePoints(a[0].AsText())));
    case ValueType::kList:
      return Give(out, Value::Int(static_cast<std::int64_t>(a[0].AsList().size())));
    case ValueType::kMap:
      return Give(out, Value::Int(static_cast<std::int64_t>(a[0].AsMap().size())));
    default:
      return Give(out, Value::Int(static_cast<std::int64_t>(a[0].schema()->size())));
  }
}

bool Contains(const Call&, std::span<const Value> a, Value& out) {
  return Give(out, Value::Bool(a[0].AsText().find(a[1].AsText()) != std::string_view::npos));
}
bool StartsWith(const Call&, std::span<const Value> a, Value& out) {
  return Give(out, Value::Bool(a[0].AsText().starts_with(a[1].AsText())));
}
bool EndsWith(const Call&, std::span<const Value> a, Value& out) {
  return Give(out, Value::Bool(a[0].AsText().ends_with(a[1].AsText())));
}

bool AsciiCase(const Call& call, std::string_view text, bool upper, Value& out) {
  char* to = call.arena().Allocate(text.size() + 1);
  std::ranges::transform(text, to, [upper](char c) {
    return upper ? (c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c)
                 : (c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c);
  });
  return Give(out, Value::Text({to, text.size()}));
}
bool LowerAscii(const Call& call, std::span<const Value> a, Value& out) {
  return AsciiCase(call, a[0].AsText(), false, out);
}
bool UpperAscii(const Call& call, std::span<const Value> a, Value& out) {
  return AsciiCase(call, a[0].AsText(), true, out);
}

bool AnyCase(const Call& call, std::string_view text, bool upper, Value& out) {
  if (IsAscii(text)) {
    return AsciiCase(call, text, upper, out);
  }
  return GiveText(call, upper ? UpperCase(text) : LowerCase(text), out);
}
bool Lower(const Call& call, std::span<const Value> a, Value& out) {
  return AnyCase(call, a[0].AsText(), false, out);
}
bool Upper(const Call& call, std::span<const Value> a, Value& out) {
  return AnyCase(call, a[0].AsText(), true, out);
}

bool Replace(const Call& call, std::span<const Value> a, Value& out) {
  const std::string_view text = a[0].AsText(), from = a[1].AsText(), to = a[2].AsText();
  if (from.empty() || text.find(from) == std::string_view::npos) {
    return Give(out, a[0]);
  }
  std::string changed;
  std::size_t at = 0;
  for (std::size_t hit = text.find(from); hit != std::string_view::npos; hit = text.find(from, at)) {
    changed.append(text.substr(at, hit - at)).append(to);
    at = hit + from.size();
  }
  changed.append(text.substr(at));
  return GiveText(call, changed, out);
}

bool Split(const Call& call, std::span<const Value> a, Value& out) {
  const std::string_view text = a[0].AsText(), separator = a[1].AsText();
  if (separator.empty()) {
    return call.Fail("split() needs a separator");
  }
  std::size_t n = 1;
  for (std::size_t at = text.find(separator); at != std::string_view::npos;
       at = text.find(separator, at + separator.size())) {
    ++n;
  }
  Value* parts = call.arena().New<Value>(n);
  std::size_t at = 0;
  for (std::size_t i = 0; i < n; ++i) {
    const std::size_t end = std::min(text.find(separator, at), text.size());
    parts[i] = Value::Text(text.substr(at, end - at));
    at = end + separator.size();
  }
  return Give(out, Value::List({parts, n}));
}

// CEL's substring: an end before the start, or outside of the text, is an error.
bool Substring(const Call& call, std::span<const Value> a, Value& out) {
  const std::string_view text = a[0].AsText();
  const std::int64_t size = CountCodePoints(text);
  const std::int64_t start = a[1].AsInt();
  const std::int64_t end = a.size() > 2 ? a[2].AsInt() : size;
  if (start < 0 || end < start || end > size) {
    return call.Fail(
        fmt::format("substring({}, {}) is outside of {}; substr(text, start, length) takes what is there",
                    start, end, Shown(a[0])));
  }
  const std::size_t from = ByteOf(text, start);
  return Give(out, Value::Text(text.substr(from, ByteOf(text.substr(from), end - start))));
}

bool Substr(const Call&, std::span<const Value> a, Value& out) {
  const std::string_view text = a[0].AsText();
  const std::int64_t start =
      a[1].AsInt() >= 0 ? a[1].AsInt() : std::max<std::int64_t>(0, CountCodePoints(text) + a[1].AsInt());
  const std::size_t from = ByteOf(text, start);
  const std::string_view rest = text.substr(from);
  return Give(out, Value::Text(a.size() > 2 ? rest.substr(0, ByteOf(rest, a[2].AsInt())) : rest));
}

bool Concat(const Call& call, std::span<const Value> a, Value& out) {
  std::size_t bytes = 0;
  Value* texts = call.arena().New<Value>(a.size());
  for (std::size_t i = 0; i < a.size(); ++i) {
    texts[i] = Value::Text(TextOf(a[i], call.arena()));
    bytes += texts[i].AsText().size();
  }
  char* const joined = call.arena().Allocate(bytes + 1);
  char* to = joined;
  for (std::size_t i = 0; i < a.size(); ++i) {
    to = std::copy(texts[i].AsText().begin(), texts[i].AsText().end(), to);
  }
  return Give(out, Value::Text({joined, bytes}));
}

bool Pad(const Call& call, std::span<const Value> a, Value& out) {
  const std::int64_t width = a[1].AsInt();
  const std::string_view fill = a.size() > 2 ? a[2].AsText() : std::string_view("0");
  if (width > kMaxPad || CountCodePoints(fill) != 1) {
    return call.Fail(fmt::format("pad() takes a width of at most {} and one character", kMaxPad));
  }
  std::string padded;
  for (std::int64_t n = CountCodePoints(a[0].AsText()); n < width; ++n) {
    padded += fill;
  }
  return padded.empty() ? Give(out, a[0]) : GiveText(call, padded.append(a[0].AsText()), out);
}

bool ToText(const Call& call, std::span<const Value> a, Value& out) {
  return Give(out, Value::Text(TextOf(a[0], call.arena())));
}

constexpr Kinds kSized = kText | kList | kMapping;

constexpr FunctionDef kFunctions[] = {
    {"string",
     "string(value) → text",
     "The value as text: numbers in digits, dates as 2026-10-31, instants as RFC 3339, money as \"12.50 "
     "EUR\".",
     "string(12.50)",
     "12.50",
     {kScalar},
     1,
     1,
     Always<kTextType>,
     ToText},
    {"size",
     "size(text | list | map) → int",
     "The number of characters, elements or members.",
     "size(\"北京\")",
     "2",
     {kSized},
     1,
     1,
     Always<kIntType>,
     Size},
    {"contains",
     "contains(text, part) → bool",
     "Whether the part is in the text.",
     "\"Beijing\".contains(\"jin\")",
     "true",
     {kText, kText},
     2,
     2,
     Always<kBoolType>,
     Contains},
    {"startsWith",
     "startsWith(text, part) → bool",
     "Whether the text begins with the part.",
     "\"PO-77\".startsWith(\"PO\")",
     "true",
     {kText, kText},
     2,
     2,
     Always<kBoolType>,
     StartsWith},
    {"endsWith",
     "endsWith(text, part) → bool",
     "Whether the text ends with the part.",
     "\"PO-77\".endsWith(\"78\")",
     "false",
     {kText, kText},
     2,
     2,
     Always<kBoolType>,
     EndsWith},
    {"lower",
     "lower(text) → text",
     "Lower case, in all scripts that have one.",
     "lower(\"ÄRGER\")",
     "ärger",
     {kText},
     1,
     1,
     Always<kTextType>,
     Lower},
    {"upper",
     "upper(text) → text",
     "Upper case, in all scripts that have one.",
     "upper(\"ärger\")",
     "ÄRGER",
     {kText},
     1,
     1,
     Always<kTextType>,
     Upper},
    {"lowerAscii",
     "lowerAscii(text) → text",
     "CEL: lower case for A to Z only.",
     "\"ÄR\".lowerAscii()",
     "Är",
     {kText},
     1,
     1,
     Always<kTextType>,
     LowerAscii},
    {"upperAscii",
     "upperAscii(text) → text",
     "CEL: upper case for a to z only.",
     "\"cny\".upperAscii()",
     "CNY",
     {kText},
     1,
     1,
     Always<kTextType>,
     UpperAscii},
    {"replace",
     "replace(text, from, to) → text",
     "Every `from` becomes `to`.",
     "\"1-2-3\".replace(\"-\", \"/\")",
     "1/2/3",
     {kText, kText, kText},
     3,
     3,
     Always<kTextType>,
     Replace},
    {"split",
     "split(text, separator) → list<text>",
     "The parts between the separators.",
     "\"a;b\".split(\";\")[1]",
     "b",
     {kText, kText},
     2,
     2,
     Always<kTextListType>,
     Split},
    {"substring",
     "substring(text, start[, end]) → text",
     "CEL: characters from `start` (0 is the first) to before `end`; outside of the text is an error.",
     "\"2026-10\".substring(0, 4)",
     "2026",
     {kText, kInt, kInt},
     2,
     3,
     Always<kTextType>,
     Substring},
    {"substr",
     "substr(text, start[, length]) → text",
     "At most `length` characters from `start` on (0 is the first, -2 the last but one); what is not there "
     "is left out.",
     "substr(\"4711\", -2)",
     "11",
     {kText, kInt, kInt},
     2,
     3,
     Always<kTextType>,
     Substr},
    {"concat",
     "concat(value, …) → text",
     "All values as text after each other; null is nothing.",
     "concat(\"CR\", 7, null)",
     "CR7",
     {kScalar},
     1,
     FunctionDef::kVariadic,
     Always<kTextType>,
     Concat,
     nullptr,
     NullRule::kIsSeen},
    {"pad",
     "pad(text, width[, fill]) → text",
     "Filled on the left to `width` characters, with \"0\" or the character given.",
     "pad(\"42\", 5)",
     "00042",
     {kText, kInt, kText},
     2,
     3,
     Always<kTextType>,
     Pad},
};

}  // namespace

std::span<const FunctionDef> TextFunctions() { return kFunctions; }

}  // namespace crossbill::mapping
