// binary-float (file): similarities are binary floats
#include "transforms/linkage/level.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <random>
#include <string>
#include <vector>

#include "transforms/linkage/profile.h"

namespace crossbill::linkage {
namespace {

struct Values {
  explicit Values(std::string_view text) : term(MakeTerm(text)) {}
  Profile profile() const { return {{&pointer, 1}, {&term.hash, 1}, ends}; }

  Term term;
  const Term* pointer = &term;
  std::array<std::uint16_t, 1> ends = {1};
};

std::optional<std::size_t> OnlyName(std::string_view name) {
  return name == "name" ? std::optional<std::size_t>(0) : std::nullopt;
}

bool HoldsFor(std::string_view level, const Values& left, const Values& right) {
  const Level parsed = *ParseLevel(level, 0, OnlyName);
  const Profile a = left.profile(), b = right.profile();
  return PairOfRecords(a, b).Holds(parsed);
}

bool Holds(std::string_view level, std::string_view a, std::string_view b) {
  const bool forwards = HoldsFor(level, Values(a), Values(b));
  EXPECT_EQ(HoldsFor(level, Values(b), Values(a)), forwards) << level << ": " << a << ", " << b;
  return forwards;
}

TEST(LevelTest, Golden) {
  EXPECT_TRUE(Holds("exact", "anna", "anna"));
  EXPECT_FALSE(Holds("exact", "anna", "anne"));
  EXPECT_TRUE(Holds("jaro_winkler >= 0.92", "martha", "marhta"));
  EXPECT_FALSE(Holds("jaro_winkler >= 0.97", "martha", "marhta"));
  EXPECT_TRUE(Holds("damerau <= 1", "martha", "marhta"));
  EXPECT_FALSE(Holds("damerau <= 1", "martha", "mraaht"));
  EXPECT_TRUE(Holds("words >= 1", "acme trading", "acme global trading"));
  EXPECT_FALSE(Holds("words >= 0.8", "acme trading", "acme global"));
  EXPECT_TRUE(Holds("words >= 0.5", "acme trading", "acme global"));
  EXPECT_TRUE(Holds("typos <= 1", "acme", "acne"));
  EXPECT_FALSE(Holds("typos <= 1", "abc", "abd")) << "too short: another word";
  EXPECT_FALSE(Holds("typos <= 2", "metron", "matrun"));
  EXPECT_TRUE(Holds("typos <= 2", "metron optik", "matrun optik"));
  EXPECT_FALSE(Holds("typos <= 1", "metron optik", "matrun optik"));
  EXPECT_TRUE(Holds("typos <= 1", "中恒服装限公司", "中恒服装有限公司"));
  EXPECT_FALSE(Holds("typos <= 1", "杨伟欣", "杨欣"));
  EXPECT_TRUE(Holds("near_words >= 1", "acme tradimg", "acme global trading"));
  EXPECT_TRUE(Holds("near_words >= 1", "e schulz", "emma c schulz"));
  EXPECT_FALSE(Holds("near_words >= 1", "emil schulz", "emma c schulz"));
  EXPECT_TRUE(Holds("near_words >= 0.5", "emil schulz", "emma c schulz"));
  EXPECT_TRUE(Holds("same_words", "anna maria", "maria anna"));
  EXPECT_FALSE(Holds("same_words", "anna maria", "maria annb"));
  EXPECT_TRUE(Holds("initial", "j", "john"));
  EXPECT_TRUE(Holds("initial", "陈", "陈志强"));
  EXPECT_FALSE(Holds("initial", "j", "j"));
  EXPECT_FALSE(Holds("initial", "jo", "john"));
  EXPECT_TRUE(Holds("prefix >= 4", "robert", "robertson"));
  EXPECT_FALSE(Holds("prefix >= 7", "robert", "robertson"));
  EXPECT_TRUE(Holds("days <= 3", "2026-10-31", "2026-11-03"));
  EXPECT_FALSE(Holds("days <= 3", "2026-10-31", "2026-11-04"));
  EXPECT_FALSE(Holds("days <= 3", "2026-10-31", "soon"));
  EXPECT_TRUE(Holds("mistyped", "2026-10-11", "2026-11-10"));
  EXPECT_TRUE(Holds("mistyped", "2026-10-11", "2028-10-11"));
  EXPECT_TRUE(Holds("mistyped", "2026-10-12", "2026-10-21"));
  EXPECT_FALSE(Holds("mistyped", "2026-10-12", "2026-10-24"));
  EXPECT_TRUE(Holds("same_year", "2026-10-12", "2026-01-01"));
}

TEST(LevelTest, CutTexts) {
  EXPECT_TRUE(Holds("starts >= 4", "anna smith", "anna jones"));
  EXPECT_TRUE(Holds("starts >= 5", "anna smith", "anna jones"));
  EXPECT_FALSE(Holds("starts >= 6", "anna smith", "anna jones"));
  EXPECT_TRUE(Holds("starts >= 2", "größe", "grünen")) << "ö and ü begin with the same byte";
  EXPECT_FALSE(Holds("starts >= 3", "größe", "grünen"));
  EXPECT_TRUE(Holds("cut_words >= 1", "j smith donat", "j smith donation bgc"));
  EXPECT_TRUE(Holds("cut_words >= 1", "j smith don", "j smith donation"));
  EXPECT_TRUE(Holds("cut_words >= 1", "j smith do bgc", "j smith do")) << "a word less";
  EXPECT_FALSE(Holds("cut_words >= 1", "j smith donat bgc", "j smith donation")) << "not at its end";
  EXPECT_TRUE(Holds("cut_words >= 0.6", "j smith rent", "j smith donation"));
  EXPECT_FALSE(Holds("cut_words >= 0.7", "j smith rent", "j smith donation"));
  EXPECT_TRUE(Holds("grams >= 1", "smith", "j smith invoice"));
  EXPECT_TRUE(Holds("grams >= 0.6", "invoice4711", "invoices 4711"));
  EXPECT_FALSE(Holds("grams >= 0.1", "abcd", "efgh"));
  EXPECT_TRUE(Holds("grams >= 1", "ab", "ab")) << "shorter than a piece";
}

TEST(LevelTest, Numbers) {
  EXPECT_TRUE(Holds("difference <= 1", "100", "101.00"));
  EXPECT_FALSE(Holds("difference <= 1", "100", "101.01"));
  EXPECT_TRUE(Holds("difference <= 0.5", "-0.25", "0.25"));
  EXPECT_FALSE(Holds("difference <= 5", "100", "none"));
  EXPECT_TRUE(Holds("percent <= 0.5", "99.5", "100"));
  EXPECT_FALSE(Holds("percent <= 0.5", "99.49", "100"));
}

// Two dates of a record; "" where it has none.
struct Days {
  std::string sent, paid;
};

bool IsBefore(const Days& left, const Days& right, std::string_view level) {
  const auto profile = [](const Days& days) {
    std::vector<std::vector<std::string>> forms(2);
    if (!days.sent.empty()) {
      forms[0].push_back(days.sent);
    }
    if (!days.paid.empty()) {
      forms[1].push_back(days.paid);
    }
    return forms;
  };
  const OwnedProfile a(profile(left)), b(profile(right));
  const Profile x = a.view(), y = b.view();
  const auto parsed = ParseLevel(level, 0, [](std::string_view name) {
    return name == "paid" ? std::optional<std::size_t>(1) : std::nullopt;
  });
  EXPECT_TRUE(parsed.ok()) << level;
  const bool forwards = PairOfRecords(x, y).Holds(*parsed);
  EXPECT_EQ(PairOfRecords(y, x).Holds(*parsed), forwards);
  return forwards;
}

TEST(LevelTest, OneDateBeforeAnother) {
  const Days sent{"2026-10-30", ""}, same_day{"", "2026-10-30"}, late{"", "2026-11-02"},
      early{"", "2026-10-29"};
  EXPECT_TRUE(IsBefore(sent, same_day, "days_before paid <= 0"));
  EXPECT_TRUE(IsBefore(sent, late, "days_before paid <= 3"));
  EXPECT_FALSE(IsBefore(sent, late, "days_before paid <= 2"));
  EXPECT_FALSE(IsBefore(sent, early, "days_before paid <= 3")) << "never after it";
  EXPECT_FALSE(IsBefore(sent, sent, "days_before paid <= 3")) << "nobody knows when it came";
  EXPECT_TRUE(IsBefore({"2026-10-30", "2026-10-30"}, {"", "2026-10-31"}, "days_before paid <= 1"));
}

// Takes what both have out of both.
std::size_t TakeCommonSlowly(std::vector<std::string>& a, std::vector<std::string>& b) {
  for (std::size_t i = 0; i < a.size(); ++i) {
    for (std::size_t j = 0; j < b.size(); ++j) {
      if (a[i] == b[j]) {
        a.erase(a.begin() + static_cast<std::ptrdiff_t>(i));
        b.erase(b.begin() + static_cast<std::ptrdiff_t>(j));
        return 1 + TakeCommonSlowly(a, b);
      }
    }
  }
  return 0;
}

// Where a word that was the last one still is; the size where it is gone.
std::size_t PlaceOf(const std::vector<std::string>& words, const std::string& last) {
  return static_cast<std::size_t>(std::find(words.begin(), words.end(), last) - words.begin());
}

// Every way of giving each word one of the other's of which one is the beginning, and was the last.
std::size_t MostCut(const std::vector<std::string>& a, std::size_t last_of_a,
                    const std::vector<std::string>& b, std::size_t last_of_b, std::size_t at,
                    std::vector<bool>& taken) {
  if (at == a.size()) {
    return 0;
  }
  std::size_t most = MostCut(a, last_of_a, b, last_of_b, at + 1, taken);
  for (std::size_t i = 0; i < b.size(); ++i) {
    const bool cut =
        (at == last_of_a && b[i].starts_with(a[at])) || (i == last_of_b && a[at].starts_with(b[i]));
    if (!taken[i] && cut) {
      taken[i] = true;
      most = std::max(most, 1 + MostCut(a, last_of_a, b, last_of_b, at + 1, taken));
      taken[i] = false;
    }
  }
  return most;
}

std::string Joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) {
    text += (text.empty() ? "" : " ") + word;
  }
  return text;
}

TEST(LevelTest, WordsInCommonCountFirstThenCutOnes) {
  std::mt19937 chance(1);
  const auto words = [&] {
    std::vector<std::string> made(1 + chance() % 4);
    for (std::string& word : made) {
      word = std::string("abab").substr(chance() % 2, 1 + chance() % 3);
    }
    return made;
  };
  for (int round = 0; round < 5000; ++round) {
    std::vector<std::string> few = words(), many = words();
    if (few.size() > many.size()) {
      few.swap(many);
    }
    std::vector<std::string> left = few, right = many;
    std::size_t pairs = TakeCommonSlowly(left, right);
    std::vector<bool> taken(right.size());
    pairs += MostCut(left, PlaceOf(left, few.back()), right, PlaceOf(right, many.back()), 0, taken);
    for (std::size_t n = 1; n <= few.size(); ++n) {
      const double share = static_cast<double>(n) / static_cast<double>(few.size());
      ASSERT_EQ(Holds("cut_words >= " + std::to_string(share - 1e-4), Joined(few), Joined(many)), pairs >= n)
          << Joined(few) << " / " << Joined(many);
    }
  }
}

TEST(LevelTest, GramsAndStartsAreThoseCountedOneByOne) {
  std::mt19937 chance(2);
  const std::vector<std::string> letters = {"a", "b", "ö", "ü"};
  const auto text = [&] {
    std::vector<std::string> made(1 + chance() % 7);
    for (std::string& letter : made) {
      letter = letters[chance() % letters.size()];
    }
    return made;
  };
  const auto all = [](const std::vector<std::string>& characters) {
    std::string joined;
    for (const std::string& character : characters) {
      joined += character;
    }
    return joined;
  };
  const auto grams = [&](const std::vector<std::string>& characters) {
    std::vector<std::string> pieces;
    for (std::size_t i = 0; i + 3 <= characters.size(); ++i) {
      pieces.push_back(characters[i] + characters[i + 1] + characters[i + 2]);
    }
    return pieces.empty() ? std::vector<std::string>{all(characters)} : pieces;
  };
  for (int round = 0; round < 5000; ++round) {
    const std::vector<std::string> a = text(), b = text();
    std::size_t alike = 0;
    while (alike < std::min(a.size(), b.size()) && a[alike] == b[alike]) {
      ++alike;
    }
    for (std::size_t n = 1; n <= 4; ++n) {
      ASSERT_EQ(Holds("starts >= " + std::to_string(n), all(a), all(b)), alike >= n);
    }
    std::vector<std::string> left = grams(a), right = grams(b);
    const double fewer = static_cast<double>(std::min(left.size(), right.size()));
    double shared = 0;
    for (const std::string& piece : left) {
      const auto found = std::find(right.begin(), right.end(), piece);
      if (found != right.end()) {
        right.erase(found);
        ++shared;
      }
    }
    ASSERT_EQ(Holds("grams >= 0.49", all(a), all(b)), shared / fewer >= 0.49) << all(a) << " / " << all(b);
  }
}

TEST(LevelTest, AllConditionsHold) {
  EXPECT_TRUE(Holds("words >= 1 and name prefix >= 4", "acme", "acme trading"));
  EXPECT_FALSE(Holds("words >= 1 and name prefix >= 5", "acme", "acme trading"));
}

TEST(LevelTest, PercentIsOfTheLarger) {
  Values a("100"), b("102");
  a.term.has_number = b.term.has_number = true;
  a.term.number = 10000;
  b.term.number = 10200;
  EXPECT_TRUE(HoldsFor("percent <= 2", a, b));
  EXPECT_FALSE(HoldsFor("percent <= 1.9", a, b));
  b.term.has_number = false;
  EXPECT_FALSE(HoldsFor("percent <= 2", a, b));
}

TEST(LevelTest, SaysWhatThereIs) {
  for (const std::string_view bad :
       {"", "exakt", "exact 1", "damerau", "damerau >= 1", "damerau <= x", "damerau <= 5", "damerau <= 1 2",
        "city exact", "exact and", "exact and exact exact", "exchanged city", "days_before <= 1",
        "days_before city <= 1", "days_before name", "days_before name >= 1"}) {
    const auto level = ParseLevel(bad, 0, OnlyName);
    ASSERT_FALSE(level.ok()) << bad;
    EXPECT_EQ(level.error().code(), Code::kConfigValue);
    EXPECT_NE(level.error().message().find("damerau <= N"), std::string::npos);
  }
}

}  // namespace
}  // namespace crossbill::linkage
