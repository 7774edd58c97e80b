#include "transforms/reconcile/ties.h"

#include <algorithm>

#include "crossbill/v1/document_decision.pb.h"
#include "transforms/reconcile/state_keys.h"

namespace crossbill::transforms {
namespace {

constexpr std::size_t kLeastNumberLength = 4;  // as with records that are one document

void AddNumber(std::string_view number, std::vector<Tie>& ties) {
  if (number.size() >= kLeastNumberLength) {
    ties.push_back("#" + std::string(number));
  }
}

void AddMentioned(const std::vector<Mention>& mentions, std::vector<Tie>& ties) {
  for (const Mention& mention : mentions) {
    AddNumber(mention.number, ties);
  }
}

void AddDecided(const SourceDocument& document, std::vector<Tie>& ties) {
  v1::RecordDecisions decided;
  decided.ParseFromString(document.decisions);  // it was read when it was stored
  for (const v1::DocumentDecision& decision : decided.decisions()) {
    for (const v1::RecordPair& pair : decision.pairs()) {
      for (const v1::SourceRef& record : {pair.left(), pair.right()}) {
        ties.push_back(OwnTie(RecordSuffix(document.kind, record.system(), record.stream(), record.key())));
      }
    }
  }
}

}  // namespace

std::vector<Tie> TiesOf(const SourceDocument& document) {
  std::vector<Tie> ties;
  AddNumber(document.number, ties);
  AddNumber(document.tracking, ties);
  AddMentioned(document.mentions, ties);
  for (const DocumentLine& line : document.lines) {
    AddMentioned(line.mentions, ties);
  }
  for (const LoggedPrice& price : document.price_changes) {
    AddMentioned(price.mentions, ties);
  }
  if (!document.decisions.empty()) {
    AddDecided(document, ties);
  }
  const RecordRef& record = document.record;
  std::erase(ties, OwnTie(RecordSuffix(document.kind, record.system, record.stream, record.key)));
  std::sort(ties.begin(), ties.end());
  ties.erase(std::unique(ties.begin(), ties.end()), ties.end());
  return ties;
}

Tie OwnTie(std::string_view record) { return "=" + std::string(record.substr(1)); }

std::vector<std::string> RecordsOfOwnTie(std::string_view tie) {
  std::vector<std::string> records;
  for (int kind = v1::Document::Kind_MIN; kind <= v1::Document::Kind_MAX; ++kind) {
    std::string& record = records.emplace_back(1, static_cast<char>('0' + kind));
    record += tie.substr(1);
  }
  return records;
}

}  // namespace crossbill::transforms
