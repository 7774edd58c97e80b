#include "transforms/reconcile/number_index.h"

#include <algorithm>

#include "base/id.h"

namespace crossbill::transforms {

std::uint64_t NumberIndex::HashOfNumber(DocumentKind kind, std::string_view number) {
  return HashOf(number, static_cast<std::uint64_t>(kind) + 1);
}

void NumberIndex::Add(DocumentKind kind, std::string_view number, int document) {
  if (!number.empty()) {
    entries_.push_back({HashOfNumber(kind, number), document});
  }
}

void NumberIndex::Finish() {
  std::sort(entries_.begin(), entries_.end());
  entries_.erase(std::unique(entries_.begin(), entries_.end()), entries_.end());
}

std::size_t NumberIndex::LowerBound(std::uint64_t hash) const {
  const auto found =
      std::lower_bound(entries_.begin(), entries_.end(), hash,
                       [](const Entry& entry, std::uint64_t value) { return entry.hash < value; });
  return static_cast<std::size_t>(found - entries_.begin());
}

bool MayMean(v1::Reference::Type type, DocumentKind kind) {
  switch (kind) {
    case v1::Document::QUOTE:
      return type == v1::Reference::QUOTE || type == v1::Reference::OTHER;
    case v1::Document::ORDER:
      return type == v1::Reference::ORDER || type == v1::Reference::CUSTOMER_PO ||
             type == v1::Reference::MARKETPLACE_ORDER || type == v1::Reference::CONTRACT ||
             type == v1::Reference::OTHER;
    case v1::Document::SHIPMENT:
      return type == v1::Reference::SHIPMENT || type == v1::Reference::OTHER;
    case v1::Document::INVOICE:
      return type == v1::Reference::INVOICE || type == v1::Reference::OTHER;
    case v1::Document::PAYMENT:
      return type == v1::Reference::PAYMENT || type == v1::Reference::OTHER;
    default:
      return false;
  }
}

Resolver::Resolver(DocumentSpan documents, const Clusters& clusters)
    : documents_(documents), clusters_(clusters) {
  for (std::size_t i = 0; i < documents.size(); ++i) {
    const SourceDocument& document = *documents[i];
    numbers_.Add(document.kind, document.number, static_cast<int>(i));
    if (document.kind != v1::Document::ORDER) {
      continue;
    }
    for (const Mention& mention : document.mentions) {
      if (mention.type == v1::Reference::CUSTOMER_PO || mention.type == v1::Reference::MARKETPLACE_ORDER) {
        purchase_numbers_.Add(document.kind, mention.number, static_cast<int>(i));
      }
    }
  }
  numbers_.Finish();
  purchase_numbers_.Finish();
}

int Resolver::Resolve(DocumentKind kind, const Mention& mention, const SourceDocument& from) const {
  constexpr int kNone = -1;
  constexpr int kSeveral = -2;
  if (!MayMean(mention.type, kind)) {
    return kNone;
  }
  int same_system = kNone;
  int any = kNone;
  const auto add = [](int& known, int root) { known = known == kNone || known == root ? root : kSeveral; };
  const auto visit = [&](int document) {
    const SourceDocument& target = *documents_[static_cast<std::size_t>(document)];
    if (&target == &from) {
      return;
    }
    add(any, clusters_.Find(document));
    if (target.record.system == from.record.system) {
      add(same_system, clusters_.Find(document));
    }
  };
  numbers_.ForEach(kind, mention.number, visit);
  if (any == kNone && kind == v1::Document::ORDER) {
    purchase_numbers_.ForEach(kind, mention.number, visit);
  }
  if (same_system >= 0) {
    return same_system;
  }
  return any >= 0 ? any : kNone;
}

int Resolver::ResolveFirst(DocumentKind kind, const std::vector<Mention>& mentions,
                           const SourceDocument& from) const {
  for (const Mention& mention : mentions) {
    if (const int root = Resolve(kind, mention, from); root >= 0) {
      return root;
    }
  }
  return -1;
}

std::vector<int> Resolver::ResolveAll(DocumentKind kind, const SourceDocument& from) const {
  std::vector<int> roots;
  const auto add = [&](const std::vector<Mention>& mentions) {
    for (const Mention& mention : mentions) {
      if (const int root = Resolve(kind, mention, from); root >= 0) {
        roots.push_back(root);
      }
    }
  };
  add(from.mentions);
  for (const DocumentLine& line : from.lines) {
    add(line.mentions);
  }
  std::sort(roots.begin(), roots.end());
  roots.erase(std::unique(roots.begin(), roots.end()), roots.end());
  return roots;
}

}  // namespace crossbill::transforms
