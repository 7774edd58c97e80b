#include "connectors/mapping/scope.h"

namespace crossbill::mapping {
namespace {

ExprPtr ResolveChild(const Scope& row, std::string_view name, TypePool& pool) {
  if (row.children == nullptr) {
    return nullptr;
  }
  for (std::size_t i = 0; i < row.children->size(); ++i) {
    const connectors::Child& child = (*row.children)[i];
    if (child.name == name) {
      // A child without columns has dynamic elements.
      const Type element = child.schema.size() == 0 ? kDynType : Type{Kind::kRecord, nullptr, &child.schema};
      return MakeChild(static_cast<int>(i), child.name, pool.ListOf(element));
    }
  }
  return nullptr;
}

ExprPtr ResolveInRow(const Scope& row, std::string_view name, TypePool& pool) {
  if (row.schema == nullptr) {
    ExprPtr otherwise = ResolveChild(row, name, pool);
    if (otherwise == nullptr && row.target != nullptr && !row.target->IsList(name)) {
      otherwise = row.target->Value(name);
    }
    return MakeDynamicColumn(std::string(name), std::move(otherwise));
  }
  const int index = row.schema->Find(name);
  if (index >= 0) {
    return MakeColumn(index, row.schema->columns()[static_cast<std::size_t>(index)]);
  }
  ExprPtr child = ResolveChild(row, name, pool);
  return child != nullptr || row.target == nullptr || row.target->IsList(name) ? std::move(child)
                                                                               : row.target->Value(name);
}

ExprPtr ResolveInElement(const Scope& element, std::string_view name, TypePool& pool) {
  if (!element.name.empty() && element.name == name) {
    return MakeLocal(element.slot, element.value_type);
  }
  const Type& type = element.value_type;
  if (type.kind == Kind::kRecord && type.schema != nullptr) {
    const int index = type.schema->Find(name);
    return index >= 0
               ? MakeLocalColumn(element.slot, index, type.schema->columns()[static_cast<std::size_t>(index)])
               : Resolve(*element.outer, name, pool);
  }
  ExprPtr outer = Resolve(*element.outer, name, pool);
  if (type.kind == Kind::kDyn || type.kind == Kind::kMap || type.kind == Kind::kRecord) {
    return MakeDynamicLocalColumn(element.slot, std::string(name), std::move(outer));
  }
  return outer;
}

}  // namespace

ExprPtr Resolve(const Scope& scope, std::string_view name, TypePool& pool) {
  switch (scope.type) {
    case Scope::Type::kRow:
      return ResolveInRow(scope, name, pool);
    case Scope::Type::kElement:
      return ResolveInElement(scope, name, pool);
    case Scope::Type::kVariable:
      break;
  }
  return scope.name == name ? MakeLocal(scope.slot, scope.value_type) : Resolve(*scope.outer, name, pool);
}

const Scope* ParentOf(const Scope& scope) {
  const Scope* s = &scope;
  while (s != nullptr && s->type == Scope::Type::kVariable) {
    s = s->outer;
  }
  return s != nullptr && s->type == Scope::Type::kElement ? s->outer : nullptr;
}

std::vector<std::string> NamesIn(const Scope& scope) {
  std::vector<std::string> names;
  for (const Scope* s = &scope; s != nullptr; s = s->outer) {
    if (!s->name.empty()) {
      names.push_back(s->name);
    }
    const Schema* schema = s->type == Scope::Type::kRow ? s->schema : s->value_type.schema;
    for (std::size_t i = 0; schema != nullptr && i < schema->size(); ++i) {
      names.push_back(schema->columns()[i].name);
    }
    for (std::size_t i = 0; s->children != nullptr && i < s->children->size(); ++i) {
      names.push_back((*s->children)[i].name);
    }
  }
  return names;
}

}  // namespace crossbill::mapping
