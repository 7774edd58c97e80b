#include "config/node.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

namespace crossbill::config {

std::string Problem::ToString() const {
  return fmt::format("{}:{}:{}: {}: {} [{}]", file, at.line, at.column,
                     severity == Severity::kError ? "error" : "warning", message, InfoOf(code).id);
}

bool Problems::HasErrors() const {
  return std::any_of(list_.begin(), list_.end(),
                     [](const Problem& p) { return p.severity == Problem::Severity::kError; });
}

void Problems::Sort() {
  std::stable_sort(list_.begin(), list_.end(), [](const Problem& a, const Problem& b) {
    return std::tie(a.file, a.at.line, a.at.column) < std::tie(b.file, b.at.line, b.at.column);
  });
}

std::string Problems::ToString() const {
  std::string out;
  for (const Problem& problem : list_) {
    out += problem.ToString();
    out += '\n';
  }
  return out;
}

const Node* Node::Find(std::string_view key) const {
  for (const Entry& entry : entries) {
    if (entry.key == key) {
      return &entry.value;
    }
  }
  return nullptr;
}

std::string Node::Shown() const { return has_secret ? written : scalar; }

}  // namespace crossbill::config
