#include "transforms/linkage/parameters.h"

#include "transforms/linkage/linkage_test_support.h"

namespace crossbill::linkage {
namespace {

struct Trained {
  Model model = SmallModel();
  Training training;

  Trained() {
    Records records(model);
    for (int i = 0; i < 60; ++i) {
      const std::string family = i < 40 ? "smith" : "n" + std::string(1, static_cast<char>('a' + i / 2 % 26));
      Add(model,
          {i % 2 == 0 ? "anna" : "anne", family, "1970-01-" + std::to_string(10 + i / 2 % 20),
           "c" + std::to_string(i / 3)},
          std::to_string(i), records);
    }
    const Blocks blocks(model, records);
    training = Train(model, records, blocks, {});
  }
};

Weights Reread(const Model& model, const std::string& yaml, std::string_view frequencies,
               config::Problems& problems) {
  const auto variables = config::ProcessEnvironment();
  const auto file = config::ReadYaml("p.yaml", yaml, *variables, ".", problems);
  EXPECT_EQ(FrequenciesFileOf(*file), "p.frequencies.tsv");
  return ReadParameters(*file, model, frequencies, problems);
}

TEST(ParametersTest, ComeBackAsTheyWere) {
  const Trained trained;
  const std::string yaml = RenderParameters(trained.model, trained.training, "p.frequencies.tsv");
  const std::string frequencies = RenderFrequencies(trained.model, trained.training.weights);
  config::Problems problems;
  const Weights weights = Reread(trained.model, yaml, frequencies, problems);
  ASSERT_FALSE(problems.HasErrors()) << problems.ToString();
  EXPECT_EQ(weights.prior, trained.training.weights.prior);
  for (std::size_t c = 0; c < weights.comparisons.size(); ++c) {
    for (std::size_t l = 0; l < weights.comparisons[c].size(); ++l) {
      EXPECT_EQ(weights.comparisons[c][l].weight, trained.training.weights.comparisons[c][l].weight);
    }
  }
  EXPECT_EQ(weights.RarityOf(1, "smith"), trained.training.weights.RarityOf(1, "smith"));
  EXPECT_EQ(weights.RarityOf(1, "else"), trained.training.weights.RarityOf(1, "else"));
  EXPECT_LT(weights.RarityOf(1, "smith"), weights.RarityOf(1, "else"));
}

TEST(ParametersTest, RelationsComeBackToo) {
  Trained trained;
  trained.model.relations = {
      {"kin", false, {false, true, false, true}, {false, false, true, false}, {false, true, false, false}}};
  trained.training.weights.relation_priors = {-1234};
  trained.training.weights.same = {false};
  trained.training.related = {5};
  for (auto& levels : trained.training.weights.comparisons) {
    for (LevelWeight& level : levels) {
      level.related[0] = 0.25;
    }
  }
  trained.training.weights.Round();
  const std::string yaml = RenderParameters(trained.model, trained.training, "p.frequencies.tsv");
  config::Problems problems;
  const Weights weights = Reread(trained.model, yaml, "", problems);
  ASSERT_FALSE(problems.HasErrors()) << problems.ToString();
  EXPECT_EQ(weights.records, 60u);
  EXPECT_EQ(weights.relation_priors, std::vector<int>{-1234});
  EXPECT_EQ(weights.comparisons[1][1].related_weights[0],
            trained.training.weights.comparisons[1][1].related_weights[0]);
  trained.model.relations[0].name = "kith";
  Reread(trained.model, yaml, "", problems);
  EXPECT_NE(problems.ToString().find("train it again"), std::string::npos);
}

TEST(ParametersTest, AnotherModelsAreRefused) {
  const Trained trained;
  const std::string yaml = RenderParameters(trained.model, trained.training, "p.frequencies.tsv");
  for (const auto& [from, to] : {std::pair{"field: born", "field: dies"},
                                 {"mistyped", "same_year"},
                                 {"prior: \"-", "prior: \"x"},
                                 {"u: \"0", "u: \"7"}}) {
    std::string changed = yaml;
    ASSERT_NE(changed.find(from), std::string::npos) << from;
    changed.replace(changed.find(from), std::string_view(from).size(), to);
    config::Problems problems;
    Reread(trained.model, changed, "", problems);
    EXPECT_NE(problems.ToString().find("train it again"), std::string::npos) << to;
  }
  config::Problems problems;
  Reread(trained.model, yaml, "family\tsmith\tmany\n", problems);
  EXPECT_NE(problems.ToString().find("line 1: expected"), std::string::npos);
}

}  // namespace
}  // namespace crossbill::linkage
