// Text: decoding of the encodings that old systems write, and normalisation.
// All text inside Crossbill is valid UTF-8. Functions are pure; any thread.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace crossbill {

bool IsValidUtf8(std::string_view bytes);
// Bytes for people: invalid ones as \xNN, control characters escaped, cut at `limit` bytes with an ellipsis.
std::string Printable(std::string_view bytes, std::size_t limit = 200);

// A decoder of one encoding. Not thread-safe: one a reader.
// Names: utf-8, utf-16, utf-16le, utf-16be, gb18030, gbk (= gb2312), big5, cp932 (= shift_jis, sjis,
// windows-31j), euc-jp, euc-kr, cp949, iso-8859-1 … -15, windows-1250 … -1258, cp037 and other EBCDIC pages,
// us-ascii; case and '-', '_' do not matter.
class Decoder {
 public:
  static Result<Decoder> Open(std::string_view encoding);
  Decoder(Decoder&&) noexcept;
  Decoder& operator=(Decoder&&) noexcept;
  ~Decoder();

  // Appends the UTF-8 of `bytes` to `out`; kEncoding at the first invalid sequence, with its byte offset in
  // the message (what was decoded before it is in `out`). `bytes` is a whole text, such as a row: a cut
  // sequence at its end is invalid.
  Status Decode(std::string_view bytes, std::string& out);
  const std::string& name() const;
  // True where bytes below 0x80 always stand for themselves, so that a line may be split at '\n' before it is
  // decoded (UTF-8, GB18030, GBK, EUC, ISO-8859, CP932 and Big5 for '\n' and '\r'); false for UTF-16 and
  // EBCDIC.
  bool newline_is_safe() const;

 private:
  struct Impl;
  explicit Decoder(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// Normalisation, for comparing and not for showing.
std::string Nfkc(
    std::string_view utf8);  // compatibility form: full width to half width, half-width kana to full width
std::string CaseFold(std::string_view utf8);
std::string StripMarks(std::string_view utf8);  // é to e, ß stays; Latin, Greek and Cyrillic only (kana keep
                                                // their voicing marks)
std::string CollapseSpace(std::string_view utf8);  // any white space to one blank, none at the ends
std::string HiraganaToKatakana(std::string_view utf8);
std::string TraditionalToSimplified(std::string_view utf8);
// The form in which names are compared: Nfkc, CaseFold, StripMarks, letters and digits only, others one
// blank.
std::string FoldForMatching(std::string_view utf8);

// A telephone number in E.164 ("+8613826728850"), by libphonenumber; `country` is the ISO 3166 code to assume
// when there is no prefix. An extension is dropped. Nothing when it is no possible number.
std::optional<std::string> PhoneToE164(std::string_view text, std::string_view country);
// Lower case, trimmed; nothing when it has not the shape of an address.
std::optional<std::string> NormaliseEmail(std::string_view text);

// The nearest of `candidates` for "did you mean", or nothing when none is near.
std::optional<std::string> Nearest(std::string_view word, const std::vector<std::string>& candidates);

}  // namespace crossbill
