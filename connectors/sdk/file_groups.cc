#include "connectors/sdk/file_groups.h"

namespace crossbill::connectors {

std::string PatternOf(const std::string& path) {
  std::string out;
  const std::size_t name = path.rfind('/') + 1;
  for (std::size_t i = 0; i < path.size(); ++i) {
    const bool digit = path[i] >= '0' && path[i] <= '9';
    if (i < name) {
      out = out.empty() || out.back() == '/' ? out + "*" : out;
      out += path[i] == '/' ? "/" : "";
    } else if (!digit || i + 4 >= path.size()) {
      out += path[i];
    } else if (out.empty() || out.back() != '*') {
      out += "*";
    }
  }
  return out;
}

std::string NameOfGroup(const std::string& pattern) {
  std::string name = pattern.substr(pattern.rfind('/') + 1);
  name = name.substr(0, name.rfind('.'));
  std::erase_if(name, [](char c) { return c == '*'; });
  while (!name.empty() && (name.back() == '-' || name.back() == '_')) {
    name.pop_back();
  }
  return name.empty() ? "rows" : name;
}

std::map<std::string, FoundFile> NewestOfEachGroup(const std::vector<FoundFile>& files) {
  std::map<std::string, FoundFile> newest;
  for (const FoundFile& file : files) {
    newest[PatternOf(file.path)] = file;
  }
  return newest;
}

}  // namespace crossbill::connectors
