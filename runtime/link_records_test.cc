// Records of several sources, from files to weighed pairs.
#include "runtime/link_records.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "connectors/all/all_connectors.h"
#include "connectors/mapping/kinds.h"
#include "connectors/sdk/test_folder.h"
#include "transforms/linkage/packaged_models.h"
#include "transforms/linkage/training.h"

namespace crossbill::runtime {
namespace {

class LinkRecordsTest : public testing::Test {
 protected:
  void SetUp() override {
    connectors::RegisterAll(registry_);
    folder_.Write("crossbill.yaml", "version: 1\n");
    for (const std::string system : {"crm", "erp"}) {
      folder_.Write("connectors/" + system + ".yaml",
                    "version: 1\nsystem: " + system + "\nsource: {kind: csv, path: " + system + R"(}
streams:
  - name: people
    files: "*.csv"
    settle: 0s
    key: [no]
    publish: party
    map:
      given_name: given
      family_name: family
      born_on: date(born)
      addresses: [{city: city}]
)");
      folder_.Write(system + "/people.csv", People(system));
    }
    config::Problems problems;
    project_ = ProjectConfig::Load(folder_.path(), registry_, *config::ProcessEnvironment(), problems);
    ASSERT_FALSE(problems.HasErrors()) << problems.ToString();
    for (const linkage::PackagedModel& packaged : linkage::PackagedModels()) {
      if (packaged.name == "person") {
        const auto file =
            config::ReadYaml("person", packaged.yaml, *config::ProcessEnvironment(), ".", problems);
        model_ = linkage::Model::Read(*file, mapping::DescriptorOfKind, problems);
      }
    }
    ASSERT_FALSE(problems.HasErrors()) << problems.ToString();
  }

  // Two hundred people whom both systems have; the ERP's dates are mistyped now and then. One has no such
  // day.
  static std::string People(const std::string& system) {
    std::string csv = "no,given,family,born,city\n";
    const auto word = [](int n) {
      std::string letters;
      for (int rest = n * 7919 % 456'976, i = 0; i < 4; ++i, rest /= 26) {
        letters += static_cast<char>('a' + rest % 26);
      }
      return letters;
    };
    for (int i = 0; i < 200; ++i) {
      const bool mistyped = system == "erp" && i % 9 == 0;
      csv += std::to_string(i) + "," + word(i * 3) + "," + word(i * 11 + 1) + ",19" +
             std::to_string(50 + i % 50) + "-0" + std::to_string(1 + i % 9) + (mistyped ? "-21" : "-12") +
             "," + word(i % 20) + "\n";
    }
    return csv + "bad,a,b,1970-02-31,c\n";
  }

  connectors::TestFolder folder_;
  connectors::ConnectorRegistry registry_;
  std::unique_ptr<ProjectConfig> project_;
  linkage::Model model_;
  SystemClock clock_;
  std::unique_ptr<Log> log_ = MakeNullLog();
};

TEST_F(LinkRecordsTest, FindsThePeopleThatBothSystemsHave) {
  auto read = ReadRecords(*project_, model_, clock_, *log_);
  ASSERT_TRUE(read.ok()) << read.error().ToString();
  linkage::Records& records = read->records;
  EXPECT_EQ(records.size(), 400u);
  EXPECT_EQ(read->rows, 402);
  EXPECT_EQ(read->rejected, 2);
  EXPECT_EQ(records.key(0), "crm/people/0");
  const linkage::Blocks blocks(model_, records);
  const linkage::Training training = linkage::Train(model_, records, blocks, {});
  const WeighedPairs weighed = WeighPairs(model_, training.weights, records, blocks, 0, 1);
  std::set<std::string> same;
  for (const linkage::Edge& edge : weighed.edges) {
    const std::string left = records.key(edge.left), right = records.key(edge.right);
    EXPECT_EQ(left.substr(left.rfind('/')), right.substr(right.rfind('/')));
    same.insert(left);
  }
  EXPECT_EQ(same.size(), 200u);
}

TEST_F(LinkRecordsTest, TheNewestRowOfAKeyCounts) {
  const std::string header = "no,given,family,born,city\n";
  folder_.Write("crm/people.csv", header + "1,anna,smith,1970-01-12,york\n2,jo,weber,1971-01-12,bonn\n");
  folder_.Write("crm/people2.csv", header + "1,anna,jones,1970-01-12,leeds\n");
  auto read = ReadRecords(*project_, model_, clock_, *log_);
  ASSERT_TRUE(read.ok()) << read.error().ToString();
  EXPECT_EQ(read->records.size(), 202u);
  EXPECT_EQ(read->records.key(0), "crm/people/1");
  EXPECT_EQ(read->records[0][1].front()->text, "jones");
}

TEST_F(LinkRecordsTest, SaysThatNothingPublishesTheModelsRecords) {
  model_.record = "payment";
  const auto read = ReadRecords(*project_, model_, clock_, *log_);
  ASSERT_FALSE(read.ok());
  EXPECT_NE(read.error().message().find("`publish: payment`"), std::string::npos);
}

TEST_F(LinkRecordsTest, ThreadsDoNotChangeWhatIsFound) {
  auto read = ReadRecords(*project_, model_, clock_, *log_);
  ASSERT_TRUE(read.ok()) << read.error().ToString();
  const linkage::Blocks blocks(model_, read->records);
  const linkage::Training training = linkage::Train(model_, read->records, blocks, {});
  const auto edges = [&](unsigned threads) {
    std::vector<std::tuple<std::uint32_t, std::uint32_t, int>> all;
    for (const linkage::Edge& edge :
         WeighPairs(model_, training.weights, read->records, blocks, -9900, threads).edges) {
      all.emplace_back(edge.left, edge.right, edge.weight);
    }
    return all;
  };
  const auto alone = edges(1);
  EXPECT_GE(alone.size(), 200u);
  EXPECT_EQ(edges(4), alone);
}

}  // namespace
}  // namespace crossbill::runtime
