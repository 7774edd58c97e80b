#include "connectors/jsonl/json_parser.h"

#include <algorithm>
#include <charconv>
#include <string>
#include <unordered_set>

#include "base/utf8.h"

namespace crossbill::connectors {
namespace {

constexpr std::size_t kFewKeys = 24;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// "1.5e3" as "1500", "15e-3" as "0.015"; nothing when it has more than 38 digits.
Result<Decimal> Exact(std::string_view token) {
  const std::size_t e = token.find_first_of("eE");
  if (e == std::string_view::npos) {
    return Decimal::Parse(token);
  }
  int exponent = 0;
  const std::string_view power = token.substr(e + (token[e + 1] == '+' ? 2 : 1));
  const auto read = std::from_chars(power.data(), power.data() + power.size(), exponent);
  CROSSBILL_TRY(const Decimal mantissa, Decimal::Parse(token.substr(0, e)));
  if (mantissa.IsZero()) {
    return Decimal();
  }
  if (read.ec != std::errc() || exponent > 76 || exponent < -76) {
    return Error(Code::kDecimal, "the number has too many digits");
  }
  const bool negative = mantissa.IsNegative();
  std::string digits = Decimal(mantissa.Abs().coefficient(), 0).ToString();
  const int scale = mantissa.scale() - exponent;
  if (scale <= 0) {
    digits.append(static_cast<std::size_t>(-scale), '0');
  } else {
    if (digits.size() <= static_cast<std::size_t>(scale)) {
      digits.insert(0, static_cast<std::size_t>(scale) + 1 - digits.size(), '0');
    }
    digits.insert(digits.size() - static_cast<std::size_t>(scale), ".");
  }
  return Decimal::Parse(negative ? "-" + digits : digits);
}

}  // namespace

Value NumberOf(std::string_view token, Arena& arena) {
  if (token.find_first_of(".eE") == std::string_view::npos) {
    std::int64_t number = 0;
    const auto read = std::from_chars(token.data(), token.data() + token.size(), number);
    if (read.ec == std::errc()) {
      return Value::Int(number);
    }
  }
  const auto decimal = Exact(token);
  return decimal.ok() ? Value::Of(*decimal) : Value::Text(arena.Copy(token));
}

Result<Value> JsonParser::Parse(std::string_view text, Arena& arena) {
  text_ = text;
  at_ = 0;
  why_ = nullptr;
  arena_ = &arena;
  entries_.clear();
  items_.clear();
  Value out;
  bool good = ParseValue(out, 0);
  SkipBlanks();
  if (good && at_ != text_.size()) {
    good = Fail("text stands behind the value");
  }
  if (!good) {
    return Error(Code::kRowSyntax, std::string(why_) + ", at column " + std::to_string(at_ + 1));
  }
  return out;
}

bool JsonParser::Fail(const char* why) {
  why_ = why_ == nullptr ? why : why_;
  return false;
}

void JsonParser::SkipBlanks() {
  while (at_ < text_.size() &&
         (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\r' || text_[at_] == '\n')) {
    ++at_;
  }
}

bool JsonParser::Take(char c) {
  SkipBlanks();
  if (at_ < text_.size() && text_[at_] == c) {
    ++at_;
    return true;
  }
  return false;
}

bool JsonParser::ParseWord(std::string_view word) {
  if (text_.substr(at_, word.size()) != word) {
    return Fail("a value was expected");
  }
  at_ += word.size();
  return true;
}

bool JsonParser::ParseValue(Value& out, int depth) {
  SkipBlanks();
  if (at_ == text_.size()) {
    return Fail("the text ends too early");
  }
  switch (text_[at_]) {
    case '{':
      return ParseObject(out, depth);
    case '[':
      return ParseArray(out, depth);
    case '"': {
      std::string_view text;
      if (!ParseString(text)) {
        return false;
      }
      out = Value::Text(text);
      return true;
    }
    case 't':
      out = Value::Bool(true);
      return ParseWord("true");
    case 'f':
      out = Value::Bool(false);
      return ParseWord("false");
    case 'n':
      out = Value();
      return ParseWord("null");
    default:
      return ParseNumber(out);
  }
}

bool JsonParser::ParseObject(Value& out, int depth) {
  if (depth == kMaxDepth) {
    return Fail("more than 64 levels");
  }
  ++at_;
  const std::size_t first = entries_.size();
  if (!Take('}')) {
    do {
      SkipBlanks();
      if (at_ == text_.size() || text_[at_] != '"') {
        return Fail(at_ == text_.size() ? "the text ends too early" : "a key in quotes was expected");
      }
      MapEntry entry;
      if (!ParseString(entry.key)) {
        return false;
      }
      if (!Take(':')) {
        return Fail("a colon was expected");
      }
      if (!ParseValue(entry.value, depth + 1)) {
        return false;
      }
      entries_.push_back(entry);
    } while (Take(','));
    if (!Take('}')) {
      return Fail(at_ == text_.size() ? "the text ends too early" : "a comma or } was expected");
    }
  }
  if (!IsDistinct(first)) {
    return Fail("a key stands twice in an object");
  }
  const std::size_t n = entries_.size() - first;
  MapEntry* entries = arena_->New<MapEntry>(n);
  std::copy(entries_.begin() + static_cast<std::ptrdiff_t>(first), entries_.end(), entries);
  entries_.resize(first);
  out = Value::Map({entries, n});
  return true;
}

bool JsonParser::IsDistinct(std::size_t first) {
  const std::size_t n = entries_.size() - first;
  if (n > kFewKeys) {
    std::unordered_set<std::string_view> keys;
    return std::all_of(entries_.begin() + static_cast<std::ptrdiff_t>(first), entries_.end(),
                       [&](const MapEntry& e) { return keys.insert(e.key).second; });
  }
  for (std::size_t i = first + 1; i < entries_.size(); ++i) {
    for (std::size_t j = first; j < i; ++j) {
      if (entries_[i].key == entries_[j].key) {
        return false;
      }
    }
  }
  return true;
}

bool JsonParser::ParseArray(Value& out, int depth) {
  if (depth == kMaxDepth) {
    return Fail("more than 64 levels");
  }
  ++at_;
  const std::size_t first = items_.size();
  if (!Take(']')) {
    do {
      Value item;
      if (!ParseValue(item, depth + 1)) {
        return false;
      }
      items_.push_back(item);
    } while (Take(','));
    if (!Take(']')) {
      return Fail(at_ == text_.size() ? "the text ends too early" : "a comma or ] was expected");
    }
  }
  const std::size_t n = items_.size() - first;
  Value* items = arena_->New<Value>(n);
  std::copy(items_.begin() + static_cast<std::ptrdiff_t>(first), items_.end(), items);
  items_.resize(first);
  out = Value::List({items, n});
  return true;
}

bool JsonParser::ParseString(std::string_view& out) {
  const std::size_t from = ++at_;
  for (; at_ < text_.size(); ++at_) {
    const auto c = static_cast<unsigned char>(text_[at_]);
    if (c == '"') {
      out = text_.substr(from, at_ - from);
      ++at_;
      return true;
    }
    if (c == '\\') {
      return Unescape(from, out);
    }
    if (c < 0x20) {
      return Fail("a control character stands in a text");
    }
  }
  return Fail("a text is not closed");
}

// The text that begins at `from`, with its first backslash at at_.
bool JsonParser::Unescape(std::size_t from, std::string_view& out) {
  std::size_t close = at_;
  while (close < text_.size() && text_[close] != '"') {
    close += text_[close] == '\\' ? 2 : 1;
  }
  if (close >= text_.size()) {
    at_ = text_.size();
    return Fail("a text is not closed");
  }
  char* const start = arena_->Allocate(close - from);  // an escape is never shorter than what it stands for
  char* to = std::copy(text_.begin() + static_cast<std::ptrdiff_t>(from),
                       text_.begin() + static_cast<std::ptrdiff_t>(at_), start);
  while (text_[at_] != '"') {
    const char c = text_[at_++];
    if (static_cast<unsigned char>(c) < 0x20) {
      --at_;
      return Fail("a control character stands in a text");
    }
    if (c != '\\') {
      *to++ = c;
    } else if (!ParseEscape(to)) {
      return false;
    }
  }
  ++at_;
  out = {start, static_cast<std::size_t>(to - start)};
  return true;
}

bool JsonParser::ParseEscape(char*& to) {
  constexpr std::string_view kFrom = "\"\\/bfnrt";
  constexpr std::string_view kTo = "\"\\/\b\f\n\r\t";
  const char c = text_[at_++];
  if (const std::size_t which = kFrom.find(c); which != std::string_view::npos) {
    *to++ = kTo[which];
    return true;
  }
  unsigned unit = 0;
  if (c != 'u' || !ParseHex(unit)) {
    --at_;
    return Fail("an escape that JSON does not have");
  }
  char32_t code_point = unit;
  if (unit >= 0xD800 && unit < 0xE000) {
    unsigned low = 0;
    if (unit >= 0xDC00 || text_.substr(at_, 2) != "\\u" || (at_ += 2, !ParseHex(low)) || low < 0xDC00 ||
        low >= 0xE000) {
      return Fail("half of a surrogate pair");
    }
    code_point = 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00);
  }
  std::string utf8;
  AppendCodePoint(utf8, code_point);
  to = std::copy(utf8.begin(), utf8.end(), to);
  return true;
}

bool JsonParser::ParseHex(unsigned& out) {
  if (text_.size() - at_ < 4) {
    return false;
  }
  const auto read = std::from_chars(text_.data() + at_, text_.data() + at_ + 4, out, 16);
  if (read.ec != std::errc() || read.ptr != text_.data() + at_ + 4) {
    return false;
  }
  at_ += 4;
  return true;
}

bool JsonParser::ParseNumber(Value& out) {
  const std::size_t from = at_;
  const auto digits = [&] {
    const std::size_t begin = at_;
    while (at_ < text_.size() && IsDigit(text_[at_])) {
      ++at_;
    }
    return at_ > begin;
  };
  at_ += text_[at_] == '-' ? 1 : 0;
  const bool zero = at_ < text_.size() && text_[at_] == '0';
  if (!digits()) {
    return Fail("a value was expected");
  }
  if (zero && at_ - from > (text_[from] == '-' ? 2u : 1u)) {
    return Fail("a number begins with zero");
  }
  if (at_ < text_.size() && text_[at_] == '.') {
    ++at_;
    if (!digits()) {
      return Fail("digits were expected behind the point");
    }
  }
  if (at_ < text_.size() && (text_[at_] == 'e' || text_[at_] == 'E')) {
    ++at_;
    at_ += at_ < text_.size() && (text_[at_] == '+' || text_[at_] == '-') ? 1 : 0;
    if (!digits()) {
      return Fail("digits were expected in the exponent");
    }
  }
  out = NumberOf(text_.substr(from, at_ - from), *arena_);
  return true;
}

}  // namespace crossbill::connectors
