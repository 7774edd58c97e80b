#include "transforms/identity/attested.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace crossbill::transforms {
namespace {

constexpr std::string_view kDocuments = "documents";
constexpr int kWeightOfCount = 300;  // hundredths of a bit

std::string RuleOf(const std::vector<EvidenceOf>& parts) {
  for (const std::string_view field :
       {std::string_view("identifier"), std::string_view("tax_id"), std::string_view("email"), kDocuments}) {
    for (const EvidenceOf& part : parts) {
      if (part.field == field && part.weight > 0) {
        return part.field;
      }
    }
  }
  return "score";
}

std::vector<EvidenceOf> PartsOf(const Comparer& comparer, const Cleaned& left, const Cleaned& right,
                                int documents) {
  std::vector<EvidenceOf> parts = comparer.Explain(left, right);
  if (documents > 0) {
    parts.push_back(
        {std::string(kDocuments), "counts " + std::to_string(documents), documents * kWeightOfCount, "", ""});
  }
  return parts;
}

int SumOf(const std::vector<EvidenceOf>& parts) {
  int sum = 0;
  for (const EvidenceOf& part : parts) {
    sum += part.weight;
  }
  return sum;
}

}  // namespace

Weighed WeighAttested(const Comparer& comparer, const Cleaned& left, const Cleaned& right, int documents) {
  Weighed weighed = comparer.Compare(left, right);
  weighed.weight = SumOf(PartsOf(comparer, left, right, documents));
  if (documents >= kExcusesFrom) {
    weighed.contradicted = weighed.forbidden;
  }
  return weighed;
}

void FillEvidence(const Comparer& comparer, const Cleaned& left, const Cleaned& right, int documents,
                  v1::RecordLink& link) {
  const std::vector<EvidenceOf> parts = PartsOf(comparer, left, right, documents);
  link.set_rule(RuleOf(parts));
  link.set_model(comparer.version());
  link.set_weight(SumOf(parts));
  for (const EvidenceOf& one : parts) {
    v1::EvidencePart* part = link.add_parts();
    part->set_field(one.field);
    part->set_level(one.level);
    part->set_weight(one.weight);
    part->set_left_value(one.left);
    part->set_right_value(one.right);
  }
}

int DocumentsOf(const v1::RecordLink& link) {
  for (const v1::EvidencePart& part : link.parts()) {
    if (part.field() == kDocuments) {
      return part.weight() / kWeightOfCount;
    }
  }
  return 0;
}

}  // namespace crossbill::transforms
