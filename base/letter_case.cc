#include "base/letter_case.h"

#include <unicode/bytestream.h>
#include <unicode/casemap.h>

#include <cstdint>

#include "base/result.h"

namespace crossbill {
namespace {

icu::StringPiece Piece(std::string_view text) {
  return {text.data(), static_cast<std::int32_t>(text.size())};
}

}  // namespace

std::string UpperCase(std::string_view utf8) {
  std::string out;
  icu::StringByteSink<std::string> sink(&out);
  UErrorCode status = U_ZERO_ERROR;
  icu::CaseMap::utf8ToUpper("", 0, Piece(utf8), sink, nullptr, status);
  CROSSBILL_CHECK(U_SUCCESS(status) != 0);  // it fails only without memory
  return out;
}

std::string LowerCase(std::string_view utf8) {
  std::string out;
  icu::StringByteSink<std::string> sink(&out);
  UErrorCode status = U_ZERO_ERROR;
  icu::CaseMap::utf8ToLower("", 0, Piece(utf8), sink, nullptr, status);
  CROSSBILL_CHECK(U_SUCCESS(status) != 0);
  return out;
}

}  // namespace crossbill
