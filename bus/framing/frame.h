// The Confluent wire format: what stands before the bytes of a protobuf message whose schema is in a
// registry.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace google::protobuf {
class Descriptor;
}

namespace crossbill::bus {

// 0x00, the schema's id (four bytes, big endian), and which message of its file it is: one byte 0x00 for the
// first one, else its path from the file down as zigzag varints, their number first.
std::string FrameFor(std::int32_t schema_id, const google::protobuf::Descriptor& message);

// The message without its frame. Bytes that do not begin with a frame are given as they are: no message
// begins with 0x00, because no field has the number 0.
std::string_view WithoutFrame(std::string_view value);

}  // namespace crossbill::bus
