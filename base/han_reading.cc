#include "base/han_reading.h"

#include <unicode/translit.h>
#include <unicode/unistr.h>

#include <memory>
#include <unordered_map>

namespace crossbill {

const std::string& HanReading(char32_t character) {
  thread_local std::unordered_map<char32_t, std::string> known;
  const auto [entry, is_new] = known.try_emplace(character);
  if (!is_new) {
    return entry->second;
  }
  // A transliterator of each thread: ICU does not promise that one may be shared.
  thread_local const std::unique_ptr<icu::Transliterator> latin = [] {
    UErrorCode status = U_ZERO_ERROR;
    return std::unique_ptr<icu::Transliterator>(
        icu::Transliterator::createInstance("Han-Latin/Names; Latin-ASCII; Lower", UTRANS_FORWARD, status));
  }();
  if (latin != nullptr) {
    icu::UnicodeString text(static_cast<UChar32>(character));
    latin->transliterate(text);
    text.toUTF8String(entry->second);
    std::erase_if(entry->second, [](char c) { return c < 'a' || c > 'z'; });
  }
  return entry->second;
}

}  // namespace crossbill
