// binary-float (file): how much a pair counts in training
#include "runtime/labelled_pairs.h"

#include <gtest/gtest.h>

#include "crossbill/v1/party.pb.h"
#include "runtime/linkage_files.h"

namespace crossbill::runtime {
namespace {

v1::SourceRef Ref(const std::string& key) {
  v1::SourceRef record;
  record.set_system("crm");
  record.set_stream("clients");
  record.set_key(key);
  return record;
}

v1::Decision Of(v1::Decision::Verdict verdict,
                const std::vector<std::pair<std::string, std::string>>& pairs) {
  v1::Decision decision;
  decision.set_verdict(verdict);
  for (const auto& [left, right] : pairs) {
    *decision.add_pairs()->mutable_left() = Ref(left);
    *decision.mutable_pairs()->rbegin()->mutable_right() = Ref(right);
  }
  return decision;
}

class LabelledPairsTest : public testing::Test {
 protected:
  LabelledPairsTest() {
    for (const char* key : {"a", "b", "c", "d"}) {
      v1::Party party;
      party.set_name(key);
      records_.Add(model_, party, std::string("crm/clients/") + key, "crm");
    }
  }
  linkage::Model model_ = ReadModel("person").value();
  linkage::Records records_{model_};
};

TEST_F(LabelledPairsTest, TheNewestThatHoldsCounts) {
  v1::Decision undone = Of(v1::Decision::FORBID, {{"a", "b"}});
  undone.set_undone(true);
  const auto pairs = LabelledPairs(
      {Of(v1::Decision::FORBID, {{"c", "d"}}), Of(v1::Decision::CONFIRM, {{"b", "a"}}),
       Of(v1::Decision::CONFIRM, {{"d", "c"}}), undone, Of(v1::Decision::CONFIRM, {{"a", "unknown"}})},
      records_);
  ASSERT_EQ(pairs.size(), 2u);
  EXPECT_TRUE(pairs[0].same);
  EXPECT_TRUE(pairs[1].same);
  EXPECT_EQ(pairs[0].left + pairs[0].right, 1u);
}

TEST_F(LabelledPairsTest, ALargeDecisionIsNotAsManyAsItsPairs) {
  const auto pairs = LabelledPairs(
      {Of(v1::Decision::FORBID, {{"a", "b"}, {"a", "c"}, {"a", "d"}, {"b", "c"}, {"b", "d"}, {"c", "d"}})},
      records_);
  ASSERT_EQ(pairs.size(), 6u);
  EXPECT_DOUBLE_EQ(pairs[0].weight, 4.0 / 6);
  EXPECT_FALSE(pairs[0].same);
}

}  // namespace
}  // namespace crossbill::runtime
