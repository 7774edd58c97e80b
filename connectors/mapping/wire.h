// Writing of the protobuf wire format. One thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace crossbill::mapping {

class Wire {
 public:
  void Clear() { bytes_.clear(); }
  std::string_view bytes() const { return bytes_; }
  std::size_t size() const { return bytes_.size(); }
  // Takes back what was written since the size was `size`.
  void Truncate(std::size_t size) { bytes_.resize(size); }

  void Varint(std::uint64_t value) {
    while (value >= 0x80) {
      bytes_ += static_cast<char>(value | 0x80);
      value >>= 7;
    }
    bytes_ += static_cast<char>(value);
  }
  void VarintField(int number, std::uint64_t value) {
    Varint(static_cast<std::uint64_t>(number) << 3);
    Varint(value);
  }
  void TextField(int number, std::string_view text) {
    Varint(static_cast<std::uint64_t>(number) << 3 | 2);
    Varint(text.size());
    bytes_ += text;
  }
  // A nested message, or a text that is appended piece by piece: Begin, then its bytes, then End with what
  // Begin gave.
  std::size_t Begin(int number) {
    Varint(static_cast<std::uint64_t>(number) << 3 | 2);
    bytes_ += '\0';
    return bytes_.size();
  }
  void End(std::size_t begin) {
    std::size_t length = bytes_.size() - begin;
    if (length < 0x80) {
      bytes_[begin - 1] = static_cast<char>(length);
      return;
    }
    char prefix[10];
    std::size_t n = 0;
    for (; length >= 0x80; length >>= 7) {
      prefix[n++] = static_cast<char>(length | 0x80);
    }
    prefix[n++] = static_cast<char>(length);
    bytes_.replace(begin - 1, 1, prefix, n);
  }
  std::string& raw() { return bytes_; }

 private:
  std::string bytes_;
};

}  // namespace crossbill::mapping
