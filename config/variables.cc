#include "config/variables.h"

#include <fmt/format.h>

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <sstream>

#include "base/text.h"

namespace crossbill::config {
namespace {

constexpr std::uintmax_t kMaxFile = 64 * 1024;

bool IsNameStart(char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_'; }
bool IsName(std::string_view name) {
  if (name.empty() || !IsNameStart(name.front())) {
    return false;
  }
  for (const char c : name) {
    if (!IsNameStart(c) && !(c >= '0' && c <= '9')) {
      return false;
    }
  }
  return true;
}

class Environment final : public Variables {
 public:
  // The copies live as long as this object: the process may change its environment.
  const std::string* Find(std::string_view name) const override {
    const std::lock_guard lock(mutex_);
    const auto known = values_.find(name);
    if (known != values_.end()) {
      return &known->second;
    }
    const std::string key(name);
    const char* value = std::getenv(key.c_str());
    return value == nullptr ? nullptr : &values_.emplace(key, value).first->second;
  }

 private:
  mutable std::mutex mutex_;
  mutable std::map<std::string, std::string, std::less<>> values_;
};

std::optional<std::string> ReadSmallFile(std::string_view path, std::string_view directory,
                                         std::string& why) {
  std::filesystem::path full{std::string(path)};
  if (full.is_relative()) {
    full = std::filesystem::path(std::string(directory)) / full;
  }
  std::error_code error;
  if (!std::filesystem::is_regular_file(full, error)) {
    why = fmt::format("there is no file \"{}\"", Printable(path));
    return std::nullopt;
  }
  const std::uintmax_t size = std::filesystem::file_size(full, error);
  if (error || size > kMaxFile) {
    why = fmt::format("the file \"{}\" is larger than {} KiB", Printable(path), kMaxFile / 1024);
    return std::nullopt;
  }
  std::ifstream in(full, std::ios::binary);
  std::ostringstream content;
  content << in.rdbuf();
  if (!in) {
    why = fmt::format("the file \"{}\" cannot be read; look at its rights", Printable(path));
    return std::nullopt;
  }
  std::string text = content.str();
  if (!text.empty() && text.back() == '\n') {
    text.pop_back();
    if (!text.empty() && text.back() == '\r') {
      text.pop_back();
    }
  }
  if (!IsValidUtf8(text)) {
    why = fmt::format("the file \"{}\" is not UTF-8 text", Printable(path));
    return std::nullopt;
  }
  return text;
}

class Expander {
 public:
  Expander(std::string_view text, const Variables& variables, std::string_view directory)
      : text_(text), variables_(variables), directory_(directory) {}

  Expansion Run() {
    std::size_t at = 0;
    while (at < text_.size()) {
      const std::size_t found = text_.find("${", at);
      if (found == std::string_view::npos) {
        break;
      }
      if (found > at && text_[found - 1] == '$') {
        Copy(text_.substr(at, found - 1 - at));
        Copy("${");
        at = found + 2;
        ++index_;
        continue;
      }
      Copy(text_.substr(at, found - at));
      const std::size_t close = text_.find('}', found);
      if (close == std::string_view::npos) {
        Fail("\"${\" is not closed with \"}\"; write \"$${\" for the characters themselves");
        at = found;
        break;
      }
      Reference(text_.substr(found + 2, close - found - 2));
      at = close + 1;
      ++index_;
    }
    Copy(text_.substr(at));
    return std::move(result_);
  }

 private:
  void Copy(std::string_view part) {
    result_.text += part;
    result_.written += part;
  }
  void Fail(std::string message) { result_.failures.push_back({index_, std::move(message)}); }
  void Take(std::string_view value) {
    result_.text += value;
    result_.has_secret = true;
  }

  void Reference(std::string_view inside) {
    if (inside.substr(0, 5) == "file:") {
      result_.written += fmt::format("${{{}}}", inside);
      std::string why;
      const std::optional<std::string> content = ReadSmallFile(inside.substr(5), directory_, why);
      content ? Take(*content) : Fail(fmt::format("${{file:…}}: {}", why));
      return;
    }
    const std::size_t dash = inside.find(":-");
    const std::string_view name = inside.substr(0, dash);
    result_.written += fmt::format("${{{}{}}}", name, dash == std::string_view::npos ? "" : ":-…");
    if (!IsName(name)) {
      Fail(
          fmt::format("\"{}\" is not the name of a variable (letters, digits and _); write \"$${{\" for the "
                      "characters \"${{\"",
                      Printable(name, 60)));
      return;
    }
    if (dash != std::string_view::npos && inside.find("${", dash) != std::string_view::npos) {
      Fail(fmt::format("the default of ${{{}}} holds another ${{…}}; a default is plain text", name));
      return;
    }
    const std::string* value = variables_.Find(name);
    if (value != nullptr && !(value->empty() && dash != std::string_view::npos)) {
      IsValidUtf8(*value) ? Take(*value) : Fail(fmt::format("the variable {} is not UTF-8 text", name));
    } else if (dash != std::string_view::npos) {
      result_.text += inside.substr(dash + 2);
    } else {
      Fail(fmt::format("the variable {} is not set; set it, or write a default: ${{{}:-default}}", name,
                       name));
    }
  }

  std::string_view text_;
  const Variables& variables_;
  std::string_view directory_;
  std::size_t index_ = 0;
  Expansion result_;
};

}  // namespace

std::unique_ptr<Variables> ProcessEnvironment() { return std::make_unique<Environment>(); }

Expansion Expand(std::string_view text, const Variables& variables, std::string_view directory) {
  return Expander(text, variables, directory).Run();
}

}  // namespace crossbill::config
