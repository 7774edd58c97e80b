#include "base/secret.h"

#include <algorithm>
#include <array>

namespace crossbill {
namespace {

constexpr std::string_view kHidden = "***";
constexpr std::array<std::string_view, 9> kKeys = {"password", "passwd", "passphrase", "pwd",  "secret",
                                                   "api_key",  "apikey", "access_key", "token"};

char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

bool StartsWithKey(std::string_view text, std::string_view key) {
  return text.size() >= key.size() &&
         std::equal(key.begin(), key.end(), text.begin(), [](char k, char c) { return k == Lower(c); });
}

void ReplaceAll(std::string& text, const std::string& what) {
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + kHidden.size())) {
    text.replace(at, what.size(), kHidden);
  }
}

// Where the value of `key` begins: after '=' or ':' and the quotes and blanks around it; npos where there is
// none.
std::size_t ValueStart(std::string_view text, std::size_t at) {
  if (at < text.size() && (text[at] == '"' || text[at] == '\'')) {
    ++at;
  }
  while (at < text.size() && text[at] == ' ') {
    ++at;
  }
  if (at >= text.size() || (text[at] != '=' && text[at] != ':')) {
    return std::string_view::npos;
  }
  ++at;
  while (at < text.size() && text[at] == ' ') {
    ++at;
  }
  return at;
}

std::size_t ValueEnd(std::string_view text, std::size_t start) {
  const char first = start < text.size() ? text[start] : ' ';
  if (first == '"' || first == '\'' || first == '{') {
    const char close = first == '{' ? '}' : first;
    std::size_t end = start + 1;
    while (end < text.size() && text[end] != close) {
      end += text[end] == '\\' ? 2 : 1;
    }
    return std::min(end + 1, text.size());
  }
  return std::min(text.find_first_of(" ;&,\t\r\n)\"'", start), text.size());
}

std::string HideValues(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const auto key = std::find_if(kKeys.begin(), kKeys.end(), [&](std::string_view candidate) {
      return StartsWithKey(text.substr(at), candidate);
    });
    if (key == kKeys.end()) {
      out += text[at++];
      continue;
    }
    const std::size_t start = ValueStart(text, at + key->size());
    const std::size_t end = start == std::string_view::npos ? start : ValueEnd(text, start);
    if (start == std::string_view::npos || end == start) {
      out.append(text.substr(at, key->size()));
      at += key->size();
      continue;
    }
    out.append(text.substr(at, start - at)).append(kHidden);
    at = end;
  }
  return out;
}

// "postgres://user:password@host/db" to "postgres://***@host/db".
std::string HideUsers(std::string_view text) {
  std::string out;
  std::size_t at = 0;
  for (std::size_t scheme = text.find("://"); scheme != std::string_view::npos;
       scheme = text.find("://", at)) {
    const std::size_t user = scheme + 3;
    const std::size_t end = std::min(text.find_first_of("/?# \t\r\n\"'<>", user), text.size());
    const std::size_t sign = text.substr(user, end - user).rfind('@');
    out.append(text.substr(at, user - at));
    at = user;
    if (sign != std::string_view::npos) {
      out.append(kHidden);
      at = user + sign;
    }
  }
  return out.append(text.substr(at));
}

}  // namespace

std::string Redact(std::string_view text, const std::vector<Secret>& secrets) {
  std::vector<const std::string*> longest_first;
  for (const Secret& secret : secrets) {
    if (secret.Reveal().size() >= 4) {
      longest_first.push_back(&secret.Reveal());
    }
  }
  std::sort(longest_first.begin(), longest_first.end(),
            [](const std::string* a, const std::string* b) { return a->size() > b->size(); });
  std::string out(text);
  for (const std::string* secret : longest_first) {
    ReplaceAll(out, *secret);
  }
  return HideValues(HideUsers(out));
}

}  // namespace crossbill
