// What is wrong in a mapping: every problem of a stream at once, each with its place.
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "connectors/mapping/test_support.h"

namespace crossbill::mapping {
namespace {

constexpr char kWrong[] = R"yaml(publish: order
key: [vbeln, nokey + 1]
lookups: {status: {A: open}}
when: kunnr
map:
  number: trim_zeros(vblen)
  nummer: vbeln
  source: vbeln
  customer: kunnr
  customer.nam: kunnr
  customer.id.x: kunnr
  total: netwr
  total: netwr
  ordered_on: audat
  currency: '"RMB"'
  status: lookup("stat", kunnr)
  text: "1 + "
  channel: 1.5 + 1
  references: bstnk
  ship_to: {country: 'upper(kunnr, 1)', street: 'kunnr > 5 ? "a" : 1'}
  lines:
    each: linse
    map: {id: posnr}
  tax: {amount: decimal(netwr), currency: '"EUR"', x: 1}
require:
  - {that: "size(lines)", why: x}
  - {that: "nope > 1", else: explode, when: 1}
  - {why: nothing}
)yaml";

TEST(ProblemsTest, AllAtOnceWithTheirPlaces) {
  Stream s;
  s.schema = TextSchema({"vbeln", "kunnr", "netwr", "audat", "bstnk"});
  s.children.push_back({"lines", TextSchema({"posnr"})});
  std::string yaml = kWrong;
  yaml.erase(yaml.find("  total: netwr\n  total"), 15);  // YAML itself refuses a key that stands twice
  s.Compile(yaml);
  EXPECT_EQ(s.mapper, nullptr);
  s.problems.Sort();
  std::ifstream file(CROSSBILL_TEST_DIR "/testdata/problems.golden");
  const std::string expected((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  EXPECT_EQ(s.problems.ToString(), expected);
}

TEST(ProblemsTest, BadBranchesOfConstants) {
  Stream s;
  s.schema = TextSchema({"id"});
  s.Compile(
      "publish: invoice\nkey: [id]\nmap: {type: INVOICES, currency: id, total: 'money(1, \"XXY\")', due_on: "
      "'days(id, 1)'}\n");
  EXPECT_EQ(s.mapper, nullptr);
  EXPECT_EQ(s.problems.list().size(), 3u) << s.problems.ToString();
}

TEST(ProblemsTest, ColumnsOfExpressionsOnOneLine) {
  Stream s;
  s.schema = TextSchema({"id"});
  s.Compile(
      "publish: order\nkey: [id]\nmap:\n  number: trim(idd)\n  text: 'trim(idd)'\n  status: |\n    trim(\n   "
      " idd)\n");
  ASSERT_EQ(s.problems.list().size(), 3u) << s.problems.ToString();
  EXPECT_EQ(s.problems.list()[0].at.line, 4);
  EXPECT_EQ(s.problems.list()[0].at.column, 16);
  EXPECT_EQ(s.problems.list()[1].at.line, 5);
  EXPECT_EQ(s.problems.list()[1].at.column, 15);
  EXPECT_EQ(s.problems.list()[2].message.substr(0, 25), "line 2 of the expression:");
}

}  // namespace
}  // namespace crossbill::mapping
