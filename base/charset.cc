#include "base/charset.h"

#include <unicode/ucnv.h>

#include <algorithm>

#include "base/text.h"

namespace crossbill {
namespace {

struct Alias {
  std::string_view folded;
  CharsetKind kind;
  std::string_view name;
  std::string_view icu;
};

// The Microsoft tables where the bare name is what old systems call them: a "shift_jis" file of Windows has
// NEC's and IBM's characters, a "gb2312" one has GBK's.
constexpr Alias kAliases[] = {
    {"utf8", CharsetKind::kUtf8, "utf-8", ""},
    {"utf16", CharsetKind::kUtf16, "utf-16", ""},
    {"utf16le", CharsetKind::kUtf16Le, "utf-16le", ""},
    {"utf16be", CharsetKind::kUtf16Be, "utf-16be", ""},
    {"gb18030", CharsetKind::kTable, "gb18030", "gb18030"},
    {"gbk", CharsetKind::kTable, "gbk", "windows-936-2000"},
    {"gb2312", CharsetKind::kTable, "gbk", "windows-936-2000"},
    {"euccn", CharsetKind::kTable, "gbk", "windows-936-2000"},
    {"cp936", CharsetKind::kTable, "gbk", "windows-936-2000"},
    {"windows936", CharsetKind::kTable, "gbk", "windows-936-2000"},
    {"big5", CharsetKind::kTable, "big5", "windows-950-2000"},
    {"cp950", CharsetKind::kTable, "big5", "windows-950-2000"},
    {"windows950", CharsetKind::kTable, "big5", "windows-950-2000"},
    {"cp932", CharsetKind::kTable, "cp932", "ibm-943_P15A-2003"},
    {"ms932", CharsetKind::kTable, "cp932", "ibm-943_P15A-2003"},
    {"shiftjis", CharsetKind::kTable, "cp932", "ibm-943_P15A-2003"},
    {"sjis", CharsetKind::kTable, "cp932", "ibm-943_P15A-2003"},
    {"mskanji", CharsetKind::kTable, "cp932", "ibm-943_P15A-2003"},
    {"windows31j", CharsetKind::kTable, "cp932", "ibm-943_P15A-2003"},
    {"windows932", CharsetKind::kTable, "cp932", "ibm-943_P15A-2003"},
    {"euckr", CharsetKind::kTable, "euc-kr", "windows-949-2000"},
    {"cp949", CharsetKind::kTable, "cp949", "windows-949-2000"},
    {"uhc", CharsetKind::kTable, "cp949", "windows-949-2000"},
    {"windows949", CharsetKind::kTable, "cp949", "windows-949-2000"},
    {"latin1", CharsetKind::kTable, "iso-8859-1", "iso-8859-1"},
    {"ascii", CharsetKind::kTable, "us-ascii", "us-ascii"},
};

std::string FoldName(std::string_view name) {
  std::string folded;
  for (const char c : name) {
    if (c != '-' && c != '_' && c != ' ') {
      folded += c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
    }
  }
  return folded;
}

std::string Lower(std::string_view name) {
  std::string lower;
  for (const char c : name) {
    lower += c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c == '_' ? '-' : c;
  }
  return lower;
}

// Decodes many short sequences by one call: each is followed by a line end, which is part of none. An entry
// is its only code unit, or 0 where it has none or several, or the one that stands for an invalid sequence.
class TableFiller {
 public:
  explicit TableFiller(UConverter* converter) : converter_(converter) {}

  std::vector<std::uint16_t> Fill(const std::string& sequences, std::size_t count, std::size_t width) {
    std::string bytes;
    bytes.reserve(sequences.size() + count);
    for (std::size_t i = 0; i < count; ++i) {
      bytes.append(sequences, i * width, width).append("\n");
    }
    std::vector<UChar> units(bytes.size() * 2 + 16);
    UErrorCode status = U_ZERO_ERROR;
    ucnv_reset(converter_);
    const std::int32_t size = ucnv_toUChars(converter_, units.data(), static_cast<std::int32_t>(units.size()),
                                            bytes.data(), static_cast<std::int32_t>(bytes.size()), &status);
    std::vector<std::uint16_t> values(count, 0);
    if (U_FAILURE(status)) {
      return values;
    }
    std::size_t index = 0;
    std::int32_t start = 0;
    for (std::int32_t at = 0; at < size && index < count; ++at) {
      if (units[static_cast<std::size_t>(at)] != '\n') {
        continue;
      }
      const UChar first = units[static_cast<std::size_t>(start)];
      if (at - start == 1 && first != 0xFFFD && first != 0x1A) {
        values[index] = first;
      }
      ++index;
      start = at + 1;
    }
    return values;
  }

 private:
  UConverter* converter_;
};

void FillSingles(UConverter* converter, CharsetTable& table) {
  for (std::size_t byte = 0; byte < 256; ++byte) {
    const char bytes[1] = {static_cast<char>(byte)};
    UChar units[4];
    UErrorCode status = U_ZERO_ERROR;
    ucnv_reset(converter);
    const std::int32_t size = ucnv_toUChars(converter, units, 4, bytes, 1, &status);
    table.single[byte] = U_SUCCESS(status) && size == 1 ? units[0] : CharsetTable::kInvalid;
  }
  table.is_ascii = true;
  for (const unsigned byte : {0x0Au, 0x0Du, 0x22u, 0x2Cu, 0x30u, 0x39u, 0x41u, 0x5Au, 0x61u, 0x7Au}) {
    table.is_ascii = table.is_ascii && table.single[byte] == byte;
  }
}

bool IsControl(std::uint16_t unit) { return unit >= 0x80 && unit < 0xA0; }

void FillPairs(TableFiller& filler, CharsetTable& table) {
  table.pairs.assign(65536, 0);
  for (std::size_t first = 0x80; first < 256; ++first) {
    // The 0x80 to 0x9F that a table lets through as controls are no characters of these encodings.
    if (table.single[first] != CharsetTable::kInvalid && !IsControl(table.single[first])) {
      continue;
    }
    table.single[first] = CharsetTable::kInvalid;
    std::string sequences;
    for (std::size_t second = 0x30; second < 256; ++second) {
      sequences += static_cast<char>(first);
      sequences += static_cast<char>(second);
    }
    const auto values = filler.Fill(sequences, 256 - 0x30, 2);
    std::copy(values.begin(), values.end(),
              table.pairs.begin() + static_cast<std::ptrdiff_t>(first * 256 + 0x30));
  }
}

}  // namespace

void CloseConverter::operator()(UConverter* converter) const { ucnv_close(converter); }

Result<CharsetName> FindCharset(std::string_view name) {
  const std::string folded = FoldName(name);
  for (const Alias& alias : kAliases) {
    if (alias.folded == folded) {
      return CharsetName{alias.kind, std::string(alias.name), std::string(alias.icu)};
    }
  }
  const std::string lower = Lower(name);
  UErrorCode status = U_ZERO_ERROR;
  const Converter converter(lower.empty() || lower.size() > 60 ? nullptr : ucnv_open(lower.c_str(), &status));
  if (converter == nullptr || U_FAILURE(status)) {
    return Error(
        Code::kConfigValue,
        "\"" + Printable(name, 60) +
            "\" is not an encoding: expected one such as utf-8, utf-16, gb18030, gbk, big5, shift_jis, "
            "euc-jp, euc-kr, iso-8859-1, windows-1252 or cp037");
  }
  const UConverterType type = ucnv_getType(converter.get());
  const bool table = type == UCNV_SBCS || type == UCNV_LATIN_1 || type == UCNV_US_ASCII ||
                     type == UCNV_MBCS || type == UCNV_DBCS;
  return CharsetName{table ? CharsetKind::kTable : CharsetKind::kConverter, lower, lower};
}

Result<Converter> OpenConverter(const CharsetName& name) {
  UErrorCode status = U_ZERO_ERROR;
  Converter converter(ucnv_open(name.icu.c_str(), &status));
  if (U_SUCCESS(status)) {
    ucnv_setToUCallBack(converter.get(), UCNV_TO_U_CALLBACK_STOP, nullptr, nullptr, nullptr, &status);
  }
  if (U_FAILURE(status)) {
    return Error(Code::kConfigValue,
                 "the encoding " + name.name + " cannot be opened: " + u_errorName(status));
  }
  return converter;
}

Result<CharsetTable> MakeCharsetTable(const CharsetName& name, bool& suits) {
  CROSSBILL_TRY(Converter converter, OpenConverter(name));
  CharsetTable table;
  FillSingles(converter.get(), table);
  const bool is_single = ucnv_getMaxCharSize(converter.get()) == 1;
  suits =
      is_single || (table.is_ascii && (ucnv_getMaxCharSize(converter.get()) == 2 || name.name == "gb18030"));
  if (!suits) {
    return table;
  }
  if (table.is_ascii) {
    // ICU's tables of IBM exchange a few control characters; in files they stand for themselves.
    for (std::uint16_t byte = 0; byte < 0x80; ++byte) {
      table.single[byte] = byte;
    }
  }
  if (is_single) {
    for (std::uint16_t& unit : table.single) {
      // What Microsoft's code pages leave undefined is no text of them.
      unit =
          table.is_ascii && IsControl(unit) && !name.icu.starts_with("iso") ? CharsetTable::kInvalid : unit;
    }
    return table;
  }
  UErrorCode status = U_ZERO_ERROR;
  ucnv_setToUCallBack(converter.get(), UCNV_TO_U_CALLBACK_SUBSTITUTE, nullptr, nullptr, nullptr, &status);
  TableFiller filler(converter.get());
  FillPairs(filler, table);
  return table;
}

Result<std::vector<std::uint16_t>> MakeQuads(const CharsetName& name) {
  constexpr std::size_t kBelowSupplementary = 39420;  // 0x8130'8130 to 0x8431'A439
  CROSSBILL_TRY(Converter converter, OpenConverter(name));
  UErrorCode status = U_ZERO_ERROR;
  ucnv_setToUCallBack(converter.get(), UCNV_TO_U_CALLBACK_SUBSTITUTE, nullptr, nullptr, nullptr, &status);
  std::string sequences;
  for (std::size_t ordinal = 0; ordinal < kBelowSupplementary; ++ordinal) {
    sequences += static_cast<char>(0x81 + ordinal / 12600);
    sequences += static_cast<char>(0x30 + ordinal / 1260 % 10);
    sequences += static_cast<char>(0x81 + ordinal / 10 % 126);
    sequences += static_cast<char>(0x30 + ordinal % 10);
  }
  return TableFiller(converter.get()).Fill(sequences, kBelowSupplementary, 4);
}

}  // namespace crossbill
