#include "transforms/identity/learnt.h"

#include <absl/container/flat_hash_map.h>

#include <algorithm>
#include <utility>

#include "base/id.h"
#include "transforms/linkage/blocking_keys.h"
#include "transforms/linkage/explain.h"
#include "transforms/linkage/profile.h"
#include "transforms/linkage/scorer.h"
#include "transforms/linkage/training.h"

namespace crossbill::transforms {
namespace {

using Forms = std::vector<std::vector<std::string>>;

struct LearntRecord final : Cleaned {
  explicit LearntRecord(const Forms& forms) : profile(forms) {}
  explicit LearntRecord(linkage::OwnedProfile made) : profile(std::move(made)) {}
  linkage::OwnedProfile profile;
};

linkage::Profile Of(const Cleaned& record) { return static_cast<const LearntRecord&>(record).profile.view(); }

class Learnt final : public Comparer {
 public:
  Learnt(linkage::Model model, linkage::Weights weights, std::string_view version, std::string_view country)
      : model_(std::move(model)),
        weights_(std::move(weights)),
        country_(country),
        version_("learnt 3|" + std::string(version) + "|" + country_) {
    const linkage::ClusterRules& clusters = model_.clusters;
    rules_.clusters = {clusters.link, clusters.missing};
    rules_.keep = std::min(clusters.missing, clusters.review);
    rules_.connect = clusters.link;
    rules_.review = clusters.review;
    KeepRarities();
  }

  const std::string& version() const override { return version_; }
  const ResolutionRules& rules() const override { return rules_; }
  bool WeighsOdds() const override { return true; }

  CleanedPtr Clean(const v1::Party& party) const override {
    return MakeRecord(linkage::CleanForms(model_, party, country_));
  }
  std::string Encode(const Cleaned& record) const override {
    return static_cast<const LearntRecord&>(record).profile.Encode();
  }
  CleanedPtr Decode(std::string_view bytes) const override {
    Forms forms;
    return linkage::OwnedProfile::Decode(bytes, model_.fields.size(), forms) ? MakeRecord(forms) : nullptr;
  }

  CleanedPtr DecodeForIndex(std::string_view bytes) const override {
    auto profile = linkage::OwnedProfile::ForIndex(bytes, model_.fields.size());
    if (!profile) {
      return nullptr;
    }
    auto record = std::make_shared<LearntRecord>(*std::move(profile));
    SetRarities(*record);
    return record;
  }

  std::size_t BlockingRules() const override { return model_.blocks.size(); }
  std::size_t KeysOfRule(std::size_t rule) const override { return model_.blocks[rule].keys.size(); }
  std::size_t MostInBlock(std::size_t rule) const override { return model_.blocks[rule].most; }
  void AppendKeys(const Cleaned& record, std::size_t rule, std::size_t level, std::uint64_t key,
                  std::vector<std::uint64_t>& keys) const override {
    linkage::AppendBlockingKeys(model_.blocks[rule].keys[level], Of(record), key, keys);
  }

  linkage::OwnedOutline OutlineOf(const Cleaned& record) const override {
    return {Of(record), model_.fields.size()};
  }
  bool MayBeKept(const linkage::OwnedOutline& left, const linkage::OwnedOutline& right) const override {
    return scorer_.MayWeigh(left.view(), right.view(), rules_.keep);
  }

  Weighed Compare(const Cleaned& left, const Cleaned& right) const override {
    const auto score = scorer_.Weigh(Of(left), Of(right), rules_.keep);
    if (!score) {
      return {rules_.keep - 1, false};
    }
    const bool related =
        score->kind != linkage::kNoRelation && !weights_.same[static_cast<std::size_t>(score->kind)];
    return {score->Score(), false, related ? score->kind : -1};
  }
  std::string_view NameOfRelation(int relation) const override {
    return model_.relations[static_cast<std::size_t>(relation)].name;
  }
  std::vector<EvidenceOf> Explain(const Cleaned& left, const Cleaned& right) const override {
    std::vector<EvidenceOf> parts;
    for (linkage::ScorePart& part : linkage::ExplainScore(model_, weights_, Of(left), Of(right))) {
      parts.push_back({std::move(part.field), std::move(part.level), part.weight, std::move(part.left),
                       std::move(part.right)});
    }
    return parts;
  }

 private:
  CleanedPtr MakeRecord(const Forms& forms) const {
    auto record = std::make_shared<LearntRecord>(forms);
    SetRarities(*record);
    record->anchors = linkage::AnchorsOf(model_, record->profile.view());
    return record;
  }
  void SetRarities(LearntRecord& record) const {
    for (std::size_t field = 0; field < has_frequencies_.size(); ++field) {
      if (has_frequencies_[field]) {
        record.profile.SetRarities(field,
                                   [&](const linkage::Term& term) { return RarityOf(field, term.hash); });
      }
    }
  }

  // Weights::RarityOf, without the texts.
  void KeepRarities() {
    rarities_.resize(has_frequencies_.size());
    for (std::size_t field = 0; field < has_frequencies_.size(); ++field) {
      if (has_frequencies_[field]) {
        rarities_[field].of_others = weights_.RarityOf(field, "");  // which is never listed
        for (const auto& [value, share] : weights_.frequencies[field].of_values) {
          rarities_[field].of_values.emplace(HashOf(value), weights_.RarityOf(field, value));
        }
      }
    }
  }
  int RarityOf(std::size_t field, std::uint64_t hash) const {
    const auto found = rarities_[field].of_values.find(hash);
    return found == rarities_[field].of_values.end() ? rarities_[field].of_others : found->second;
  }

  struct Rarities {
    absl::flat_hash_map<std::uint64_t, int> of_values;  // by the hash of the text
    int of_others = 0;
  };

  linkage::Model model_;
  linkage::Weights weights_;
  linkage::Scorer scorer_{model_, weights_};
  std::vector<bool> has_frequencies_ = linkage::FieldsWithFrequencies(model_);
  std::vector<Rarities> rarities_;
  std::string country_;
  std::string version_;
  ResolutionRules rules_;
};

}  // namespace

std::unique_ptr<const Comparer> MakeLearnt(linkage::Model model, linkage::Weights weights,
                                           std::string_view version, std::string_view country) {
  return std::make_unique<Learnt>(std::move(model), std::move(weights), version, country);
}

}  // namespace crossbill::transforms
