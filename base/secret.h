// A value that is never printed: a password, a token, a connection string with one.
#pragma once

#include <ostream>
#include <string>
#include <string_view>
#include <vector>

namespace crossbill {

// Any thread may read. Streams as "***"; Reveal() is for the one call that needs it.
class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string value) : value_(std::move(value)) {}
  const std::string& Reveal() const { return value_; }
  bool empty() const { return value_.empty(); }
  friend std::ostream& operator<<(std::ostream& out, const Secret&) { return out << "***"; }

 private:
  std::string value_;
};

// Replaces every occurrence of each secret (of four or more characters) in `text` by "***": for messages of
// libraries that repeat what they were given. Also hides `password=…` and the user part of a URL.
std::string Redact(std::string_view text, const std::vector<Secret>& secrets);

}  // namespace crossbill
