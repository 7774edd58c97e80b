#include <unicode/ucnv.h>
#include <unicode/utf16.h>

#include <algorithm>
#include <cstring>

#include "base/charset.h"
#include "base/text.h"
#include "base/utf8.h"

namespace crossbill {
namespace {

char* PutBmp(char* to, std::uint16_t unit) {
  if (unit < 0x80) {
    *to++ = static_cast<char>(unit);
  } else if (unit < 0x800) {
    *to++ = static_cast<char>(0xC0 | (unit >> 6));
    *to++ = static_cast<char>(0x80 | (unit & 0x3F));
  } else {
    *to++ = static_cast<char>(0xE0 | (unit >> 12));
    *to++ = static_cast<char>(0x80 | ((unit >> 6) & 0x3F));
    *to++ = static_cast<char>(0x80 | (unit & 0x3F));
  }
  return to;
}

char* PutAny(char* to, char32_t code_point) {
  if (code_point < 0x10000) {
    return PutBmp(to, static_cast<std::uint16_t>(code_point));
  }
  *to++ = static_cast<char>(0xF0 | (code_point >> 18));
  *to++ = static_cast<char>(0x80 | ((code_point >> 12) & 0x3F));
  *to++ = static_cast<char>(0x80 | ((code_point >> 6) & 0x3F));
  *to++ = static_cast<char>(0x80 | (code_point & 0x3F));
  return to;
}

unsigned Byte(std::string_view bytes, std::size_t at) { return static_cast<unsigned char>(bytes[at]); }

// The ordinal of GB18030's four bytes at `at`, or kNoQuad.
constexpr std::size_t kNoQuad = ~std::size_t{0};
std::size_t QuadOrdinal(std::string_view bytes, std::size_t at) {
  if (bytes.size() - at < 4) {
    return kNoQuad;
  }
  const std::size_t a = Byte(bytes, at) - 0x81u, b = Byte(bytes, at + 1) - 0x30u;
  const std::size_t c = Byte(bytes, at + 2) - 0x81u, d = Byte(bytes, at + 3) - 0x30u;
  return a > 0xFE - 0x81 || b > 9 || c > 0xFE - 0x81 || d > 9 ? kNoQuad : ((a * 10 + b) * 126 + c) * 10 + d;
}

// Whether the next eight bytes are ASCII; copies them if so.
bool CopyEight(std::string_view bytes, std::size_t at, char* to) {
  if (bytes.size() - at < 8) {
    return false;
  }
  std::uint64_t word = 0;
  std::memcpy(&word, bytes.data() + at, 8);
  if ((word & 0x8080808080808080u) != 0) {
    return false;
  }
  std::memcpy(to, &word, 8);
  return true;
}

}  // namespace

struct Decoder::Impl {
  CharsetName charset;
  bool newline_is_safe = false;
  CharsetTable table;
  std::vector<std::uint16_t> quads;
  Converter converter;
  bool known_endian = false;  // of utf-16: what the byte order mark of the first text said
  bool big_endian = false;
  std::string scratch;
  std::vector<UChar> units;

  Error Invalid(std::string_view bytes, std::size_t at, std::size_t length) const {
    constexpr char kHex[] = "0123456789ABCDEF";
    const std::size_t shown = std::min({length, bytes.size() - at, std::size_t{4}});
    std::string hex;
    for (std::size_t i = at; i < at + shown; ++i) {
      hex += ' ';
      hex += kHex[Byte(bytes, i) >> 4];
      hex += kHex[Byte(bytes, i) & 15];
    }
    return Error(Code::kEncoding, (shown == 1 ? "the byte" : "the bytes") + hex + " at byte offset " +
                                      std::to_string(at) + (shown == 1 ? " is" : " are") + " not valid in " +
                                      charset.name);
  }

  char* Scratch(std::size_t size) {
    if (scratch.size() < size) {
      scratch.resize(size + size / 2);
    }
    return scratch.data();
  }

  Status DecodeUtf8(std::string_view bytes, std::string& out) {
    if (IsValidUtf8(bytes)) {
      out.append(bytes);
      return Ok();
    }
    const std::size_t valid = ValidUtf8Prefix(bytes);
    out.append(bytes.substr(0, valid));
    return Invalid(bytes, valid, 1);
  }

  // GB18030's four bytes at `at` as a code point; 0 where they are none.
  char32_t TakeQuad(std::string_view bytes, std::size_t at) {
    constexpr std::size_t kSupplementary = 189000;  // the ordinal of U+10000
    const std::size_t ordinal = charset.name == "gb18030" ? QuadOrdinal(bytes, at) : kNoQuad;
    if (ordinal >= kSupplementary) {
      const std::size_t code_point = ordinal - kSupplementary + 0x10000;
      return ordinal != kNoQuad && code_point <= 0x10FFFF ? static_cast<char32_t>(code_point) : 0;
    }
    if (quads.empty()) {
      auto made = MakeQuads(charset);
      quads = made.ok() ? std::move(made).value() : std::vector<std::uint16_t>(1);
    }
    return ordinal < quads.size() ? quads[ordinal] : 0;
  }

  Status DecodeTable(std::string_view bytes, std::string& out) {
    char* const start = Scratch(bytes.size() * 3);
    char* to = start;
    std::size_t at = 0;
    while (at < bytes.size()) {
      if (table.is_ascii && CopyEight(bytes, at, to)) {
        to += 8;
        at += 8;
        continue;
      }
      const unsigned first = Byte(bytes, at);
      if (const std::uint16_t unit = table.single[first]; unit != CharsetTable::kInvalid) {
        to = PutBmp(to, unit);
        ++at;
        continue;
      }
      if (at + 1 < bytes.size() && !table.pairs.empty()) {
        if (const std::uint16_t unit = table.pairs[first * 256 + Byte(bytes, at + 1)]; unit != 0) {
          to = PutBmp(to, unit);
          at += 2;
          continue;
        }
        if (const char32_t code_point = TakeQuad(bytes, at); code_point != 0) {
          to = PutAny(to, code_point);
          at += 4;
          continue;
        }
      }
      out.append(start, to);
      return Invalid(bytes, at, table.pairs.empty() ? 1 : 2);
    }
    out.append(start, to);
    return Ok();
  }

  Status DecodeUtf16(std::string_view bytes, std::string& out) {
    std::size_t at = 0;
    if (charset.kind == CharsetKind::kUtf16) {
      at = TakeByteOrder(bytes);
    }
    char* const start = Scratch(bytes.size() * 3 / 2 + 4);
    char* to = start;
    const auto unit_at = [&](std::size_t i) {
      return big_endian ? Byte(bytes, i) << 8 | Byte(bytes, i + 1) : Byte(bytes, i + 1) << 8 | Byte(bytes, i);
    };
    for (; at + 1 < bytes.size(); at += 2) {
      const unsigned unit = unit_at(at);
      if (unit < 0xD800 || unit >= 0xE000) {
        to = PutBmp(to, static_cast<std::uint16_t>(unit));
        continue;
      }
      const unsigned low = at + 3 < bytes.size() ? unit_at(at + 2) : 0;
      if (unit >= 0xDC00 || low < 0xDC00 || low >= 0xE000) {
        break;
      }
      to = PutAny(to, 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00));
      at += 2;
    }
    out.append(start, to);
    return at == bytes.size() ? Ok() : Status(Invalid(bytes, at, 2));
  }

  // Where the text begins: after its byte order mark. Without one, zeros tell; without them it is the usual
  // little end.
  std::size_t TakeByteOrder(std::string_view bytes) {
    if (bytes.size() < 2) {
      return 0;
    }
    const unsigned first = Byte(bytes, 0), second = Byte(bytes, 1);
    if ((first == 0xFE && second == 0xFF) || (first == 0xFF && second == 0xFE)) {
      known_endian = true;
      big_endian = first == 0xFE;
      return 2;
    }
    if (!known_endian) {
      known_endian = true;
      big_endian = first == 0 && second != 0;
    }
    return 0;
  }

  Status DecodeByConverter(std::string_view bytes, std::string& out) {
    units.resize(std::max<std::size_t>(units.size(), 4096));
    ucnv_reset(converter.get());
    const char* source = bytes.data();
    const char* const end = source + bytes.size();
    UErrorCode status = U_BUFFER_OVERFLOW_ERROR;
    while (status == U_BUFFER_OVERFLOW_ERROR) {
      status = U_ZERO_ERROR;
      UChar* target = units.data();
      ucnv_toUnicode(converter.get(), &target, target + units.size() - 1, &source, end, nullptr, true,
                     &status);
      AppendUnits(target, status == U_BUFFER_OVERFLOW_ERROR, out);
    }
    if (U_SUCCESS(status)) {
      return Ok();
    }
    char invalid[16];
    std::int8_t length = sizeof(invalid);
    UErrorCode ignored = U_ZERO_ERROR;
    ucnv_getInvalidChars(converter.get(), invalid, &length, &ignored);
    const auto consumed = static_cast<std::size_t>(source - bytes.data());
    const std::size_t size = length > 0 ? static_cast<std::size_t>(length) : 1;
    const std::size_t at =
        std::min(consumed >= size ? consumed - size : 0, bytes.empty() ? 0 : bytes.size() - 1);
    ucnv_reset(converter.get());
    return Invalid(bytes, at, size);
  }

  char16_t held = 0;  // the first half of a pair that the end of the buffer cut

  void AppendUnits(const UChar* end, bool more, std::string& out) {
    for (const UChar* at = units.data(); at != end; ++at) {
      if (held != 0) {
        AppendCodePoint(out, U16_GET_SUPPLEMENTARY(held, *at));
        held = 0;
      } else if (U16_IS_LEAD(*at)) {
        held = *at;
      } else {
        AppendCodePoint(out, *at);
      }
    }
    held = more ? held : char16_t{0};
  }
};

Decoder::Decoder(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Decoder::Decoder(Decoder&&) noexcept = default;
Decoder& Decoder::operator=(Decoder&&) noexcept = default;
Decoder::~Decoder() = default;

Result<Decoder> Decoder::Open(std::string_view encoding) {
  auto impl = std::make_unique<Impl>();
  CROSSBILL_TRY(impl->charset, FindCharset(encoding));
  CharsetName& charset = impl->charset;
  impl->big_endian = charset.kind == CharsetKind::kUtf16Be;
  impl->newline_is_safe = charset.kind == CharsetKind::kUtf8;
  if (charset.kind == CharsetKind::kTable) {
    bool suits = false;
    CROSSBILL_TRY(impl->table, MakeCharsetTable(charset, suits));
    impl->newline_is_safe = impl->table.is_ascii;
    if (!suits) {
      charset.kind = CharsetKind::kConverter;
    }
  }
  if (charset.kind == CharsetKind::kConverter) {
    CROSSBILL_TRY(impl->converter, OpenConverter(charset));
  }
  return Decoder(std::move(impl));
}

Status Decoder::Decode(std::string_view bytes, std::string& out) {
  switch (impl_->charset.kind) {
    case CharsetKind::kUtf8:
      return impl_->DecodeUtf8(bytes, out);
    case CharsetKind::kUtf16:
    case CharsetKind::kUtf16Le:
    case CharsetKind::kUtf16Be:
      return impl_->DecodeUtf16(bytes, out);
    case CharsetKind::kTable:
    case CharsetKind::kConverter:
      break;
  }
  if (impl_->newline_is_safe) {
    const std::size_t ascii = AsciiPrefix(bytes);
    if (ascii == bytes.size()) {
      out.append(bytes);
      return Ok();
    }
  }
  return impl_->charset.kind == CharsetKind::kTable ? impl_->DecodeTable(bytes, out)
                                                    : impl_->DecodeByConverter(bytes, out);
}

const std::string& Decoder::name() const { return impl_->charset.name; }

bool Decoder::newline_is_safe() const { return impl_->newline_is_safe; }

}  // namespace crossbill
