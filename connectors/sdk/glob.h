// Files under a folder by a pattern, in natural order (extract-9 before extract-10). Pure functions of the
// file system; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace crossbill::connectors {

struct FoundFile {
  std::string path;  // relative to the folder, with '/'
  std::int64_t size = 0;
  std::int64_t modified = 0;  // microseconds since 1970
};

// '*' and '?' within a name, "**" for any folders, {a,b}. A leading dot is matched by a dot only.
bool MatchesGlob(std::string_view pattern, std::string_view path);
// Regular files that match; links to files are followed, links to folders are not. kSourceNoFile when
// the folder does not exist, kConfigValue for a pattern that leaves the folder.
Result<std::vector<FoundFile>> ListFiles(const std::string& folder, const std::string& pattern);
// What a person would call earlier: runs of digits are compared as numbers.
bool NaturallyLess(std::string_view a, std::string_view b);
// "" for a good pattern, else what is wrong with it.
std::string GlobProblem(std::string_view pattern);
// kSourceNoFile: nothing in the folder matches the pattern; what is there follows.
Error NoFile(const std::string& folder, const std::string& pattern);

}  // namespace crossbill::connectors
