// What all requests have in common: page sizes, page tokens and resource names. Errors are kRequestField and
// kPageToken with the field's name as their place. Pure; any thread.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

#include "base/result.h"

namespace google::protobuf {
class Message;
}

namespace crossbill::facade {

// 0 is `usual`, more than `most` is `most`, less than 0 is an error.
Result<std::size_t> PageSize(std::int32_t asked, std::size_t usual, std::size_t most);

// A position, bound to all arguments of the request but page_size and page_token.
std::string MakePageToken(const google::protobuf::Message& request, std::string_view position);
// The position; empty for an empty token.
Result<std::string> ReadPageToken(const google::protobuf::Message& request, std::string_view token);

// "customers/x" for the collections {"customers/"}; with `record`, also "SYSTEM/STREAM/KEY".
Status CheckName(std::string_view field, std::string_view name,
                 std::initializer_list<std::string_view> collections, bool record);
// The same for the name of a document of any kind.
Status CheckDocumentName(std::string_view field, std::string_view name, bool record);

}  // namespace crossbill::facade
