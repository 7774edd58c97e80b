#include "connectors/sdk/sql_spec.h"

#include <algorithm>

#include "config/reader.h"

namespace crossbill::connectors {
namespace {

void AddProblem(const config::File& file, const config::Node& at, Code code, std::string message,
                config::Problems& problems) {
  problems.Add({file.file, at.at, code, std::move(message)});
}

bool IsLookback(const std::string& text) {
  return text.empty() || std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; }) ||
         config::ParseDuration(text).ok();
}

void CheckChildren(const SqlStreamSpec& spec, const config::File& file, const config::Node& node,
                   config::Problems& problems) {
  const config::Node* children = node.Find("children");
  if (children == nullptr || !children->IsMapping()) {
    return;
  }
  for (const auto& entry : children->entries) {
    const config::Node* orphans = entry.value.Find("orphans");
    if (orphans != nullptr && orphans->scalar != "dead_letter" && orphans->scalar != "ignore") {
      AddProblem(file, *orphans, Code::kConfigValue,
                 "`orphans` is `dead_letter` or `ignore`, not \"" + orphans->scalar + "\"", problems);
    }
    const config::Node* on = entry.value.Find("on");
    if (on != nullptr && on->IsMapping() && on->entries.empty()) {
      AddProblem(file, *on, Code::kConfigValue,
                 "`on` needs at least one column: {child column: parent column}", problems);
    }
  }
  (void)spec;
}

}  // namespace

SqlStreamSpec MakeSqlSpec(const std::vector<std::string>& key, const std::string& table,
                          const std::string& query, const config::v1::SqlCursor* cursor,
                          const google::protobuf::Map<std::string, config::v1::SqlChild>& children) {
  SqlStreamSpec spec{table, query, key, {}, {}, {}};
  if (cursor != nullptr) {
    spec.cursor.assign(cursor->columns().begin(), cursor->columns().end());
    spec.lookback = cursor->lookback().empty() ? "10m" : cursor->lookback();
  }
  for (const auto& [name, child] : children) {
    SqlChildSpec out{name,
                     child.table(),
                     {child.on().begin(), child.on().end()},
                     {child.order_by().begin(), child.order_by().end()},
                     child.records_as().empty() ? child.table() : child.records_as(),
                     {child.key().begin(), child.key().end()},
                     child.orphans().empty() ? query.empty() : child.orphans() != "ignore"};
    std::sort(out.on.begin(), out.on.end());
    if (out.key.empty()) {
      for (const auto& [child_column, parent_column] : out.on) {
        out.key.push_back(child_column);
      }
      out.key.insert(out.key.end(), out.order_by.begin(), out.order_by.end());
    }
    spec.children.push_back(std::move(out));
  }
  std::sort(spec.children.begin(), spec.children.end(),
            [](const auto& a, const auto& b) { return a.name < b.name; });
  return spec;
}

void CheckSqlStream(const SqlStreamSpec& spec, const config::File& file, const config::Node& node,
                    config::Problems& problems) {
  if (spec.table.empty() == spec.query.empty()) {
    const config::Node* second = node.Find("query");
    AddProblem(file, second != nullptr ? *second : node,
               spec.table.empty() ? Code::kConfigMissing : Code::kConfigValue,
               spec.table.empty() ? "a stream needs `table` or `query`"
                                  : "a stream has `table` or `query`, not both",
               problems);
  }
  const config::Node* cursor = node.Find("cursor");
  if (cursor != nullptr && cursor->IsMapping()) {
    const config::Node* lookback = cursor->Find("lookback");
    if (lookback != nullptr && !IsLookback(lookback->scalar)) {
      AddProblem(file, *lookback, Code::kConfigValue,
                 "`lookback` is a duration like 10m, or a number for a numeric cursor, not \"" +
                     lookback->scalar + "\"",
                 problems);
    }
    const config::Node* columns = cursor->Find("columns");
    if (columns != nullptr && columns->IsSequence() && columns->items.empty()) {
      AddProblem(file, *columns, Code::kConfigValue, "a cursor needs at least one column", problems);
    }
  }
  CheckChildren(spec, file, node, problems);
}

std::string QuoteIdentifier(std::string_view name) {
  std::string out = "\"";
  for (const char c : name) {
    out += c == '"' ? "\"\"" : std::string(1, c);
  }
  return out + "\"";
}

std::string QuoteList(const std::vector<std::string>& names, std::string_view prefix) {
  std::string out;
  for (const std::string& name : names) {
    out += out.empty() ? "" : ", ";
    out.append(prefix).append(QuoteIdentifier(name));
  }
  return out;
}

}  // namespace crossbill::connectors
