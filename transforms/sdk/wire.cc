#include "transforms/sdk/wire.h"

namespace crossbill::transforms {
namespace {

constexpr std::uint32_t kGroupStart = 3;

// The bytes that were read, 0 for a defect.
std::size_t ReadVarint(std::string_view bytes, std::uint64_t& value) {
  value = 0;
  for (std::size_t i = 0; i < bytes.size() && i < 10; ++i) {
    const auto byte = static_cast<std::uint8_t>(bytes[i]);
    value |= static_cast<std::uint64_t>(byte & 0x7F) << (7 * i);
    if (byte < 0x80) {
      return i + 1;
    }
  }
  return 0;
}

}  // namespace

bool WireReader::Fail() {
  ok_ = false;
  rest_ = {};
  return false;
}

bool WireReader::TakeVarint(std::uint64_t& value) {
  const std::size_t read = ReadVarint(rest_, value);
  if (read == 0) {
    return Fail();
  }
  rest_.remove_prefix(read);
  return true;
}

bool WireReader::Skip(std::uint64_t length) {
  if (length > rest_.size()) {
    return Fail();
  }
  bytes_ = rest_.substr(0, static_cast<std::size_t>(length));
  rest_.remove_prefix(static_cast<std::size_t>(length));
  return true;
}

bool WireReader::Next() {
  if (rest_.empty()) {
    return false;
  }
  std::uint64_t tag = 0;
  if (!TakeVarint(tag)) {
    return false;
  }
  field_ = static_cast<std::uint32_t>(tag >> 3);
  const auto type = static_cast<std::uint32_t>(tag & 7);
  if (field_ == 0 || (tag >> 3) > 0x1FFFFFFF || type == kGroupStart) {
    return Fail();
  }  // proto3 has no groups
  type_ = static_cast<WireType>(type);
  switch (type_) {
    case WireType::kVarint:
      return TakeVarint(varint_);
    case WireType::kFixed64:
      return Skip(8);
    case WireType::kFixed32:
      return Skip(4);
    case WireType::kBytes: {
      std::uint64_t length = 0;
      return TakeVarint(length) && Skip(length);
    }
  }
  return Fail();
}

bool TakeVarint(std::string_view& bytes, std::uint64_t& value) {
  value = 0;
  for (int shift = 0; shift < 64 && !bytes.empty(); shift += 7) {
    const auto byte = static_cast<unsigned char>(bytes.front());
    bytes.remove_prefix(1);
    value |= static_cast<std::uint64_t>(byte & 0x7F) << shift;
    if ((byte & 0x80) == 0) {
      return true;
    }
  }
  return false;
}

void AppendVarint(std::string& out, std::uint64_t value) {
  while (value >= 0x80) {
    out.push_back(static_cast<char>(value | 0x80));
    value >>= 7;
  }
  out.push_back(static_cast<char>(value));
}

void AppendBytesField(std::string& out, std::uint32_t field, std::string_view bytes) {
  if (bytes.empty()) {
    return;
  }
  AppendVarint(out, (static_cast<std::uint64_t>(field) << 3) | static_cast<std::uint64_t>(WireType::kBytes));
  AppendVarint(out, bytes.size());
  out.append(bytes);
}

void AppendVarintField(std::string& out, std::uint32_t field, std::uint64_t value) {
  if (value == 0) {
    return;
  }
  AppendVarint(out, (static_cast<std::uint64_t>(field) << 3) | static_cast<std::uint64_t>(WireType::kVarint));
  AppendVarint(out, value);
}

void AppendPart(std::string& out, std::string_view part) {
  AppendVarint(out, part.size());
  out.append(part);
}

bool TakePart(std::string_view& rest, std::string_view& part) {
  std::uint64_t length = 0;
  const std::size_t read = ReadVarint(rest, length);
  if (read == 0 || length > rest.size() - read) {
    return false;
  }
  part = rest.substr(read, static_cast<std::size_t>(length));
  rest.remove_prefix(read + static_cast<std::size_t>(length));
  return true;
}

}  // namespace crossbill::transforms
