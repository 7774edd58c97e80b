#include "connectors/mapping/type.h"

namespace crossbill::mapping {
namespace {

std::string_view KindName(Kind kind) {
  return kind == Kind::kDyn ? "dyn" : connectors::NameOf(static_cast<ValueType>(kind));
}
static_assert(static_cast<int>(Kind::kRecord) == static_cast<int>(ValueType::kRecord),
              "kinds begin with the types of values");

}  // namespace

std::string NameOf(const Type& type) {
  std::string name(KindName(type.kind));
  if (type.kind == Kind::kList) {
    name += "<" + NameOf(ElementOf(type)) + ">";
  }
  return name;
}

std::string NamesOf(Kinds kinds) {
  if (kinds == kAny) {
    return "any value";
  }
  std::string names;
  for (int i = static_cast<int>(Kind::kRecord); i > 0; --i) {
    const Kind kind = static_cast<Kind>(i);
    if ((kinds & Bit(kind)) == 0) {
      continue;
    }
    kinds = static_cast<Kinds>(kinds & ~Bit(kind));
    std::string name(KindName(kind));
    names = names.empty() ? name : name + (names.find(' ') == std::string::npos ? " or " : ", ") + names;
  }
  return names;
}

bool Same(const Type& a, const Type& b) {
  if (a.kind != b.kind || a.schema != b.schema) {
    return false;
  }
  return a.kind != Kind::kList || Same(ElementOf(a), ElementOf(b));
}

const Type& ElementOf(const Type& list) { return list.element != nullptr ? *list.element : kDynType; }

Type OfColumn(ValueType type) { return type == ValueType::kNull ? kDynType : Type{static_cast<Kind>(type)}; }

const Type* TypePool::Keep(const Type& type) {
  types_.push_back(type);
  return &types_.back();
}

Type TypePool::Join(const Type& a, const Type& b) {
  if (a.kind == Kind::kNull || Same(a, b)) {
    return b;
  }
  if (b.kind == Kind::kNull) {
    return a;
  }
  const Kinds both = Bit(a.kind) | Bit(b.kind);
  if (both == kNumber) {
    return kDecimalType;
  }
  if (both == kList) {
    return ListOf(Join(ElementOf(a), ElementOf(b)));
  }
  return kDynType;
}

}  // namespace crossbill::mapping
