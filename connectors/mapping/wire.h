// Writing of the protobuf wire format. One thread.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

namespace crossbill::mapping {

class Wire {
 public:
  void Clear() { size_ = 0; }
  std::string_view bytes() const { return {memory_.data(), size_}; }
  std::size_t size() const { return size_; }
  // Takes back what was written since the size was `size`.
  void Truncate(std::size_t size) { size_ = size; }

  void VarintField(int number, std::uint64_t value) {
    char* to = Room(2 * kMaxVarint);
    Wrote(PutVarint(value, PutVarint(Tag(number, 0), to)));
  }
  void TextField(int number, std::string_view text) {
    char* to = Room(2 * kMaxVarint + text.size());
    to = PutVarint(text.size(), PutVarint(Tag(number, kBytes), to));
    Wrote(std::copy(text.begin(), text.end(), to));
  }
  // A field of what has a WriteTo and is short: a date, an instant, a decimal.
  template <class T>
  void WrittenField(int number, const T& value) {
    static_assert(T::kMaxChars < 0x80);  // its length is one byte
    char* const length = PutVarint(Tag(number, kBytes), Room(kMaxVarint + 1 + T::kMaxChars));
    char* const end = value.WriteTo(length + 1);
    *length = static_cast<char>(end - length - 1);
    Wrote(end);
  }
  // A nested message: Begin, then its bytes, then End with what Begin gave.
  std::size_t Begin(int number) {
    Wrote(PutVarint(Tag(number, kBytes), Room(kMaxVarint + 1)) + 1);
    return size_;
  }
  void End(std::size_t begin) {
    const std::size_t length = size_ - begin;
    if (length < 0x80) {
      memory_[begin - 1] = static_cast<char>(length);
      return;
    }
    char prefix[kMaxVarint];
    const auto more = static_cast<std::size_t>(PutVarint(length, prefix) - prefix) - 1;
    Room(more);
    char* const message = memory_.data() + begin;
    std::copy_backward(message, message + length, message + length + more);
    std::copy(prefix, prefix + more + 1, message - 1);
    size_ += more;
  }

 private:
  static constexpr std::size_t kMaxVarint = 10;
  static constexpr unsigned kBytes = 2;  // the wire type of texts and messages

  static std::uint64_t Tag(int number, unsigned type) {
    return static_cast<std::uint64_t>(number) << 3 | type;
  }
  static char* PutVarint(std::uint64_t value, char* to) {
    for (; value >= 0x80; value >>= 7) {
      *to++ = static_cast<char>(value | 0x80);
    }
    *to++ = static_cast<char>(value);
    return to;
  }
  // Where the next `more` bytes may be written.
  char* Room(std::size_t more) {
    if (memory_.size() - size_ < more) {
      memory_.resize(std::max(memory_.size() * 2, size_ + more));
    }
    return memory_.data() + size_;
  }
  void Wrote(const char* end) { size_ = static_cast<std::size_t>(end - memory_.data()); }

  std::string memory_;  // what is written, and room behind it
  std::size_t size_ = 0;
};

}  // namespace crossbill::mapping
