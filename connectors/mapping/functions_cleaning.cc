// Cleaning: what people and old systems do to numbers, names, phones and addresses of e-mail.
#include <fmt/format.h>

#include "base/id.h"
#include "base/text.h"
#include "base/utf8.h"
#include "connectors/mapping/functions.h"

namespace crossbill::mapping {
namespace {

bool TrimZeros(const Call&, std::span<const Value> a, Value& out) {
  const std::string_view text = Trimmed(a[0].AsText());
  std::size_t zeros = text.find_first_not_of('0');
  if (zeros == std::string_view::npos) {
    zeros = text.empty() ? 0 : text.size() - 1;  // "000" is the number 0
  }
  return Give(out, Value::Text(text.substr(zeros)));
}

bool Trim(const Call&, std::span<const Value> a, Value& out) {
  return Give(out, Value::Text(Trimmed(a[0].AsText())));
}

bool FoldWidth(const Call& call, std::span<const Value> a, Value& out) {
  return IsAscii(a[0].AsText()) ? Give(out, a[0]) : GiveText(call, Nfkc(a[0].AsText()), out);
}

bool Simplified(const Call& call, std::span<const Value> a, Value& out) {
  return IsAscii(a[0].AsText()) ? Give(out, a[0])
                                : GiveText(call, TraditionalToSimplified(a[0].AsText()), out);
}

bool Collapse(const Call& call, std::span<const Value> a, Value& out) {
  return GiveText(call, CollapseSpace(a[0].AsText()), out);
}

bool Phone(const Call& call, std::span<const Value> a, Value& out) {
  const std::string_view text = Trimmed(a[0].AsText());
  if (text.empty()) {
    return Give(out, Value());
  }
  const std::string_view country = a.size() > 1 ? a[1].AsText() : std::string_view();
  const auto number = PhoneToE164(text, country);
  if (!number) {
    return call.Fail(
        fmt::format("{} is not a telephone number{}", Shown(a[0]),
                    country.empty() ? "; without a + it needs a country: phone(text, \"CN\")" : ""));
  }
  return GiveText(call, *number, out);
}

bool Email(const Call& call, std::span<const Value> a, Value& out) {
  if (Trimmed(a[0].AsText()).empty()) {
    return Give(out, Value());
  }
  const auto address = NormaliseEmail(a[0].AsText());
  return address ? GiveText(call, *address, out)
                 : call.Fail(fmt::format("{} is not an e-mail address", Shown(a[0])));
}

bool Digits(const Call& call, std::span<const Value> a, Value& out) {
  const std::string_view text = a[0].AsText();
  char* to = call.arena().Allocate(text.size() + 1);
  std::size_t n = 0;
  for (std::size_t at = 0; at < text.size();) {
    const char32_t c = NextCodePoint(text, at);
    if (c >= U'0' && c <= U'9') {
      to[n++] = static_cast<char>(c);
    } else if (c >= U'０' && c <= U'９') {
      to[n++] = static_cast<char>('0' + (c - U'０'));
    }
  }
  return Give(out, Value::Text({to, n}));
}

bool HashText(const Call& call, std::span<const Value> a, Value& out) {
  return GiveText(call, Hash128Of(a[0].AsText()).ToHex(), out);
}

constexpr FunctionDef kFunctions[] = {
    {"trim_zeros",
     "trim_zeros(text) → text",
     "Without leading zeros and the blanks around: how ERP systems pad numbers. All zeros give \"0\".",
     "trim_zeros(\"0000000042\")",
     "42",
     {kText},
     1,
     1,
     Always<kTextType>,
     TrimZeros},
    {"trim",
     "trim(text) → text",
     "Without white space at both ends, also the wide blank of East Asian text.",
     "trim(\"　a b \")",
     "a b",
     {kText},
     1,
     1,
     Always<kTextType>,
     Trim},
    {"collapse",
     "collapse(text) → text",
     "Every run of white space is one blank; none at the ends.",
     "collapse(\" a \\t b \")",
     "a b",
     {kText},
     1,
     1,
     Always<kTextType>,
     Collapse},
    {"fold_width",
     "fold_width(text) → text",
     "Full-width letters and digits become the usual ones, half-width kana the full ones (Unicode NFKC).",
     "fold_width(\"ＡＢ１２\")",
     "AB12",
     {kText},
     1,
     1,
     Always<kTextType>,
     FoldWidth},
    {"simplified",
     "simplified(text) → text",
     "Traditional Chinese characters as simplified ones.",
     "simplified(\"臺灣\")",
     "台湾",
     {kText},
     1,
     1,
     Always<kTextType>,
     Simplified},
    {"phone",
     "phone(text[, country]) → text",
     "The number in E.164. `country` (ISO 3166, two letters) is assumed where there is no + prefix. Empty "
     "text gives null; what is no number is "
     "an error.",
     "phone(\"138 2672 8850\", \"CN\")",
     "+8613826728850",
     {kText, kText},
     1,
     2,
     Always<kTextType>,
     Phone},
    {"email",
     "email(text) → text",
     "The address in lower case, trimmed. Empty text gives null; what has not the shape of an address is an "
     "error.",
     "email(\" Li.Wei@Example.COM \")",
     "li.wei@example.com",
     {kText},
     1,
     1,
     Always<kTextType>,
     Email},
    {"digits",
     "digits(text) → text",
     "Only the digits, full-width ones as usual ones.",
     "digits(\"No. 4711-０8\")",
     "471108",
     {kText},
     1,
     1,
     Always<kTextType>,
     Digits},
    {"hash",
     "hash(text) → text",
     "32 hexadecimal digits that stand for the text: a key for what has none.",
     "size(hash(\"a\"))",
     "32",
     {kText},
     1,
     1,
     Always<kTextType>,
     HashText},
};

}  // namespace

std::span<const FunctionDef> CleaningFunctions() { return kFunctions; }

}  // namespace crossbill::mapping
