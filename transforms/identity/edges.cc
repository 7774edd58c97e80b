#include "transforms/identity/edges.h"

#include <algorithm>
#include <string>
#include <utility>

#include "transforms/identity/codec.h"
#include "transforms/sdk/wire.h"

namespace crossbill::transforms {
namespace {

constexpr char kEdges = 'e';  // first letter of the state's keys
constexpr std::uint64_t kMostRelations = 31;
constexpr int kDocumentsAt = 6;

auto Find(std::vector<StoredEdge>& edges, std::uint64_t other) {
  return std::find_if(edges.begin(), edges.end(),
                      [&](const StoredEdge& edge) { return edge.other == other; });
}

}  // namespace

void Edges::AddKeysOf(std::uint64_t number, std::vector<std::string>& keys) {
  keys.push_back(StateKey(kEdges, number));
}

Result<std::vector<StoredEdge>> Edges::Of(std::uint64_t number) {
  CROSSBILL_TRY(const auto stored, state_->Get(StateKey(kEdges, number)));
  std::vector<StoredEdge> edges;
  if (!stored) {
    return edges;
  }
  std::string_view rest = *stored;
  // The last number: one bit for a contradiction, five for the relation and one, above them the documents.
  for (std::uint64_t other = 0, kind = 0; TakeVarint(rest, other);) {
    std::int64_t weight = 0;
    if (!TakeSigned(rest, weight) || !TakeVarint(rest, kind)) {
      return DamagedState("edges");
    }
    edges.push_back({other, static_cast<int>(weight), (kind & 1) != 0,
                     static_cast<int>(kind >> 1 & kMostRelations) - 1,
                     static_cast<int>(kind >> kDocumentsAt)});
  }
  return edges;
}

void Edges::Write(std::uint64_t number, const std::vector<StoredEdge>& edges) {
  if (edges.empty()) {
    return state_->Delete(StateKey(kEdges, number));
  }
  std::string bytes;
  for (const StoredEdge& edge : edges) {
    AppendVarint(bytes, edge.other);
    AppendSigned(bytes, edge.weight);
    AppendVarint(bytes, static_cast<std::uint64_t>(edge.documents) << kDocumentsAt |
                            static_cast<std::uint64_t>(edge.relation + 1) << 1 | (edge.contradicted ? 1 : 0));
  }
  state_->Put(StateKey(kEdges, number), bytes);
}

Status Edges::Add(std::uint64_t number, const std::vector<StoredEdge>& edges) {
  for (const StoredEdge& edge : edges) {
    bool changed = false;
    StoredEdge side = edge;
    side.other = number;
    CROSSBILL_RETURN_IF_ERROR(SetSide(edge.other, side, changed));
  }
  if (!edges.empty()) {
    Write(number, edges);
  }
  return Ok();
}

Result<std::vector<StoredEdge>> Edges::Take(std::uint64_t number) {
  CROSSBILL_TRY(std::vector<StoredEdge> edges, Of(number));
  for (const StoredEdge& edge : edges) {
    bool changed = false;
    CROSSBILL_RETURN_IF_ERROR(RemoveSide(edge.other, number, changed));
  }
  if (!edges.empty()) {
    Write(number, {});
  }
  return edges;
}

Status Edges::Set(std::uint64_t left, std::uint64_t right, const Weighed& weighed, bool& changed) {
  CROSSBILL_TRY(const int documents, DocumentsOf(left, right));
  changed = false;
  return documents > 0 ? Ok() : SetBoth(left, right, weighed, 0, changed);
}

Status Edges::SetAttested(std::uint64_t left, std::uint64_t right, const Weighed& weighed, int documents) {
  bool changed = false;
  return SetBoth(left, right, weighed, documents, changed);
}

Status Edges::SetBoth(std::uint64_t left, std::uint64_t right, const Weighed& weighed, int documents,
                      bool& changed) {
  StoredEdge edge{right, weighed.weight, weighed.contradicted, weighed.relation, documents};
  CROSSBILL_RETURN_IF_ERROR(SetSide(left, edge, changed));
  edge.other = left;
  return changed ? SetSide(right, edge, changed) : Ok();
}

Result<int> Edges::DocumentsOf(std::uint64_t left, std::uint64_t right) {
  CROSSBILL_TRY(std::vector<StoredEdge> edges, Of(left));
  const auto found = Find(edges, right);
  return found == edges.end() ? 0 : found->documents;
}

Status Edges::Remove(std::uint64_t left, std::uint64_t right, bool& changed) {
  CROSSBILL_RETURN_IF_ERROR(RemoveSide(left, right, changed));
  return changed ? RemoveSide(right, left, changed) : Ok();
}

Status Edges::SetSide(std::uint64_t number, const StoredEdge& edge, bool& changed) {
  CROSSBILL_TRY(std::vector<StoredEdge> edges, Of(number));
  const auto found = Find(edges, edge.other);
  changed = found == edges.end() || *found != edge;
  if (!changed) {
    return Ok();
  }
  if (found == edges.end()) {
    edges.push_back(edge);
  } else {
    *found = edge;
  }
  Write(number, edges);
  return Ok();
}

Status Edges::RemoveSide(std::uint64_t number, std::uint64_t other, bool& changed) {
  CROSSBILL_TRY(std::vector<StoredEdge> edges, Of(number));
  const auto found = Find(edges, other);
  changed = found != edges.end();
  if (changed) {
    edges.erase(found);
    Write(number, edges);
  }
  return Ok();
}

Status Edges::Clear() { return DeleteAll(*state_, kEdges); }

}  // namespace crossbill::transforms
