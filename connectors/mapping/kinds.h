// The canonical messages by the names that `publish:` uses. Any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace google::protobuf {
class Descriptor;
}

namespace crossbill::mapping {

const google::protobuf::Descriptor* DescriptorOfKind(std::string_view kind);  // nullptr for an unknown kind
std::vector<std::string> NamesOfKinds();

}  // namespace crossbill::mapping
