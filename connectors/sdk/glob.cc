#include "connectors/sdk/glob.h"

#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <utility>

#include "connectors/sdk/names.h"

namespace crossbill::connectors {
namespace {

namespace fs = std::filesystem;
constexpr std::size_t kMaxAlternatives = 256;

// "a{b,c}d" to "abd", "acd"; nested braces too.
void ExpandBraces(std::string_view pattern, std::vector<std::string>& out) {
  const std::size_t open = pattern.find('{');
  if (open == std::string_view::npos || out.size() >= kMaxAlternatives) {
    out.emplace_back(pattern);
    return;
  }
  int depth = 0;
  std::size_t from = open + 1;
  std::vector<std::string_view> parts;
  for (std::size_t at = open; at < pattern.size(); ++at) {
    depth += pattern[at] == '{' ? 1 : pattern[at] == '}' ? -1 : 0;
    if ((depth == 1 && pattern[at] == ',') || depth == 0) {
      parts.push_back(pattern.substr(from, at - from));
      from = at + 1;
    }
    if (depth == 0) {
      for (const std::string_view part : parts) {
        ExpandBraces(
            std::string(pattern.substr(0, open)) + std::string(part) + std::string(pattern.substr(at + 1)),
            out);
      }
      return;
    }
  }
  out.emplace_back(pattern);  // never closed: as it stands
}

bool MatchesName(std::string_view pattern, std::string_view name) {
  if (!name.empty() && name[0] == '.' && (pattern.empty() || pattern[0] != '.')) {
    return false;
  }
  std::size_t p = 0, n = 0, star = std::string_view::npos, resume = 0;
  while (n < name.size()) {
    if (p < pattern.size() && (pattern[p] == '?' || pattern[p] == name[n]) && pattern[p] != '*') {
      ++p;
      ++n;
    } else if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      resume = n;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      n = ++resume;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', p) == std::string_view::npos;
}

std::vector<std::string_view> Segments(std::string_view path) {
  std::vector<std::string_view> out;
  while (!path.empty()) {
    const std::size_t slash = path.find('/');
    const std::string_view part = path.substr(0, slash);
    if (!part.empty() && part != ".") {
      out.push_back(part);
    }
    path = slash == std::string_view::npos ? std::string_view() : path.substr(slash + 1);
  }
  return out;
}

bool MatchesSegments(const std::vector<std::string_view>& pattern, std::size_t p,
                     const std::vector<std::string_view>& path, std::size_t n) {
  if (p == pattern.size()) {
    return n == path.size();
  }
  if (pattern[p] == "**") {
    return MatchesSegments(pattern, p + 1, path, n) ||
           (n < path.size() && path[n][0] != '.' && MatchesSegments(pattern, p, path, n + 1));
  }
  return n < path.size() && MatchesName(pattern[p], path[n]) && MatchesSegments(pattern, p + 1, path, n + 1);
}

void AddFile(const fs::path& full, const std::string& relative, std::vector<FoundFile>& out) {
  struct stat info{};
  if (::stat(full.c_str(), &info) == 0 && S_ISREG(info.st_mode)) {
    out.push_back({relative, info.st_size, info.st_mtim.tv_sec * 1000000LL + info.st_mtim.tv_nsec / 1000});
  }
}

void Walk(const fs::path& folder, const std::string& relative, const std::vector<std::string_view>& pattern,
          std::size_t p, std::vector<FoundFile>& out) {
  std::error_code error;
  const bool any_depth = pattern[p] == "**";
  if (any_depth && p + 1 < pattern.size()) {
    Walk(folder, relative, pattern, p + 1, out);
  }
  for (fs::directory_iterator it(folder, fs::directory_options::skip_permission_denied, error), end;
       !error && it != end; it.increment(error)) {
    const std::string name = it->path().filename().string();
    if (!MatchesName(any_depth ? "*" : pattern[p], name)) {
      continue;
    }
    std::error_code ignored;
    const bool is_folder = it->is_directory(ignored) && !it->is_symlink(ignored);
    const std::string path = relative.empty() ? name : relative + "/" + name;
    if (is_folder && any_depth) {
      Walk(it->path(), path, pattern, p, out);
    } else if (is_folder && p + 1 < pattern.size()) {
      Walk(it->path(), path, pattern, p + 1, out);
    } else if (!is_folder && p + 1 == pattern.size()) {
      AddFile(it->path(), path, out);
    }
  }
}

}  // namespace

bool NaturallyLess(std::string_view a, std::string_view b) {
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  std::size_t i = 0, j = 0;
  while (i < a.size() && j < b.size()) {
    if (is_digit(a[i]) && is_digit(b[j])) {
      const std::size_t from_i = std::min(a.find_first_not_of('0', i), a.size()),
                        from_j = std::min(b.find_first_not_of('0', j), b.size());
      std::size_t end_i = from_i, end_j = from_j;
      while (end_i < a.size() && is_digit(a[end_i])) {
        ++end_i;
      }
      while (end_j < b.size() && is_digit(b[end_j])) {
        ++end_j;
      }
      if (end_i - from_i != end_j - from_j) {
        return end_i - from_i < end_j - from_j;
      }
      if (const int order = a.substr(from_i, end_i - from_i).compare(b.substr(from_j, end_j - from_j));
          order != 0) {
        return order < 0;
      }
      i = end_i;
      j = end_j;
      continue;
    }
    if (a[i] != b[j]) {
      return static_cast<unsigned char>(a[i]) < static_cast<unsigned char>(b[j]);
    }
    ++i;
    ++j;
  }
  return a.size() - i != b.size() - j ? a.size() - i < b.size() - j : a < b;
}

bool MatchesGlob(std::string_view pattern, std::string_view path) {
  std::vector<std::string> alternatives;
  ExpandBraces(pattern, alternatives);
  const auto segments = Segments(path);
  return std::any_of(alternatives.begin(), alternatives.end(), [&](const std::string& alternative) {
    return MatchesSegments(Segments(alternative), 0, segments, 0);
  });
}

std::string GlobProblem(std::string_view pattern) {
  if (pattern.empty()) {
    return "a pattern of file names is needed, such as \"*.csv\"";
  }
  if (pattern[0] == '/') {
    return "a pattern is relative to the source's folder, so it does not begin with \"/\"";
  }
  const auto segments = Segments(pattern);
  if (std::find(segments.begin(), segments.end(), "..") != segments.end()) {
    return "a pattern does not leave the source's folder with \"..\"";
  }
  int depth = 0;
  for (const char c : pattern) {
    depth += c == '{' ? 1 : c == '}' ? -1 : 0;
    if (depth < 0) {
      break;
    }
  }
  return depth == 0 ? "" : "a brace is not closed, or not opened: {a,b}";
}

Result<std::vector<FoundFile>> ListFiles(const std::string& folder, const std::string& pattern) {
  std::error_code error;
  if (!fs::is_directory(folder, error)) {
    return Error(Code::kSourceNoFile, fs::exists(folder, error) ? "\"" + folder + "\" is not a folder"
                                                                : "there is no folder \"" + folder + "\"");
  }
  if (const std::string problem = GlobProblem(pattern); !problem.empty()) {
    return Error(Code::kConfigValue, "\"" + pattern + "\": " + problem);
  }
  std::vector<std::string> alternatives;
  ExpandBraces(pattern, alternatives);
  std::vector<FoundFile> out;
  for (const std::string& alternative : alternatives) {
    const auto segments = Segments(alternative);
    if (!segments.empty()) {
      Walk(folder, "", segments, 0, out);
    }
  }
  std::sort(out.begin(), out.end(),
            [](const FoundFile& a, const FoundFile& b) { return NaturallyLess(a.path, b.path); });
  out.erase(std::unique(out.begin(), out.end(),
                        [](const FoundFile& a, const FoundFile& b) { return a.path == b.path; }),
            out.end());
  return out;
}

Error NoFile(const std::string& folder, const std::string& pattern) {
  constexpr std::size_t kLookedAt = 200;
  std::vector<std::string> names;
  const auto files = ListFiles(folder, "**/*");
  for (std::size_t i = 0; files.ok() && i < files->size() && i < kLookedAt; ++i) {
    names.push_back((*files)[i].path);
  }
  const Error error = NoSuchName("file", pattern, "\"" + folder + "\"", std::move(names));
  return Error(Code::kSourceNoFile, error.message());
}

}  // namespace crossbill::connectors
