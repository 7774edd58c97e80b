#include "transforms/linkage/model.h"

#include "transforms/linkage/linkage_test_support.h"

namespace crossbill::linkage {
namespace {

TEST(ModelTest, ReadsFieldsLevelsAndBlocks) {
  const Model model = SmallModel();
  ASSERT_EQ(model.fields.size(), 4u);
  EXPECT_EQ(model.fields[0].name, "given");
  EXPECT_EQ(model.fields[3].from.front().size(), 2u);
  ASSERT_EQ(model.comparisons.size(), 4u);
  EXPECT_EQ(model.comparisons[0].LevelCount(), 3u);
  EXPECT_TRUE(model.comparisons[1].frequencies);
  ASSERT_EQ(model.blocks.size(), 2u);
  EXPECT_EQ(model.blocks[0].keys.size(), 3u);
  EXPECT_EQ(model.blocks[0].keys[1].front().characters, 1u);
  EXPECT_EQ(model.clusters.link, 0);
  EXPECT_EQ(model.clusters.missing, -300);
}

std::string ProblemsOf(std::string_view from, std::string_view to) {
  std::string yaml(kSmallModel);
  const std::size_t at = yaml.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  yaml.replace(at, from.size(), to);
  config::Problems problems;
  ReadModelText(yaml, problems);
  EXPECT_TRUE(problems.HasErrors()) << to;
  return problems.ToString();
}

TEST(ModelTest, SaysWhatIsWrongAndWhere) {
  EXPECT_NE(ProblemsOf("record: party", "record: partei").find("there is no kind of event \"partei\""),
            std::string::npos);
  EXPECT_NE(ProblemsOf("[given_name]", "[given_nam]").find("given: a party has no field \"given_nam\""),
            std::string::npos);
  EXPECT_NE(ProblemsOf("[addresses.city]", "[addresses]").find("\"addresses\" is no text"),
            std::string::npos);
  EXPECT_NE(ProblemsOf("clean: date", "clean: day").find("there is no form \"day\"; there are words"),
            std::string::npos);
  EXPECT_NE(ProblemsOf("{field: city,", "{field: town,").find("there is no field \"town\""),
            std::string::npos);
  EXPECT_NE(ProblemsOf("[exact, mistyped]", "[exact, mistipped]").find("\"mistipped\" is no level"),
            std::string::npos);
  EXPECT_NE(ProblemsOf("[exact, mistyped]", "[exact, exchanged died]").find("\"exchanged died\" is no level"),
            std::string::npos);
  EXPECT_NE(ProblemsOf("given/1", "given/0").find("a number of characters"), std::string::npos);
  EXPECT_NE(ProblemsOf("version: 1", "version: 1\nclusters: {link: high}").find("link: "), std::string::npos);
  EXPECT_NE(ProblemsOf("version: 1", "version: 1\nclusters: {link: \"-3\"}").find("link is above missing"),
            std::string::npos);
  EXPECT_NE(ProblemsOf("version: 1", "version: 1\nrelations: {kin: {share: [famili]}}")
                .find("there is no field \"famili\""),
            std::string::npos);
  EXPECT_NE(ProblemsOf("version: 1", "version: 1\nclusters: {forbid: [tax]}").find("no field \"tax\""),
            std::string::npos);
  EXPECT_NE(ProblemsOf("comparisons:", "comparison:").find("model.yaml:"), std::string::npos);
}

TEST(ModelTest, RelationsKeepTheirOrder) {
  config::Problems problems;
  const Model model = ReadModelText(std::string(kSmallModel) + R"(
relations:
  moved: {same: true, differ: [city]}
  kin: {share: [family, city], differ: [given]}
clusters: {forbid: [born]}
)",
                                    problems);
  ASSERT_FALSE(problems.HasErrors()) << problems.ToString();
  ASSERT_EQ(model.relations.size(), 2u);
  EXPECT_EQ(model.relations[0].name, "moved");
  EXPECT_TRUE(model.relations[0].same);
  EXPECT_EQ(model.relations[0].shares, (std::vector<bool>{true, true, true, false}));
  EXPECT_EQ(model.relations[1].shares, (std::vector<bool>{false, true, false, true}));
  EXPECT_EQ(model.relations[1].differs, (std::vector<bool>{true, false, false, false}));
  EXPECT_EQ(model.clusters.forbid, std::vector<std::size_t>{2});
}

TEST(ModelTest, PairsOfTwoSystems) {
  const auto read = [](const std::string& clusters, config::Problems& problems) {
    return ReadModelText(std::string(kSmallModel) + "clusters: {" + clusters + "}\n", problems);
  };
  config::Problems problems;
  const Model model = read("one_to_one: true, automatic: \"6\"", problems);
  ASSERT_FALSE(problems.HasErrors()) << problems.ToString();
  EXPECT_TRUE(model.clusters.one_to_one);
  EXPECT_TRUE(model.clusters.one_per_system);
  EXPECT_EQ(model.clusters.automatic, 600);
  EXPECT_EQ(SmallModel().clusters.automatic, std::nullopt);
  for (const auto& [clusters, complaint] :
       {std::pair("automatic: \"6\"", "it needs one_to_one"),
        std::pair("one_to_one: true, automatic: \"-1\"", "automatic is 0 or more"),
        std::pair("one_to_one: true, automatic: much", "automatic: ")}) {
    config::Problems wrong;
    read(clusters, wrong);
    EXPECT_NE(wrong.ToString().find(complaint), std::string::npos) << wrong.ToString();
  }
}

TEST(ModelTest, BitsHaveTwoDigits) {
  EXPECT_EQ(*ParseBits("-3"), -300);
  EXPECT_EQ(*ParseBits("0.25"), 25);
  EXPECT_FALSE(ParseBits("0.255").ok());
  EXPECT_FALSE(ParseBits("1e3").ok());
  EXPECT_FALSE(ParseBits("99999999").ok());
}

}  // namespace
}  // namespace crossbill::linkage
