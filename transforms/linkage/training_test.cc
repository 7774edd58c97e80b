#include "transforms/linkage/training.h"

#include <algorithm>
#include <random>

#include "base/date.h"
#include "transforms/linkage/linkage_test_support.h"

namespace crossbill::linkage {
namespace {

// Entities of two records; the second one's family name is another's in one case of ten, its date of birth
// mistyped in one of five.
Records Duplicates(const Model& model, int entities) {
  std::mt19937 chance(1);
  Records records(model);
  const auto name = [&](int n) {
    return std::string("n") + static_cast<char>('a' + n % 26) + static_cast<char>('a' + n / 26 % 26) + "x" +
           static_cast<char>('a' + n / 676);
  };
  for (int i = 0; i < entities; ++i) {
    Person person{name(static_cast<int>(chance() % 400)), name(static_cast<int>(chance() % 2000)),
                  "19" + std::to_string(50 + chance() % 50) + "-0" + std::to_string(1 + chance() % 9) + "-1" +
                      std::to_string(chance() % 10),
                  "city" + std::to_string(chance() % 50)};
    Add(model, person, "a" + std::to_string(i), records);
    if (chance() % 10 == 0) {
      person.family = name(static_cast<int>(chance() % 2000));
    }
    if (chance() % 5 == 0) {
      person.born[9] = person.born[9] == '9' ? '0' : static_cast<char>(person.born[9] + 1);
    }
    Add(model, person, "b" + std::to_string(i), records);
  }
  return records;
}

TEST(TrainingTest, FindsHowOftenRecordsOfOneEntityAgree) {
  const Model model = SmallModel();
  Records records = Duplicates(model, 3000);
  const Blocks blocks(model, records);
  const Training training = Train(model, records, blocks, {});
  const auto& family = training.weights.comparisons[1];
  const auto& born = training.weights.comparisons[2];
  EXPECT_NEAR(family[0].m, 0.9, 0.02);
  EXPECT_NEAR(born[1].m, 0.2, 0.03);
  EXPECT_NEAR(family[0].u, 1 / 2000.0, 2e-4);
  EXPECT_NEAR(training.weights.comparisons[3][0].u, 1 / 50.0, 2e-3);
  EXPECT_NEAR(training.matches, 3000 * (1 - 0.1 * 0.2), 150);
  EXPECT_NEAR(training.weights.prior, std::log2(3000 / (6000.0 * 5999 / 2)) * 100, 10);
  EXPECT_EQ(training.learnt, (std::vector<bool>{true, true, true, true}));
}

TEST(TrainingTest, IsTheSameEachTime) {
  const Model model = SmallModel();
  Records records = Duplicates(model, 300);
  const Blocks blocks(model, records);
  const Weights first = Train(model, records, blocks, {}).weights,
                second = Train(model, records, blocks, {}).weights;
  EXPECT_EQ(first.prior, second.prior);
  for (std::size_t c = 0; c < first.comparisons.size(); ++c) {
    for (std::size_t l = 0; l < first.comparisons[c].size(); ++l) {
      EXPECT_EQ(first.comparisons[c][l].weight, second.comparisons[c][l].weight);
    }
  }
}

TEST(TrainingTest, DoesNotDependOnTheOrderOfParts) {
  const Model model = SmallModel();
  Records records = Duplicates(model, 300);
  const Blocks blocks(model, records);
  const Training forwards = Train(model, records, blocks, {});
  const Training backwards =
      Train(model, records, blocks, {.for_each_part = [](std::size_t parts, const auto& work) {
              while (parts > 0) {
                work(--parts);
              }
            }});
  EXPECT_EQ(forwards.weights.prior, backwards.weights.prior);
  EXPECT_EQ(forwards.matches, backwards.matches);
}

// Payers of three payments each, which both systems know; the second one cuts every other text.
Records Payments(const Model& model, int payers) {
  std::mt19937 chance(1);
  Records records(model);
  for (int i = 0; i < payers; ++i) {
    std::string payer;
    for (int letter = 0; letter < 5; ++letter) {
      payer += static_cast<char>('a' + chance() % 26);
    }
    for (int n = 0; n < 3; ++n) {
      v1::Payment payment;
      payment.mutable_total()->set_amount(std::to_string(10 + chance() % 5000));
      payment.set_text(payer + " order");
      payment.set_sent_on(Date(20'000 + static_cast<int>(chance() % 60)).ToString());
      const std::string key = std::to_string(i * 3 + n);
      records.Add(model, payment, "a" + key, "a");
      payment.set_paid_on(Date::Parse(payment.sent_on())->PlusDays(1).ToString());
      payment.clear_sent_on();
      payment.set_text(chance() % 2 == 0 ? payer : payment.text());
      records.Add(model, payment, "b" + key, "b");
    }
  }
  return records;
}

TEST(TrainingTest, PaymentsOfOnePayerAreNotTakenForOne) {
  const std::string yaml = R"(
version: 1
record: payment
fields:
  amount: {from: [total.amount], clean: decimal}
  sent: {from: [sent_on], clean: date}
  paid: {from: [paid_on], clean: date}
  memo: {from: [text], clean: words}
  start: {from: [text], clean: starts}
comparisons:
  - {field: amount, levels: [exact, percent <= 5]}
  - {field: sent, levels: [days_before paid <= 2, days_before paid <= 14]}
  - {field: start, levels: [start exact and memo exact, start exact and memo prefix >= 3, start exact], frequencies: true}
blocks:
  - {keys: [start]}
clusters: {one_to_one: true}
)";
  config::Problems problems;
  const Model model = ReadModelText(yaml, problems);
  ASSERT_FALSE(problems.HasErrors()) << problems.ToString();
  Records records = Payments(model, 400);
  const Blocks blocks(model, records);
  const Training training = Train(model, records, blocks, {});
  EXPECT_NEAR(training.matches, 1200, 30);
  EXPECT_GT(training.weights.comparisons[0][0].m, 0.97);
  EXPECT_GT(training.weights.comparisons[1][0].m, 0.97);
  EXPECT_NEAR(training.weights.comparisons[2][0].m, 0.5, 0.05);
  EXPECT_LT(training.weights.NoPartner(1200, 1200), -400);
}

TEST(TrainingTest, WhatIsNeverSeenIsNotImpossible) {
  const Model model = SmallModel();
  Records records = Duplicates(model, 3000);
  const Blocks blocks(model, records);
  const Training training = Train(model, records, blocks, {});
  for (const auto& levels : training.weights.comparisons) {
    for (std::size_t l = 0; l < levels.size(); ++l) {
      EXPECT_GE(levels[l].weight, -1000);
      EXPECT_LE(levels[l].weight, 2000);
      EXPECT_LE(levels[l].weight, levels.front().weight);
    }
  }
}

// Entities of two records, and as many pairs of brothers and sisters: of one name and city, a year apart.
TEST(TrainingTest, RelatedRecordsAreNotTakenForTheSame) {
  config::Problems problems;
  const Model model = ReadModelText(std::string(kSmallModel) + R"(  - {keys: ["family, city"]}
relations:
  siblings: {share: [family, city]}
)",
                                    problems);
  ASSERT_FALSE(problems.HasErrors()) << problems.ToString();
  Records records(model);
  std::mt19937 chance(1);
  const auto name = [&](const char* letter, std::size_t n) {
    return letter + std::string(1, static_cast<char>('a' + n % 26)) + static_cast<char>('a' + n / 26 % 26) +
           "x" + static_cast<char>('a' + n / 676 % 26);
  };
  constexpr int kEntities = 2000;
  for (int i = 0; i < kEntities; ++i) {
    const auto born = [&] {
      return "19" + std::to_string(50 + chance() % 50) + "-0" + std::to_string(1 + chance() % 9) + "-1" +
             std::to_string(chance() % 10);
    };
    const Person first{name("g", chance() % 400), name("f", chance() % 2000), born(),
                       "city" + std::to_string(chance() % 50)};
    Person other = first;
    other.given = name("g", chance() % 400);
    other.born = born();
    Add(model, first, "a" + std::to_string(i), records);
    Add(model, i % 2 == 0 ? first : other, "b" + std::to_string(i), records);
  }
  const Blocks blocks(model, records);
  const Training training = Train(model, records, blocks, {});
  EXPECT_NEAR(training.matches, kEntities / 2.0, kEntities / 50.0);
  EXPECT_NEAR(training.related[0], kEntities / 2.0, kEntities / 50.0);
  int right = 0;  // two of the same family may be of one birthday by chance
  for (RecordNumber i = 0; i < 200; i += 2) {
    const Evidence evidence = training.weights.Weigh(Compare(model, records[i], records[i + 1]));
    const bool same = i % 4 == 0;
    right += (evidence.Score() > 0) == same && evidence.kind == (same ? kNoRelation : 0) ? 1 : 0;
  }
  EXPECT_GE(right, 97);
}

TEST(WeightsTest, NamesMayHaveChangedPlaces) {
  Model model = SmallModel();
  const Level level =
      *ParseLevel("exchanged family", 0, [](std::string_view) { return std::optional<std::size_t>(1); });
  model.comparisons[0].levels.insert(model.comparisons[0].levels.begin() + 1, level);
  Records records(model);
  Add(model, {"nathan", "morrison", "", ""}, "a", records);
  Add(model, {"morrisn", "nathan", "", ""}, "b", records);
  Add(model, {"morrison", "peter", "", ""}, "c", records);
  Add(model, {"nathan", "", "", ""}, "d", records);
  EXPECT_EQ(Compare(model, records[0], records[1]).levels[0], 1);
  EXPECT_EQ(Compare(model, records[1], records[0]).levels[0], 1);
  EXPECT_EQ(Compare(model, records[0], records[2]).levels[0], 3);
  EXPECT_EQ(Compare(model, records[0], records[3]).levels[0], 0);
}

TEST(WeightsTest, RareValuesWeighMore) {
  const Model model = SmallModel();
  Records records(model);
  for (int i = 0; i < 100; ++i) {
    Add(model,
        {"anna",
         i < 90   ? "smith"
         : i < 94 ? "weber"
                  : "n" + std::to_string(i),
         "1970-01-01", ""},
        std::to_string(i), records);
  }
  const Blocks blocks(model, records);
  const Training training = Train(model, records, blocks, {});
  const int smith = training.weights.RarityOf(1, "smith"), weber = training.weights.RarityOf(1, "weber");
  EXPECT_LT(smith, 0);
  EXPECT_NEAR(weber - smith, std::lround(std::log2(90.0 / 4) * 100), 1);
  EXPECT_GT(training.weights.RarityOf(1, "nobody"), weber);
  EXPECT_EQ(Compare(model, records[0], records[1]).rarity, smith);
}

TEST(TrainingTest, WhatPeopleDecidedCountsAsDecided) {
  const Model model = SmallModel();
  Records records = Duplicates(model, 300);
  const Blocks blocks(model, records);
  const Training alone = Train(model, records, blocks, {});
  EXPECT_EQ(alone.confirmed + alone.forbidden, 0u);
  // Pairs whose family name is another one, which looks rarer than it is while nobody says so.
  std::vector<LabelledPair> labelled;
  for (RecordNumber a = 0; a + 1 < records.size(); a += 2) {
    const Pattern pattern = Compare(model, records[a], records[a + 1]);
    if (pattern.levels[1] > 0) {
      labelled.push_back({a, a + 1, true});
    }
  }
  ASSERT_GT(labelled.size(), 10u);
  const Training told = Train(model, records, blocks, {.labelled = labelled});
  EXPECT_EQ(told.confirmed, labelled.size());
  EXPECT_LT(told.weights.comparisons[1][0].m, alone.weights.comparisons[1][0].m);
  EXPECT_NEAR(told.weights.comparisons[1][0].m, 0.9, 0.03);
  std::reverse(labelled.begin(), labelled.end());
  for (LabelledPair& pair : labelled) {
    std::swap(pair.left, pair.right);
  }
  EXPECT_EQ(Train(model, records, blocks, {.labelled = labelled}).weights.comparisons[1][0].m,
            told.weights.comparisons[1][0].m)
      << "in any order";
}

TEST(TrainingTest, WhatIsForbiddenIsNotTakenForTheSame) {
  const Model model = SmallModel();
  Records records = Duplicates(model, 300);
  const Blocks blocks(model, records);
  std::vector<LabelledPair> labelled;
  for (RecordNumber a = 0; a + 1 < records.size(); a += 2) {
    labelled.push_back({a, a + 1, false});
  }
  const Training told = Train(model, records, blocks, {.labelled = labelled});
  EXPECT_EQ(told.forbidden, 300u);
  EXPECT_LT(told.matches, 10);
  EXPECT_LT(told.matches, Train(model, records, blocks, {}).matches / 10);
}

}  // namespace
}  // namespace crossbill::linkage
