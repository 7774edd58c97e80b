// For tests of mappings: a stream's YAML compiled, rows as lists of texts. Included by tests only.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "connectors/mapping/mapper.h"

namespace crossbill::mapping {

class NoVariables final : public config::Variables {
 public:
  const std::string* Find(std::string_view) const override { return nullptr; }
};

inline connectors::Schema TextSchema(const std::vector<std::string>& names) {
  std::vector<connectors::Schema::Column> columns;
  for (const std::string& name : names) {
    columns.push_back({name, connectors::ValueType::kText});
  }
  return connectors::Schema(std::move(columns));
}

// One stream in YAML: publish, key, map, when, require, lookups; also: [{name, publish, …}].
struct Stream {
  std::shared_ptr<const config::File> file;
  config::Problems problems;
  std::unique_ptr<Mapper> mapper;
  connectors::Schema schema;
  std::vector<connectors::Child> children;
  connectors::Arena arena{1u << 16};

  static PublicationSpec SpecOf(const config::Node& node, const std::string& name) {
    PublicationSpec spec;
    spec.name = name;
    spec.kind = node.Find("publish")->scalar;
    spec.key_node = node.Find("key");
    for (const config::Node& part : spec.key_node->items) {
      spec.key.push_back(part.scalar);
    }
    spec.map = node.Find("map");
    spec.require = node.Find("require");
    spec.when = node.Find("when");
    return spec;
  }

  void Compile(const std::string& yaml, bool dynamic = false, bool offline = false) {
    const NoVariables variables;
    file = config::ReadYaml("connectors/erp.yaml", yaml, variables, "", problems);
    ASSERT_NE(file, nullptr) << problems.ToString();
    MapperSpec spec;
    spec.system = "erp";
    spec.file = file.get();
    spec.time_zone = "Asia/Shanghai";
    spec.lookups = file->root.Find("lookups");
    spec.publications.push_back(SpecOf(file->root, "orders"));
    if (const config::Node* also = file->root.Find("also"); also != nullptr) {
      for (const config::Node& node : also->items) {
        spec.publications.push_back(SpecOf(node, node.Find("name")->scalar));
      }
    }
    mapper = Mapper::Compile(spec, offline || dynamic ? nullptr : &schema, offline ? nullptr : &children,
                             dynamic, problems);
  }

  connectors::Value Text(const char* text) {
    return text == nullptr ? connectors::Value() : connectors::Value::Text(arena.Copy(text));
  }
  std::span<const connectors::Value> Cells(const std::vector<const char*>& texts) {
    auto* cells = arena.New<connectors::Value>(texts.size());
    for (std::size_t i = 0; i < texts.size(); ++i) {
      cells[i] = Text(texts[i]);
    }
    return {cells, texts.size()};
  }
  connectors::Value Rows(const connectors::Schema& of, const std::vector<std::vector<const char*>>& rows) {
    auto* records = arena.New<connectors::Value>(rows.size());
    for (std::size_t i = 0; i < rows.size(); ++i) {
      records[i] = connectors::Value::Record(&of, Cells(rows[i]).data());
    }
    return connectors::Value::List({records, rows.size()});
  }
  const MapResult& Map(const std::vector<const char*>& texts,
                       const std::vector<std::vector<std::vector<const char*>>>& of_children = {}) {
    connectors::Row row;
    row.cells = Cells(texts).data();
    auto* lists = arena.New<connectors::Value>(of_children.size());
    for (std::size_t i = 0; i < of_children.size(); ++i) {
      lists[i] = Rows(children[i].schema, of_children[i]);
    }
    row.children = {lists, of_children.size()};
    return mapper->Map(row);
  }
};

}  // namespace crossbill::mapping
