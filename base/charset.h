// What an encoding's name means and its tables of single and double bytes. Internal to base/decoder.cc. Any
// thread.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

struct UConverter;

namespace crossbill {

struct CloseConverter {
  void operator()(UConverter* converter) const;
};
using Converter = std::unique_ptr<UConverter, CloseConverter>;

enum class CharsetKind { kUtf8, kUtf16, kUtf16Le, kUtf16Be, kTable, kConverter };

struct CharsetName {
  CharsetKind kind;
  std::string name;  // "gb18030", as it stands in messages
  std::string icu;   // ICU's name of the table
};

// Nothing where the encoding is unknown.
Result<CharsetName> FindCharset(std::string_view name);

// ICU's converter, which stops at invalid bytes.
Result<Converter> OpenConverter(const CharsetName& name);

// Made once an Open of ICU's tables; then independent of ICU, since a table is several times as fast as a
// converter.
struct CharsetTable {
  static constexpr std::uint16_t kInvalid = 0xFFFF;
  std::array<std::uint16_t, 256> single;  // kInvalid: none, or the first of two bytes
  std::vector<std::uint16_t> pairs;  // by first × 256 + second; 0 where there is none; empty for single bytes
  bool is_ascii = false;             // bytes below 0x80 stand for themselves
};

// GB18030's four bytes below U+10000 by their ordinal; 0 where there is none. Rare, so made when the first
// one is met.
Result<std::vector<std::uint16_t>> MakeQuads(const CharsetName& name);

// False in `suits` for an encoding that one or two bytes a character do not describe.
Result<CharsetTable> MakeCharsetTable(const CharsetName& name, bool& suits);

}  // namespace crossbill
