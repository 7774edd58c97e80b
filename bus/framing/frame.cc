#include "bus/framing/frame.h"

#include <google/protobuf/descriptor.h>

#include <optional>
#include <vector>

namespace crossbill::bus {
namespace {

constexpr std::size_t kIdEnd = 5;  // the zero and the id

void AppendZigzag(std::uint32_t number, std::string& out) {
  std::uint64_t rest = std::uint64_t{number} * 2;
  for (; rest >= 0x80; rest >>= 7) {
    out.push_back(static_cast<char>(rest | 0x80));
  }
  out.push_back(static_cast<char>(rest));
}

// Takes a zigzag varint off; nothing when there is none that is a place in a file.
std::optional<std::uint32_t> TakeZigzag(std::string_view& bytes) {
  std::uint64_t number = 0;
  for (unsigned shift = 0; shift < 35 && !bytes.empty(); shift += 7) {
    const auto byte = static_cast<unsigned char>(bytes.front());
    bytes.remove_prefix(1);
    number |= std::uint64_t{byte & 0x7fu} << shift;
    if (byte < 0x80) {
      return number % 2 == 0 ? std::optional(static_cast<std::uint32_t>(number / 2)) : std::nullopt;
    }
  }
  return std::nullopt;
}

}  // namespace

std::string FrameFor(std::int32_t schema_id, const google::protobuf::Descriptor& message) {
  std::vector<std::uint32_t> path;
  for (const auto* part = &message; part != nullptr; part = part->containing_type()) {
    path.insert(path.begin(), static_cast<std::uint32_t>(part->index()));
  }
  std::string frame(1, '\0');
  for (int shift = 24; shift >= 0; shift -= 8) {
    frame.push_back(static_cast<char>(static_cast<std::uint32_t>(schema_id) >> shift));
  }
  if (path.size() == 1 && path.front() == 0) {
    frame.push_back('\0');
    return frame;
  }
  AppendZigzag(static_cast<std::uint32_t>(path.size()), frame);
  for (const std::uint32_t index : path) {
    AppendZigzag(index, frame);
  }
  return frame;
}

std::string_view WithoutFrame(std::string_view value) {
  if (value.size() <= kIdEnd || value.front() != '\0') {
    return value;
  }
  std::string_view rest = value.substr(kIdEnd);
  const auto count = TakeZigzag(rest);
  if (!count) {
    return value;
  }
  for (std::uint32_t i = 0; i < *count; ++i) {
    if (!TakeZigzag(rest)) {
      return value;
    }
  }
  return rest;
}

}  // namespace crossbill::bus
