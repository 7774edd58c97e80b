// binary-float (file): probabilities and similarities, of which integers of hundredths of a bit are made
#include "transforms/linkage/training.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <random>
#include <span>

#include "transforms/linkage/rivals.h"

namespace crossbill::linkage {
namespace {

constexpr double kRareRecords = 2;     // a value that more records have is listed with its frequency
constexpr double kSeldom = 0.002;      // no m is less: whatever may go wrong in a record does
constexpr double kLeastChance = 1e-6;  // no u is less: nothing is that telling
constexpr double kFewPairs = 10;       // from which a comparison is learnt
constexpr double kEvidence = 50;       // pairs, from which a looser level may weigh more than a closer one
constexpr std::size_t kRandomParts = 16;
constexpr std::size_t kBlocksOfPart = 4096;

// Most agree closely.
Distribution MostlyAgree(std::size_t levels) {
  constexpr double kExact = 0.85, kElse = 0.05;
  Distribution m(levels, levels > 2 ? (1 - kExact - kElse) / static_cast<double>(levels - 2) : 0);
  m.front() = levels > 2 ? kExact : 1 - kElse;
  m.back() = kElse;
  return m;
}

void Normalise(Distribution& distribution, double least) {
  double sum = 0;
  for (const double share : distribution) {
    sum += share;
  }
  double bounded = 0;
  for (double& share : distribution) {
    share = std::max(share / sum, least);
    bounded += share;
  }
  for (double& share : distribution) {
    share /= bounded;
  }
}

// Blocks of a rule that are visited together.
struct Part {
  std::size_t rule = 0;
  std::size_t first = 0;
  std::size_t last = 0;
};

class Trainer {
 public:
  Trainer(const Model& model, Records& records, const Blocks& blocks, const TrainingOptions& options)
      : model_(model), records_(records), blocks_(blocks), options_(options), u_(model.comparisons.size()) {
    for (const LabelledPair& pair : options.labelled) {
      if (pair.left != pair.right && !IsExcluded(pair.left, pair.right)) {
        labels_[std::minmax(pair.left, pair.right)] = pair;
        ++(pair.same ? result_.confirmed : result_.forbidden);
      }
    }
  }

  Training Run() {
    LearnFrequencies();
    ApplyFrequencies(model_, result_.weights, records_);
    LearnU();
    if (model_.clusters.one_to_one) {
      LearnFromRivals();
      return std::move(result_);
    }
    const std::vector<WeighedPattern> patterns = SampledCandidates();
    Mixture mixture = Estimate(patterns, AllPairs(), u_, Guesses(), nullptr, options_.for_each_part);
    LearnUWithoutMatches(mixture);
    mixture = Estimate(patterns, AllPairs(), u_, Guesses(), &mixture, options_.for_each_part);
    Keep(mixture);
    return std::move(result_);
  }

 private:
  void ForEach(std::size_t parts, const std::function<void(std::size_t)>& work) const {
    CallForEach(options_.for_each_part, parts, work);
  }

  void LearnFrequencies() {
    const std::vector<bool> wanted = FieldsWithFrequencies(model_);
    result_.weights.frequencies.resize(model_.fields.size());
    for (std::size_t field = 0; field < wanted.size(); ++field) {
      if (!wanted[field]) {
        continue;
      }
      const double all = RecordsWith(field);
      Frequencies& frequencies = result_.weights.frequencies[field];
      frequencies.of_others = AsPrinted(kRareRecords / std::max(all, kRareRecords));
      frequencies.same = AsPrinted(std::max(ChanceOfCommonValue(field, all), kLeastChance));
      for (const Records::Value& value : records_.values(field)) {
        if (value.records > kRareRecords) {
          frequencies.of_values.emplace(value.term.text, AsPrinted(value.records / all));
        }
      }
    }
  }

  void LearnU() {
    using Counts = std::vector<std::vector<std::uint64_t>>;
    Counts none;
    for (const Comparison& comparison : model_.comparisons) {
      none.emplace_back(comparison.LevelCount());
    }
    std::vector<Counts> parts(kRandomParts, none);
    ForEach(kRandomParts, [&](std::size_t part) { CountRandomPairs(part, parts[part]); });
    for (std::size_t c = 0; c < u_.size(); ++c) {
      u_[c].assign(none[c].size(), 0.5);
      for (const Counts& counts : parts) {
        for (std::size_t l = 0; l < u_[c].size(); ++l) {
          u_[c][l] += static_cast<double>(counts[c][l]);
        }
      }
      Normalise(u_[c], kLeastChance);
      if (model_.comparisons[c].levels.front().IsExact()) {
        u_[c].front() = ChanceOfSameValue(model_.comparisons[c].levels.front().conditions.front().field);
        Normalise(u_[c], kLeastChance);
      }
    }
  }

  void CountRandomPairs(std::size_t part, std::vector<std::vector<std::uint64_t>>& counts) const {
    std::mt19937_64 chance(options_.seed * kRandomParts + part);
    const std::uint64_t n = records_.size();
    for (std::size_t i = 0; n > 1 && i < options_.random_pairs / kRandomParts; ++i) {
      const auto a = static_cast<RecordNumber>(chance() % n), b = static_cast<RecordNumber>(chance() % n);
      if (a == b || IsExcluded(a, b) || IsLabelled(a, b)) {
        continue;
      }
      const Pattern pattern = Compare(model_, records_[a], records_[b]);
      for (std::size_t c = 0; c < counts.size(); ++c) {
        if (pattern.levels[c] != kNoLevel) {
          ++counts[c][static_cast<std::size_t>(pattern.levels[c])];
        }
      }
    }
  }

  bool IsExcluded(RecordNumber a, RecordNumber b) const {
    return model_.clusters.one_per_system && records_.system(a) == records_.system(b);
  }

  bool IsLabelled(RecordNumber a, RecordNumber b) const {
    return !labels_.empty() && labels_.contains(std::minmax(a, b));
  }

  // That two records picked at random have the same value; counted, where a sample would be rough.
  double ChanceOfSameValue(std::size_t field) const {
    double all = 0, same = 0;
    for (const Records::Value& value : records_.values(field)) {
      const double n = value.records;
      all += n;
      same += n * (n - 1);
    }
    return all > 1 ? same / (all * (all - 1)) : 0;
  }

  double RecordsWith(std::size_t field) const {
    double count = 0;
    for (RecordNumber record = 0; record < records_.size(); ++record) {
      count += records_[record].Has(field) ? 1 : 0;
    }
    return count;
  }

  // That two of the `having` records picked at random have a value in common. Where records have several
  // values, such as the beginnings of a text, one agreement brings others: there it is looked at in a sample,
  // unless it is too rare for that.
  double ChanceOfCommonValue(std::size_t field, double having) const {
    constexpr double kSeen = 100;
    double values = 0, same = 0;
    for (const Records::Value& value : records_.values(field)) {
      const double n = value.records;
      values += n;
      same += n * (n - 1);
    }
    const double summed = having > 1 ? same / (having * (having - 1)) : 0;
    if (values <= having) {
      return summed;
    }
    std::mt19937_64 chance(options_.seed);
    const std::uint64_t n = records_.size();
    double both = 0, common = 0;
    for (std::size_t i = 0; n > 1 && i < options_.random_pairs / kRandomParts; ++i) {
      const auto a = static_cast<RecordNumber>(chance() % n), b = static_cast<RecordNumber>(chance() % n);
      const Profile left = records_[a], right = records_[b];
      PairOfRecords pair(left, right);
      if (a != b && pair.BothHave(field)) {
        ++both;
        common += pair.Common(field) != nullptr ? 1 : 0;
      }
    }
    return common >= kSeen ? common / both : summed;
  }

  // Of rare values most who agree on them are the same or related: the chance that strangers do is what they
  // leave.
  void LearnUWithoutMatches(const Mixture& mixture) {
    for (std::size_t c = 0; c < u_.size(); ++c) {
      if (!model_.comparisons[c].levels.front().IsExact()) {
        continue;
      }
      double values = 0, explained = 0;
      for (const Records::Value& value :
           records_.values(model_.comparisons[c].levels.front().conditions.front().field)) {
        values += value.records;
      }
      for (const PairClass& pairs : mixture.classes) {
        explained += pairs.heard[c] * pairs.levels[c].front();
      }
      const double of = values * (values - 1) / 2;
      u_[c].front() = of > 0 ? std::max(u_[c].front() - explained / of, kLeastChance) : u_[c].front();
      Normalise(u_[c], kLeastChance);
    }
  }

  double AllPairs() const {
    std::map<std::uint32_t, double> of_system;
    const double n = static_cast<double>(records_.size());
    double all = n * (n - 1) / 2;
    if (model_.clusters.one_per_system) {
      for (RecordNumber record = 0; record < records_.size(); ++record) {
        all -= of_system[records_.system(record)]++;
      }
    }
    return std::max(all, 2.0);
  }

  // The pairs that meet, with how many pairs each pattern stands for.
  std::vector<WeighedPattern> SampledCandidates() {
    std::map<PatternKey, double> pairs;
    for (std::size_t rule = 0; rule < blocks_.rules(); ++rule) {
      const std::size_t blocks = blocks_.blocks(rule);
      PatternCounts counts(model_.comparisons.size());
      std::size_t visited = std::min(blocks, kBlocksOfPart);
      Count({rule, 0, visited}, counts);
      const std::size_t last = LastOfSample(visited, blocks, counts.pairs());
      const std::size_t parts = (last - visited + kBlocksOfPart - 1) / kBlocksOfPart;
      std::vector<PatternCounts> of_parts(parts, PatternCounts(model_.comparisons.size()));
      ForEach(parts, [&](std::size_t part) {
        const std::size_t first = visited + part * kBlocksOfPart;
        Count({rule, first, std::min(first + kBlocksOfPart, last)}, of_parts[part]);
      });
      for (const PatternCounts& part : of_parts) {
        counts.Add(part);
      }
      const double scale = last > 0 ? static_cast<double>(blocks) / static_cast<double>(last) : 1;
      for (const auto& [key, count] : counts.Sorted()) {
        pairs[key] += static_cast<double>(count) * scale;
      }
      result_.pairs.push_back(counts.pairs());
    }
    std::vector<WeighedPattern> patterns = Labelled();
    for (const auto& [key, count] : pairs) {
      patterns.push_back({key, count});
    }
    return patterns;
  }

  // What people decided of.
  std::vector<WeighedPattern> Labelled() const {
    std::vector<WeighedPattern> patterns;
    for (const auto& [numbers, pair] : labels_) {
      const Pattern pattern = Compare(model_, records_[pair.left], records_[pair.right]);
      patterns.push_back({PatternKey(pattern, model_.comparisons.size()), pair.weight,
                          pair.same ? Label::kSame : Label::kNotSame});
    }
    return patterns;
  }

  // Where a record has at most one partner, a pair of which one record has a better one is not the same,
  // however much it looks so: without that, all payments of one payer are taken for one. And relations are
  // learnt from those that are not: late payments were else taken for others of the same payer. Which pairs
  // are better depends on what was learnt, and so on, a few times.
  void LearnFromRivals() {
    constexpr int kMostTimes = 10;
    constexpr double kSettled = 0.001;
    const Rivals rivals(model_, records_, blocks_, [this](RecordNumber a, RecordNumber b) {
      return !IsExcluded(a, b) && !IsLabelled(a, b);
    });
    result_.pairs = rivals.pairs_of_rules();
    Mixture mixture{Guesses(), 0};
    for (PairClass& guess : mixture.classes) {
      guess.heard.resize(u_.size());
    }
    for (int time = 1; time <= kMostTimes; ++time) {
      Keep(mixture);
      const double before = mixture.classes.front().pairs;
      std::vector<WeighedPattern> patterns = Labelled();
      rivals.AppendPatterns(result_.weights, patterns);
      mixture = Estimate(patterns, AllPairs(), u_, Guesses(), nullptr, options_.for_each_part);
      mixture.rounds = time;
      if (std::abs(mixture.classes.front().pairs - before) <= kSettled * before) {
        break;
      }
    }
    Keep(mixture);
  }

  // Blocks are in the order of their keys' hashes: any of them are a sample.
  std::size_t LastOfSample(std::size_t visited, std::size_t blocks, std::uint64_t pairs) const {
    if (pairs * blocks <= options_.pairs_of_rule * visited) {
      return blocks;
    }
    return std::max(visited, static_cast<std::size_t>(options_.pairs_of_rule * visited / pairs));
  }

  void Count(const Part& part, PatternCounts& counts) const {
    blocks_.VisitPairs(part.rule, part.first, part.last, [&](RecordNumber a, RecordNumber b) {
      if (!IsExcluded(a, b) && !IsLabelled(a, b)) {
        counts.Add(Compare(model_, records_[a], records_[b]));
      }
    });
  }

  // One of five records has another one, one of twenty a related one.
  std::vector<PairClass> Guesses() const {
    constexpr double kDuplicates = 0.2, kRelated = 0.05, kShared = 0.5;
    const double n = static_cast<double>(records_.size());
    std::vector<PairClass> guesses(1 + model_.relations.size());
    for (std::size_t k = 0; k < guesses.size(); ++k) {
      const Relation* relation = k == 0 ? nullptr : &model_.relations[k - 1];
      guesses[k].same = relation == nullptr || relation->same;
      guesses[k].differs = relation == nullptr ? std::vector<bool>(u_.size()) : relation->differs;
      guesses[k].by = relation == nullptr ? std::vector<bool>(u_.size()) : relation->by;
      guesses[k].pairs = n * (k == 0 ? kDuplicates : kRelated);
      for (std::size_t c = 0; c < u_.size(); ++c) {
        Distribution guess = MostlyAgree(model_.comparisons[c].LevelCount());
        const double shared = relation == nullptr                 ? 1
                              : !relation->shares[c]              ? 0
                              : relation->same || relation->by[c] ? 1
                                                                  : kShared;
        for (std::size_t l = 0; l < guess.size(); ++l) {
          guess[l] = shared * guess[l] + (1 - shared) * u_[c][l];
        }
        guesses[k].levels.push_back(std::move(guess));
      }
    }
    return guesses;
  }

  void Keep(const Mixture& mixture) {
    Weights& weights = result_.weights;
    weights.comparisons.clear();
    weights.relation_priors.clear();
    weights.same.clear();
    result_.learnt.clear();
    result_.related.clear();
    const PairClass& same = mixture.classes.front();
    const auto bits = [&](double pairs) {
      pairs = std::clamp(pairs, 1.0, AllPairs() - 1);
      return static_cast<int>(std::lround(std::log2(pairs / (AllPairs() - pairs)) * 100));
    };
    result_.rounds = mixture.rounds;
    result_.matches = same.pairs;
    weights.records = records_.size();
    weights.prior = bits(same.pairs);
    for (std::size_t r = 0; r < model_.relations.size(); ++r) {
      weights.same.push_back(model_.relations[r].same);
      result_.matches += model_.relations[r].same ? mixture.classes[r + 1].pairs : 0;
      result_.related.push_back(mixture.classes[r + 1].pairs);
      weights.relation_priors.push_back(bits(mixture.classes[r + 1].pairs));
    }
    for (std::size_t c = 0; c < u_.size(); ++c) {
      result_.learnt.push_back(same.heard[c] >= kFewPairs);
      std::vector<Distribution> shares;
      for (const PairClass& of_class : mixture.classes) {
        shares.push_back(of_class.levels[c]);
        Normalise(shares.back(), of_class.differs[c] ? kLeastChance : kSeldom);
      }
      PoolWhatTurnsRound(same.heard[c], shares.front(), u_[c]);
      auto& levels = weights.comparisons.emplace_back();
      for (std::size_t l = 0; l < u_[c].size(); ++l) {
        LevelWeight level{AsPrinted(shares[0][l]), AsPrinted(u_[c][l]), 0, {}, {}};
        for (std::size_t r = 0; r < model_.relations.size(); ++r) {
          level.related[r] = AsPrinted(shares[r + 1][l]);
        }
        levels.push_back(level);
      }
    }
    weights.Round();
  }

  // A looser level weighs no more than a closer one, unless there is evidence: with too few pairs the two
  // weigh the same.
  static void PoolWhatTurnsRound(double heard, Distribution& m, Distribution& u) {
    for (std::size_t l = m.size() - 1; l > 0; --l) {
      const bool turned = m[l] * u[l - 1] > m[l - 1] * u[l];
      if (turned && heard * std::min(m[l], m[l - 1]) < kEvidence) {
        const double ratio = (m[l] + m[l - 1]) / (u[l] + u[l - 1]);
        m[l] = ratio * u[l];
        m[l - 1] = ratio * u[l - 1];
      }
    }
  }

  const Model& model_;
  Records& records_;
  const Blocks& blocks_;
  const TrainingOptions& options_;
  std::map<std::pair<RecordNumber, RecordNumber>, LabelledPair> labels_;  // the lesser number first
  std::vector<Distribution> u_;
  Training result_;
};

}  // namespace

std::vector<bool> FieldsWithFrequencies(const Model& model) {
  std::vector<bool> fields(model.fields.size());
  for (const Comparison& comparison : model.comparisons) {
    for (const Level& level : comparison.levels) {
      if (const auto exact = level.exact_field; comparison.frequencies && exact) {
        fields[*exact] = true;
      }
    }
  }
  return fields;
}

void ApplyFrequencies(const Model& model, const Weights& weights, Records& records) {
  const std::vector<bool> wanted = FieldsWithFrequencies(model);
  for (std::size_t field = 0; field < wanted.size(); ++field) {
    if (wanted[field]) {
      records.SetRarities(field, [&](std::string_view text) { return weights.RarityOf(field, text); });
    }
  }
}

Training Train(const Model& model, Records& records, const Blocks& blocks, const TrainingOptions& options) {
  return Trainer(model, records, blocks, options).Run();
}

}  // namespace crossbill::linkage
