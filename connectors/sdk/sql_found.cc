#include "connectors/sdk/sql_found.h"

#include <algorithm>
#include <set>

namespace crossbill::connectors {
namespace {

std::string Lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return out;
}

// The fewest leading columns, at most three, that tell the sampled rows apart.
std::vector<std::string> GuessKey(const FoundStream& found) {
  for (std::size_t n = 1; n <= 3 && n <= found.schema.size() && found.samples.size() > 1; ++n) {
    std::set<std::vector<std::string>> distinct;
    bool empty = false;
    for (const auto& sample : found.samples) {
      distinct.emplace(sample.begin(), sample.begin() + static_cast<std::ptrdiff_t>(n));
      empty = empty || sample[0].empty();
    }
    if (!empty && distinct.size() == found.samples.size()) {
      std::vector<std::string> key;
      for (std::size_t i = 0; i < n; ++i) {
        key.push_back(found.schema.columns()[i].name);
      }
      return key;
    }
  }
  return {};
}

bool Starts(const std::vector<std::string>& longer, const std::vector<std::string>& shorter) {
  return !shorter.empty() && longer.size() > shorter.size() &&
         std::equal(shorter.begin(), shorter.end(), longer.begin());
}

void LinkDeclared(std::vector<FoundStream>& found, const std::vector<SqlForeignKey>& links) {
  for (const SqlForeignKey& link : links) {
    const auto child =
        std::find_if(found.begin(), found.end(), [&](const FoundStream& f) { return f.name == link.child; });
    const auto parent =
        std::find_if(found.begin(), found.end(), [&](const FoundStream& f) { return f.name == link.parent; });
    // Lines only: a foreign key inside the child's own key, behind which more follows.
    if (child == found.end() || parent == found.end() || child->key.size() < 2 ||
        child->key[0] != link.child_column) {
      continue;
    }
    const std::string column =
        link.parent_column.empty() && !parent->key.empty() ? parent->key[0] : link.parent_column;
    parent->children.push_back({child->name, link.child_column, column});
  }
}

}  // namespace

bool LooksLikeCursor(std::string_view column) {
  const std::string name = Lower(column);
  for (const std::string_view word : {"updated", "modified", "changed", "lastmod", "last_mod", "mtime"}) {
    if (name.find(word) != std::string::npos) {
      return true;
    }
  }
  return name == "aedat" || name == "laeda" || name == "rowversion" || name == "write_date";
}

void CompleteFound(std::vector<FoundStream>& found, const std::vector<SqlForeignKey>& links) {
  for (FoundStream& stream : found) {
    if (stream.key.empty()) {
      stream.key = GuessKey(stream);
    }
    for (const auto& column : stream.schema.columns()) {
      if (LooksLikeCursor(column.name)) {
        stream.cursor.push_back(column.name);
      }
    }
  }
  LinkDeclared(found, links);
  for (FoundStream& child : found) {
    const bool linked = std::any_of(found.begin(), found.end(), [&](const FoundStream& f) {
      return std::any_of(f.children.begin(), f.children.end(),
                         [&](const auto& link) { return link.child == child.name; });
    });
    std::vector<FoundStream*> parents;
    for (FoundStream& parent : found) {
      if (!linked && parent.key.size() == 1 && Starts(child.key, parent.key)) {
        parents.push_back(&parent);
      }
    }
    // Several tables share the name of the key (vbak, likp, vbrk): the one whose values meet the child's.
    for (FoundStream* parent : parents) {
      const auto meets = [&] {
        for (const auto& sample : child.samples) {
          const int column = parent->schema.Find(parent->key[0]);
          for (const auto& other : parent->samples) {
            if (other[static_cast<std::size_t>(column)] ==
                sample[static_cast<std::size_t>(child.schema.Find(child.key[0]))]) {
              return true;
            }
          }
        }
        return false;
      };
      if (parents.size() == 1 || meets()) {
        parent->children.push_back({child.name, child.key[0], parent->key[0]});
        break;
      }
    }
  }
}

}  // namespace crossbill::connectors
