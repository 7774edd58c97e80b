#include "transforms/linkage/packaged_models.h"

#include "transforms/linkage/linkage_test_support.h"
#include "transforms/linkage/parameters.h"
#include "transforms/linkage/profile.h"
#include "transforms/linkage/weights.h"

namespace crossbill::linkage {
namespace {

TEST(PackagedModelsTest, CanBeUsed) {
  ASSERT_GE(PackagedModels().size(), 3u);
  for (const PackagedModel& packaged : PackagedModels()) {
    config::Problems problems;
    const Model model = ReadModelText(packaged.yaml, problems);
    EXPECT_FALSE(problems.HasErrors()) << packaged.name << ": " << problems.ToString();
    EXPECT_FALSE(model.comparisons.empty());
  }
}

TEST(PackagedModelsTest, HaveLearnt) {
  for (const PackagedModel& packaged : PackagedModels()) {
    config::Problems problems;
    const Model model = ReadModelText(packaged.yaml, problems);
    const auto variables = config::ProcessEnvironment();
    const auto file =
        config::ReadYaml("parameters", PackagedParameters(packaged.name), *variables, ".", problems);
    const Weights weights = ReadParameters(*file, model, "", problems);
    ASSERT_FALSE(problems.HasErrors()) << packaged.name << ": " << problems.ToString();
    EXPECT_GE(weights.records, 100'000u);
    for (const auto& levels : weights.comparisons) {
      for (const LevelWeight& level : levels) {
        EXPECT_LE(std::abs(level.weight), 2100) << packaged.name;
      }
    }
  }
  EXPECT_EQ(PackagedParameters("nobody"), "");
}

TEST(PackagedModelsTest, APersonsWholeNameIsCompared) {
  config::Problems problems;
  const Model model = ReadModelText(kSmallModel, problems);
  const auto names = [&](const v1::Party& party) {
    const auto forms = CleanForms(model, party);
    return std::pair(forms[0], forms[1]);
  };
  const std::vector<std::string> none, maria{"maria"}, silva{"silva"};
  v1::Party party;
  party.set_name("Silva, Maria");
  EXPECT_EQ(names(party), std::pair(maria, silva));
  party.set_family_name("Silva");
  EXPECT_EQ(names(party), std::pair(none, silva)) << "the system has them apart";
  party.clear_family_name();
  party.set_kind(v1::Party::ORGANISATION);
  EXPECT_EQ(names(party), std::pair(none, none));
}

class PackagedPaymentTest : public testing::Test {
 protected:
  PackagedPaymentTest() {
    config::Problems problems;
    for (const PackagedModel& packaged : PackagedModels()) {
      if (packaged.name == "payment") {
        model_ = ReadModelText(packaged.yaml, problems);
      }
    }
    const auto variables = config::ProcessEnvironment();
    const auto file =
        config::ReadYaml("parameters", PackagedParameters("payment"), *variables, ".", problems);
    weights_ = ReadParameters(*file, model_, "", problems);
    EXPECT_FALSE(problems.HasErrors()) << problems.ToString();
  }

  struct Paid {
    std::string amount, text, sent, paid;
  };

  static v1::Payment PaymentOf(const Paid& paid) {
    v1::Payment payment;
    payment.mutable_total()->set_amount(paid.amount);
    payment.set_text(paid.text);
    payment.set_sent_on(paid.sent);
    payment.set_paid_on(paid.paid);
    return payment;
  }

  int Weight(const Paid& left, const Paid& right) const {
    const OwnedProfile a(CleanForms(model_, PaymentOf(left))), b(CleanForms(model_, PaymentOf(right)));
    const int weight = weights_.Score(Compare(model_, a.view(), b.view()));
    EXPECT_EQ(weights_.Score(Compare(model_, b.view(), a.view())), weight);
    return weight;
  }

  Model model_;
  Weights weights_;
};

TEST_F(PackagedPaymentTest, PrefersWhatFitsBetter) {
  const Paid sent{"1190.00", "Hansa Warenhaus RE 4711", "2026-03-02", ""};
  const auto weight = [&](const std::string& amount, const std::string& text, const std::string& day) {
    return Weight(sent, {amount, text, "", day});
  };
  const int best = weight("1190.00", "HANSA WARENHAUS RE 4711", "2026-03-03");
  EXPECT_GT(best, 0);
  EXPECT_GT(best, weight("1187.50", "HANSA WARENHAUS RE 4711", "2026-03-03")) << "less a fee";
  EXPECT_GT(best, weight("1190.00", "HANSA WARENHA", "2026-03-03")) << "cut";
  EXPECT_GT(best, weight("1190.00", "HANSA WARENHAUS RE 4711", "2026-03-09")) << "late";
  EXPECT_GT(weight("1187.50", "HANSA WARENHA", "2026-03-03"),
            weight("990.00", "HANSA WARENHA", "2026-03-03"));
  EXPECT_GT(weight("1190.00", "HANSA WARENHAUS", "2026-03-09"),
            weight("1190.00", "HANSA WARENHAUS", "2026-03-01"))
      << "nothing arrives before it was sent";
  EXPECT_LT(weight("1190.00", "Meyer Rent", "2026-03-03"), 0);
}

TEST_F(PackagedPaymentTest, AMonthLaterItIsTheNextOne) {
  const Paid sent{"550.00", "Anna Meyer Miete", "2026-03-02", ""};
  EXPECT_GT(Weight(sent, {"550.00", "ANNA MEYER MIETE", "", "2026-03-03"}), 0);
  EXPECT_LT(Weight(sent, {"550.00", "ANNA MEYER MIETE", "", "2026-04-03"}), 0);
}

}  // namespace
}  // namespace crossbill::linkage
