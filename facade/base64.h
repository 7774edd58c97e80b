// Base 64 (RFC 4648): the standard alphabet with padding for Connect's details, the URL alphabet without for
// tokens. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace crossbill::facade {

std::string EncodeBase64(std::string_view bytes);
std::string EncodeBase64Url(std::string_view bytes);
// Either alphabet, with or without padding; nothing when it is neither.
std::optional<std::string> DecodeBase64(std::string_view text);

}  // namespace crossbill::facade
