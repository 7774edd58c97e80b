#include <unicode/bytestream.h>
#include <unicode/casemap.h>
#include <unicode/normalizer2.h>
#include <unicode/translit.h>
#include <unicode/uchar.h>
#include <unicode/uniset.h>
#include <unicode/unistr.h>
#include <unicode/uscript.h>
#include <unicode/utf16.h>

#include <algorithm>
#include <memory>

#include "base/text.h"
#include "base/utf8.h"

namespace crossbill {
namespace {

icu::StringPiece Piece(std::string_view text) {
  return {text.data(), static_cast<std::int32_t>(text.size())};
}

icu::UnicodeString FromUtf8(std::string_view text) { return icu::UnicodeString::fromUTF8(Piece(text)); }

std::string ToUtf8(const icu::UnicodeString& text) {
  std::string out;
  text.toUTF8String(out);
  return out;
}

// ICU's instances are immutable and live as long as the program.
std::string Normalise(const icu::Normalizer2* form, std::string_view text, UErrorCode status) {
  std::string out;
  icu::StringByteSink<std::string> sink(&out, static_cast<std::int32_t>(text.size()));
  if (U_SUCCESS(status)) {
    form->normalizeUTF8(0, Piece(text), sink, nullptr, status);
  }
  return U_SUCCESS(status) ? out : std::string(text);
}

std::string Compose(std::string_view text) {
  UErrorCode status = U_ZERO_ERROR;
  const auto* form = icu::Normalizer2::getNFCInstance(status);
  return Normalise(form, text, status);
}

std::string Decompose(std::string_view text) {
  UErrorCode status = U_ZERO_ERROR;
  const auto* form = icu::Normalizer2::getNFDInstance(status);
  return Normalise(form, text, status);
}

bool LosesMarks(char32_t code_point) {
  UErrorCode status = U_ZERO_ERROR;
  const UScriptCode script = uscript_getScript(static_cast<UChar32>(code_point), &status);
  return script == USCRIPT_LATIN || script == USCRIPT_GREEK || script == USCRIPT_CYRILLIC;
}

bool IsBlank(char32_t c) { return c != kBadCodePoint && u_isUWhiteSpace(static_cast<UChar32>(c)); }

bool IsWordPart(char32_t c) {
  if (c == kBadCodePoint) {
    return false;
  }
  // Marks are part of a word: without its vowel signs a Thai or Hindi name is another one.
  return (U_GET_GC_MASK(static_cast<UChar32>(c)) &
          (U_GC_L_MASK | U_GC_ND_MASK | U_GC_NL_MASK | U_GC_M_MASK)) != 0;
}

// ASCII by the same rules, in one pass: most names of most files.
std::string FoldAscii(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) {
      out += c;
    } else if (c >= 'A' && c <= 'Z') {
      out += static_cast<char>(c + ('a' - 'A'));
    } else if (!out.empty() && out.back() != ' ') {
      out += ' ';
    }
  }
  if (!out.empty() && out.back() == ' ') {
    out.pop_back();
  }
  return out;
}

std::unique_ptr<icu::Transliterator> MakeSimplifier() {
  UErrorCode status = U_ZERO_ERROR;
  std::unique_ptr<icu::Transliterator> made(
      icu::Transliterator::createInstance("Traditional-Simplified", UTRANS_FORWARD, status));
  return U_SUCCESS(status) ? std::move(made) : nullptr;
}

// Adds the characters that a rule ("於是 > 于是;") changes. False where the line is no such rule.
bool AddChanged(std::u16string_view rule, icu::UnicodeSet& set) {
  const std::size_t arrow = rule.find(u" > ");
  if (arrow == std::u16string_view::npos || !rule.ends_with(u';') ||
      rule.find_first_of(u"\\'{}[]$|&()") != std::u16string_view::npos) {
    return false;
  }
  const std::u16string_view from = rule.substr(0, arrow);
  const std::u16string_view to = rule.substr(arrow + 3, rule.size() - arrow - 4);
  if (std::any_of(from.begin(), from.end(), [](char16_t unit) { return U16_IS_SURROGATE(unit); })) {
    return false;
  }
  const bool aligned = from.size() == to.size();
  for (std::size_t at = 0; at < from.size(); ++at) {
    if (!aligned || from[at] != to[at]) {
      set.add(from[at]);
    }
  }
  return true;
}

// The characters that a rule changes. The rules also look at many that stay as they are; text without the
// former, nearly all simplified text, is left alone at once.
const icu::UnicodeSet& TraditionalCharacters(const icu::Transliterator& simplifier) {
  static const icu::UnicodeSet kSet = [&] {
    icu::UnicodeString text;
    simplifier.toRules(text, false);
    std::u16string_view rules(text.getBuffer(), static_cast<std::size_t>(text.length()));
    icu::UnicodeSet set;
    while (!rules.empty()) {
      const std::size_t end = std::min(rules.find(u'\n'), rules.size());
      if (!AddChanged(rules.substr(0, end), set)) {
        simplifier.getSourceSet(set);  // another ICU, with other rules: all of them, at the price of speed
        break;
      }
      rules.remove_prefix(std::min(end + 1, rules.size()));
    }
    set.freeze();
    return set;
  }();
  return kSet;
}

}  // namespace

std::string Nfkc(std::string_view utf8) {
  if (IsAscii(utf8)) {
    return std::string(utf8);
  }
  UErrorCode status = U_ZERO_ERROR;
  const auto* form = icu::Normalizer2::getNFKCInstance(status);
  return Normalise(form, utf8, status);
}

std::string CaseFold(std::string_view utf8) {
  std::string out;
  if (IsAscii(utf8)) {
    out.assign(utf8);
    for (char& c : out) {
      c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
    }
    return out;
  }
  icu::StringByteSink<std::string> sink(&out, static_cast<std::int32_t>(utf8.size()));
  UErrorCode status = U_ZERO_ERROR;
  icu::CaseMap::utf8Fold(0, Piece(utf8), sink, nullptr, status);
  return U_SUCCESS(status) ? out : std::string(utf8);
}

std::string StripMarks(std::string_view utf8) {
  if (IsAscii(utf8)) {
    return std::string(utf8);
  }
  const std::string apart = Decompose(utf8);
  std::string out;
  out.reserve(apart.size());
  bool dropping = false;
  for (std::size_t at = 0; at < apart.size();) {
    const char32_t c = NextCodePoint(apart, at);
    const bool mark =
        c >= 0x300 && c != kBadCodePoint && u_charType(static_cast<UChar32>(c)) == U_NON_SPACING_MARK;
    if (mark && dropping) {
      continue;
    }
    if (!mark) {
      dropping = c != kBadCodePoint && LosesMarks(c);
    }
    AppendCodePoint(out, c);
  }
  return Compose(out);
}

std::string CollapseSpace(std::string_view utf8) {
  std::string out;
  out.reserve(utf8.size());
  bool gap = false;
  for (std::size_t at = 0; at < utf8.size();) {
    const std::size_t start = at;
    if (IsBlank(NextCodePoint(utf8, at))) {
      gap = !out.empty();
      continue;
    }
    if (gap) {
      out += ' ';
      gap = false;
    }
    out.append(utf8.substr(start, at - start));
  }
  return out;
}

std::string HiraganaToKatakana(std::string_view utf8) {
  std::string out;
  out.reserve(utf8.size());
  for (std::size_t at = 0; at < utf8.size();) {
    const std::size_t start = at;
    const char32_t c = NextCodePoint(utf8, at);
    if ((c >= 0x3041 && c <= 0x3096) || c == 0x309D || c == 0x309E) {
      AppendCodePoint(out, c + 0x60);
    } else {
      out.append(utf8.substr(start, at - start));
    }
  }
  return out;
}

std::string TraditionalToSimplified(std::string_view utf8) {
  if (IsAscii(utf8)) {
    return std::string(utf8);
  }
  // A transliterator of each thread: ICU does not promise that one may be shared.
  thread_local const std::unique_ptr<icu::Transliterator> simplifier = MakeSimplifier();
  if (simplifier == nullptr) {
    return std::string(utf8);
  }
  icu::UnicodeString text = FromUtf8(utf8);
  if (TraditionalCharacters(*simplifier).containsNone(text)) {
    return std::string(utf8);
  }
  simplifier->transliterate(text);
  return ToUtf8(text);
}

std::string FoldForMatching(std::string_view utf8) {
  if (IsAscii(utf8)) {
    return FoldAscii(utf8);
  }
  const std::string folded = StripMarks(CaseFold(Nfkc(utf8)));
  std::string out;
  out.reserve(folded.size());
  bool gap = false;
  for (std::size_t at = 0; at < folded.size();) {
    const std::size_t start = at;
    if (!IsWordPart(NextCodePoint(folded, at))) {
      gap = !out.empty();
      continue;
    }
    if (gap) {
      out += ' ';
      gap = false;
    }
    out.append(folded, start, at - start);
  }
  return out;
}

}  // namespace crossbill
