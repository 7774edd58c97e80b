// binary-float (file): shares as training has them
#include "transforms/linkage/chart.h"

#include "transforms/linkage/linkage_test_support.h"

namespace crossbill::linkage {
namespace {

Training Fixed(const Model& model) {
  Training training;
  training.matches = 12;
  training.weights.records = 100;
  training.weights.prior = -1234;
  for (const Comparison& comparison : model.comparisons) {
    auto& levels = training.weights.comparisons.emplace_back();
    for (std::size_t l = 0; l < comparison.LevelCount(); ++l) {
      levels.push_back({.m = 0.9 / (1 + static_cast<double>(l) * 8), .u = l == 0 ? 0.0005 : 0.4});
    }
    training.learnt.push_back(true);
  }
  training.learnt.back() = false;
  training.weights.Round();
  return training;
}

// The whole picture, so that a change of it is looked at.
TEST(ChartTest, IsThePictureThatItWas) {
  const Model model = SmallModel();
  const std::string chart = RenderChart(model, Fixed(model), "small <&\"\x01");
  EXPECT_EQ(
      chart,
      R"golden(<svg xmlns="http://www.w3.org/2000/svg" role="img" width="960" height="516" viewBox="0 0 960 516">
<title>small &lt;&amp;&quot; </title>
<style>text{font:13px system-ui,'Segoe UI',Helvetica,Arial,sans-serif;fill:#1f2933}.title{font-size:18px;font-weight:600}.group{font-weight:600}.soft{fill:#66727f}.number{text-anchor:end;font-variant-numeric:tabular-nums}.axis{font-size:11px;fill:#66727f;text-anchor:middle}.for{fill:#2b6cb0}.against{fill:#c05621}.guess{opacity:.4}.line{stroke:#e4e8ec}.zero{stroke:#66727f}.rule{stroke:#cbd2d9}</style>
<rect width="960" height="516" fill="#fff"/>
<text class="title" x="24" y="34">small &lt;&amp;&quot; </text>
<text class="soft" x="24" y="56">100 records; about 12 pairs are taken for the same; two records picked at random: -12.34 bits</text>
<text class="number soft" x="760" y="86">bits</text>
<text class="number soft" x="848" y="86">m</text>
<text class="number soft" x="936" y="86">u</text>
<line class="line" x1="300" x2="300" y1="96" y2="466"/>
<text class="axis" x="300" y="86">-5</text>
<line class="zero" x1="397" x2="397" y1="96" y2="466"/>
<text class="axis" x="397" y="86">0</text>
<line class="line" x1="495" x2="495" y1="96" y2="466"/>
<text class="axis" x="495" y="86">+5</text>
<line class="line" x1="592" x2="592" y1="96" y2="466"/>
<text class="axis" x="592" y="86">+10</text>
<line class="line" x1="690" x2="690" y1="96" y2="466"/>
<text class="axis" x="690" y="86">+15</text>
<line class="rule" x1="24" x2="936" y1="96" y2="96"/>
<text class="group" x="24" y="116">given</text>
<text x="38" y="140">exact</text>
<rect class="for" x="397" y="130" width="211" height="12" rx="1"><title>given: exact, +10.81 bits; m 0.9000, u 0.000500</title></rect>
<text class="number" x="760" y="140">+10.81</text>
<text class="number" x="848" y="140">0.9000</text>
<text class="number" x="936" y="140">0.000500</text>
<text x="38" y="160">jaro_winkler &gt;= 0.9</text>
<rect class="against" x="358" y="150" width="39" height="12" rx="1"><title>given: jaro_winkler &gt;= 0.9, -2.00 bits; m 0.1000, u 0.4000</title></rect>
<text class="number" x="760" y="160">-2.00</text>
<text class="number" x="848" y="160">0.1000</text>
<text class="number" x="936" y="160">0.4000</text>
<text x="38" y="180">else</text>
<rect class="against" x="340" y="170" width="57" height="12" rx="1"><title>given: else, -2.92 bits; m 0.0529, u 0.4000</title></rect>
<text class="number" x="760" y="180">-2.92</text>
<text class="number" x="848" y="180">0.0529</text>
<text class="number" x="936" y="180">0.4000</text>
<line class="rule" x1="24" x2="936" y1="192" y2="192"/>
<text class="group" x="24" y="212">family</text>
<text x="38" y="236">exact</text>
<rect class="for" x="397" y="226" width="211" height="12" rx="1"><title>family: exact, +10.81 bits; m 0.9000, u 0.000500</title></rect>
<text class="number" x="760" y="236">+10.81</text>
<text class="number" x="848" y="236">0.9000</text>
<text class="number" x="936" y="236">0.000500</text>
<text x="38" y="256">jaro_winkler &gt;= 0.9</text>
<rect class="against" x="358" y="246" width="39" height="12" rx="1"><title>family: jaro_winkler &gt;= 0.9, -2.00 bits; m 0.1000, u 0.4000</title></rect>
<text class="number" x="760" y="256">-2.00</text>
<text class="number" x="848" y="256">0.1000</text>
<text class="number" x="936" y="256">0.4000</text>
<text x="38" y="276">else</text>
<rect class="against" x="340" y="266" width="57" height="12" rx="1"><title>family: else, -2.92 bits; m 0.0529, u 0.4000</title></rect>
<text class="number" x="760" y="276">-2.92</text>
<text class="number" x="848" y="276">0.0529</text>
<text class="number" x="936" y="276">0.4000</text>
<line class="rule" x1="24" x2="936" y1="288" y2="288"/>
<text class="group" x="24" y="308">born</text>
<text x="38" y="332">exact</text>
<rect class="for" x="397" y="322" width="211" height="12" rx="1"><title>born: exact, +10.81 bits; m 0.9000, u 0.000500</title></rect>
<text class="number" x="760" y="332">+10.81</text>
<text class="number" x="848" y="332">0.9000</text>
<text class="number" x="936" y="332">0.000500</text>
<text x="38" y="352">mistyped</text>
<rect class="against" x="358" y="342" width="39" height="12" rx="1"><title>born: mistyped, -2.00 bits; m 0.1000, u 0.4000</title></rect>
<text class="number" x="760" y="352">-2.00</text>
<text class="number" x="848" y="352">0.1000</text>
<text class="number" x="936" y="352">0.4000</text>
<text x="38" y="372">else</text>
<rect class="against" x="340" y="362" width="57" height="12" rx="1"><title>born: else, -2.92 bits; m 0.0529, u 0.4000</title></rect>
<text class="number" x="760" y="372">-2.92</text>
<text class="number" x="848" y="372">0.0529</text>
<text class="number" x="936" y="372">0.4000</text>
<line class="rule" x1="24" x2="936" y1="384" y2="384"/>
<text class="group" x="24" y="404">city</text>
<text class="soft number" x="936" y="404">a guess: too few pairs have it</text>
<text x="38" y="428">exact</text>
<rect class="for guess" x="397" y="418" width="211" height="12" rx="1"><title>city: exact, +10.81 bits; m 0.9000, u 0.000500</title></rect>
<text class="number" x="760" y="428">+10.81</text>
<text class="number" x="848" y="428">0.9000</text>
<text class="number" x="936" y="428">0.000500</text>
<text x="38" y="448">else</text>
<rect class="against guess" x="358" y="438" width="39" height="12" rx="1"><title>city: else, -2.00 bits; m 0.1000, u 0.4000</title></rect>
<text class="number" x="760" y="448">-2.00</text>
<text class="number" x="848" y="448">0.1000</text>
<text class="number" x="936" y="448">0.4000</text>
<rect class="for" x="24" y="483" width="12" height="12" rx="1"/><text x="42" y="494">speaks for the same</text>
<rect class="against" x="194" y="483" width="12" height="12" rx="1"/><text x="212" y="494">speaks against</text>
<text class="soft number" x="936" y="494">m: how often records that are the same are at the level; u: others; bits: log2(m / u)</text>
</svg>
)golden");
}

TEST(ChartTest, TextsAreEscapedAndCutBetweenLetters) {
  Model model = SmallModel();
  model.fields[model.comparisons[0].field].name = "<script>";
  model.comparisons[0].levels[0].text = std::string(50, 'x');
  std::string umlauts;
  for (int i = 0; i < 50; ++i) {
    umlauts += "ü";
  }
  const std::string chart = RenderChart(model, Fixed(model), umlauts);
  EXPECT_EQ(chart.find("<script>"), std::string::npos);
  EXPECT_NE(chart.find("&lt;script&gt;"), std::string::npos);
  EXPECT_NE(chart.find(">" + std::string(35, 'x') + "…<"), std::string::npos);
  std::string cut;
  for (int i = 0; i < 35; ++i) {
    cut += "ü";
  }
  EXPECT_NE(chart.find(">" + cut + "…<"), std::string::npos);
}

}  // namespace
}  // namespace crossbill::linkage
