#include "config/find_key.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <google/protobuf/descriptor.h>

#include <algorithm>
#include <optional>
#include <set>

#include "base/text.h"
#include "config/fields.h"

namespace crossbill::config {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

constexpr std::size_t kMaxListed = 24;

std::vector<std::string> KeysOf(const Surrounding& place) {
  std::vector<std::string> keys;
  for (const Descriptor* message : place.messages) {
    for (int i = 0; i < message->field_count(); ++i) {
      std::string key = KeyOf(*message->field(i));
      if (std::find(keys.begin(), keys.end(), key) == keys.end()) {
        keys.push_back(std::move(key));
      }
    }
  }
  return keys;
}

// The path below `message` of the nested message that has the key, found breadth first.
std::optional<std::string> FindBelow(const Surrounding& place, const std::string& key) {
  struct Candidate {
    const Descriptor* message;
    std::string path;
  };
  std::vector<Candidate> queue;
  std::set<const Descriptor*> seen;
  for (const Descriptor* message : place.messages) {
    queue.push_back({message, ""});
    seen.insert(message);
  }
  for (std::size_t next = 0; next < queue.size(); ++next) {
    const Candidate candidate = queue[next];
    if (!candidate.path.empty() && FieldOf(*candidate.message, key) != nullptr) {
      return candidate.path;
    }
    for (int i = 0; i < candidate.message->field_count(); ++i) {
      const FieldDescriptor& field = *candidate.message->field(i);
      const Descriptor* nested = NestedType(field);
      if (nested != nullptr && seen.insert(nested).second) {
        queue.push_back(
            {nested, candidate.path.empty() ? PathOf(field) : candidate.path + "." + PathOf(field)});
      }
    }
  }
  return std::nullopt;
}

}  // namespace

std::string ExplainUnknownKey(const std::string& key, const std::vector<Surrounding>& around) {
  const Surrounding& here = around.back();
  std::string out = fmt::format("unknown key \"{}\"", Printable(key, 60));
  if (!here.path.empty()) {
    out += " in " + here.path;
  }
  const std::vector<std::string> keys = KeysOf(here);
  if (const std::optional<std::string> below = FindBelow(here, key)) {
    return out + fmt::format("; it belongs under \"{}\"", *below);
  }
  for (std::size_t i = around.size() - 1; i-- > 0;) {
    const std::vector<std::string> outer = KeysOf(around[i]);
    if (std::find(outer.begin(), outer.end(), key) != outer.end()) {
      return out + (around[i].path.empty() ? std::string("; it belongs to the top level of the file")
                                           : fmt::format("; it belongs under \"{}\"", around[i].path));
    }
  }
  if (const std::optional<std::string> near = Nearest(key, keys)) {
    return out + fmt::format("; did you mean \"{}\"?", *near);
  }
  if (keys.size() <= kMaxListed) {
    return out + fmt::format("; expected one of {}", fmt::join(keys, ", "));
  }
  return out;
}

}  // namespace crossbill::config
