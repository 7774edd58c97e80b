// Reading and writing protobuf's wire format field by field, for the hot paths that look at a few fields of a
// message and carry the rest as it is. Views point into the given bytes. Any thread. Bytes that are no
// message end with ok() false, never with a crash.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace crossbill::transforms {

enum class WireType : std::uint8_t { kVarint = 0, kFixed64 = 1, kBytes = 2, kFixed32 = 5 };

class WireReader {
 public:
  explicit WireReader(std::string_view message) : rest_(message) {}
  // The next field; false at the end and at a defect (then ok() is false).
  bool Next();
  bool ok() const { return ok_; }
  std::uint32_t field() const { return field_; }
  WireType type() const { return type_; }
  std::uint64_t varint() const { return varint_; }   // of kVarint
  std::string_view bytes() const { return bytes_; }  // of kBytes
  bool IsBytes(std::uint32_t field) const { return field_ == field && type_ == WireType::kBytes; }
  bool IsVarint(std::uint32_t field) const { return field_ == field && type_ == WireType::kVarint; }

 private:
  bool Fail();
  bool TakeVarint(std::uint64_t& value);
  bool Skip(std::uint64_t length);

  std::string_view rest_;
  std::string_view bytes_;
  std::uint64_t varint_ = 0;
  std::uint32_t field_ = 0;
  WireType type_ = WireType::kVarint;
  bool ok_ = true;
};

void AppendVarint(std::string& out, std::uint64_t value);
// Takes one off the front; false at the end of the bytes and at a defect.
bool TakeVarint(std::string_view& bytes, std::uint64_t& value);
// As proto3 does: an empty or zero field is not written.
void AppendBytesField(std::string& out, std::uint32_t field, std::string_view bytes);
void AppendVarintField(std::string& out, std::uint32_t field, std::uint64_t value);
// A length and the bytes: parts of state keys, so that no part can run into the next.
void AppendPart(std::string& out, std::string_view part);
// Takes a part off the front; false when there is none.
bool TakePart(std::string_view& rest, std::string_view& part);

}  // namespace crossbill::transforms
