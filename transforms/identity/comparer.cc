#include "transforms/identity/comparer.h"

namespace crossbill::transforms {
namespace {

std::string RuleOf(const std::vector<EvidenceOf>& parts) {
  for (const std::string_view field : {"identifier", "tax_id", "email"}) {
    for (const EvidenceOf& part : parts) {
      if (part.field == field && part.weight > 0) {
        return part.field;
      }
    }
  }
  return "score";
}

}  // namespace

void FillEvidence(const Comparer& comparer, const Cleaned& left, const Cleaned& right, v1::RecordLink& link) {
  const std::vector<EvidenceOf> parts = comparer.Explain(left, right);
  link.set_rule(RuleOf(parts));
  link.set_model(comparer.version());
  int weight = 0;
  for (const EvidenceOf& one : parts) {
    v1::EvidencePart* part = link.add_parts();
    part->set_field(one.field);
    part->set_level(one.level);
    part->set_weight(one.weight);
    part->set_left_value(one.left);
    part->set_right_value(one.right);
    weight += one.weight;
  }
  link.set_weight(weight);
}

}  // namespace crossbill::transforms
