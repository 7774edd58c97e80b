#include "base/code_points.h"

#include "base/utf8.h"

namespace crossbill {

CodePointsOf::CodePointsOf(std::string_view text) {
  if (text.size() > kOnStack) {
    heap_.resize(text.size());
    data_ = heap_.data();
  }
  for (std::size_t at = 0; at < text.size();) {
    const auto byte = static_cast<unsigned char>(text[at]);
    if (byte < 0x80) {
      data_[size_++] = byte;
      ++at;
    } else {
      data_[size_++] = NextCodePoint(text, at);
    }
  }
}

}  // namespace crossbill
