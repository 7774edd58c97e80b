#include "transforms/identity/judged.h"

#include <algorithm>
#include <utility>

#include "base/id.h"
#include "transforms/identity/explain.h"
#include "transforms/identity/features.h"
#include "transforms/identity/score.h"

namespace crossbill::transforms {
namespace {

// Changes with what features or scores are made of.
constexpr std::string_view kVersion = "judged 4";
// Two clusters join only if their records agree with each other by this share of the threshold in the mean.
constexpr int kMeanShare = 3;
constexpr int kReviewShare = 2;  // from here on a pair is a question
constexpr std::size_t kMostInBlock = 50;

struct JudgedRecord final : Cleaned {
  v1::Party party;
  Features features;
};

const JudgedRecord& Of(const Cleaned& record) { return static_cast<const JudgedRecord&>(record); }

class Judged final : public Comparer {
 public:
  Judged(int threshold, std::string_view country)
      : country_(country),
        version_(std::string(kVersion) + "|" + std::to_string(threshold) + "|" + country_) {
    rules_.clusters = {threshold / kMeanShare, 0, threshold};
    rules_.connect = threshold;
    rules_.keep = rules_.review = threshold / kReviewShare;
    rules_.whole = true;
    rules_.most_in_block = kMostInBlock;
  }

  const std::string& version() const override { return version_; }
  const ResolutionRules& rules() const override { return rules_; }

  CleanedPtr Clean(const v1::Party& party) const override {
    auto record = std::make_shared<JudgedRecord>();
    record->party = party;
    record->features = MakeFeatures(party, country_);
    return record;
  }
  std::string Encode(const Cleaned& record) const override { return Of(record).party.SerializeAsString(); }
  CleanedPtr Decode(std::string_view bytes) const override {
    v1::Party party;
    return party.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())) ? Clean(party) : nullptr;
  }

  std::size_t BlockingRules() const override { return 1; }
  std::size_t KeysOfRule(std::size_t) const override { return 1; }
  void AppendKeys(const Cleaned& record, std::size_t, std::size_t, std::uint64_t key,
                  std::vector<std::uint64_t>& keys) const override {
    for (const std::string& block : Of(record).features.blocks) {
      keys.push_back(HashOf(block, key));
    }
  }

  Weighed Compare(const Cleaned& left, const Cleaned& right) const override {
    const Evidence evidence = transforms::Compare(Of(left).features, Of(right).features);
    return {evidence.weight, evidence.forbidden || evidence.contradicted, -1, evidence.forbidden};
  }
  std::vector<EvidenceOf> Explain(const Cleaned& left, const Cleaned& right) const override {
    return ExplainParts(Of(left).party, Of(left).features, Of(right).party, Of(right).features);
  }

 private:
  std::string country_;
  std::string version_;
  ResolutionRules rules_;
};

}  // namespace

std::unique_ptr<const Comparer> MakeJudged(int threshold, std::string_view country) {
  return std::make_unique<Judged>(threshold, country);
}

}  // namespace crossbill::transforms
