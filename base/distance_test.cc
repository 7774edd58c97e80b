#include "base/distance.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "base/utf8.h"

namespace crossbill {
namespace {

// The definitions, as slow as they are written.

int SlowDamerauLevenshtein(const std::u32string& a, const std::u32string& b) {
  std::vector<std::vector<int>> d(a.size() + 1, std::vector<int>(b.size() + 1));
  for (std::size_t i = 0; i <= a.size(); ++i) {
    for (std::size_t j = 0; j <= b.size(); ++j) {
      if (i == 0 || j == 0) {
        d[i][j] = static_cast<int>(i + j);
        continue;
      }
      d[i][j] =
          std::min({d[i - 1][j] + 1, d[i][j - 1] + 1, d[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        d[i][j] = std::min(d[i][j], d[i - 2][j - 2] + 1);
      }
    }
  }
  return d[a.size()][b.size()];
}

double SlowJaro(std::u32string a, std::u32string b) {
  if (a.empty() || b.empty()) {
    return a.empty() && b.empty() ? 1 : 0;
  }
  if (a.size() > b.size() || (a.size() == b.size() && a > b)) {
    std::swap(a, b);
  }
  const auto reach = std::max(static_cast<int>(b.size()) / 2 - 1, 0);
  std::vector<int> partner(a.size(), -1);
  std::vector<bool> taken(b.size());
  int common = 0;
  for (int i = 0; i < static_cast<int>(a.size()); ++i) {
    for (int j = std::max(0, i - reach); j <= std::min(static_cast<int>(b.size()) - 1, i + reach); ++j) {
      const auto at = static_cast<std::size_t>(j);
      if (!taken[at] && a[static_cast<std::size_t>(i)] == b[at]) {
        taken[at] = true;
        partner[static_cast<std::size_t>(i)] = j;
        ++common;
        break;
      }
    }
  }
  if (common == 0) {
    return 0;
  }
  std::u32string of_a, of_b;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (partner[i] >= 0) {
      of_a += a[i];
    }
  }
  for (std::size_t j = 0; j < b.size(); ++j) {
    if (taken[j]) {
      of_b += b[j];
    }
  }
  int turned = 0;
  for (std::size_t i = 0; i < of_a.size(); ++i) {
    turned += of_a[i] != of_b[i] ? 1 : 0;
  }
  const double m = common;
  const int transposed = turned / 2;
  return (m / static_cast<double>(a.size()) + m / static_cast<double>(b.size()) + (m - transposed) / m) / 3;
}

std::string Utf8(const std::u32string& text) {
  std::string bytes;
  for (const char32_t c : text) {
    AppendCodePoint(bytes, c);
  }
  return bytes;
}

class RandomTexts {
 public:
  explicit RandomTexts(std::uint32_t seed) : chance_(seed) {}

  std::u32string Text(std::size_t longest) {
    static constexpr char32_t kLetters[] = {U'a', U'b', U'c', U' ', U'é', U'株', U'式', U'カ'};
    const std::size_t letters = 1 + chance_() % std::size(kLetters);
    std::u32string text(chance_() % (longest + 1), U' ');
    for (char32_t& c : text) {
      c = kLetters[chance_() % letters];
    }
    return text;
  }

  // With a few mistakes: most pairs that are compared are alike.
  std::u32string Mistyped(std::u32string text) {
    for (std::size_t n = chance_() % 4; n > 0 && text.size() > 1; --n) {
      const std::size_t at = chance_() % (text.size() - 1);
      switch (chance_() % 4) {
        case 0:
          std::swap(text[at], text[at + 1]);
          break;
        case 1:
          text.erase(at, 1);
          break;
        case 2:
          text.insert(at, 1, U'b');
          break;
        default:
          text[at] = U'c';
      }
    }
    return text;
  }

 private:
  std::mt19937 chance_;
};

void CheckLike(const std::u32string& a, const std::u32string& b) {
  const std::string left = Utf8(a), right = Utf8(b);
  const int distance = SlowDamerauLevenshtein(a, b);
  ASSERT_EQ(DamerauLevenshtein(left, right), distance) << left << " / " << right;
  ASSERT_EQ(DamerauLevenshtein(right, left), distance) << left << " / " << right;
  ASSERT_EQ(DamerauLevenshtein(left, right, 2), std::min(distance, 3)) << left << " / " << right;
  const double jaro = SlowJaro(a, b);
  ASSERT_DOUBLE_EQ(Jaro(left, right), jaro) << left << " / " << right;
  ASSERT_DOUBLE_EQ(Jaro(right, left), jaro) << left << " / " << right;
  ASSERT_EQ(JaroWinkler(left, right), JaroWinkler(right, left)) << left << " / " << right;
}

TEST(DistanceTest, ShortTextsAsTheDefinitionHasThem) {
  RandomTexts texts(11);
  for (int i = 0; i < 20000; ++i) {
    const std::u32string a = texts.Text(12);
    CheckLike(a, texts.Text(12));
    CheckLike(a, texts.Mistyped(a));
  }
}

// Around and beyond the 64 places of a word.
TEST(DistanceTest, LongTextsAsTheDefinitionHasThem) {
  RandomTexts texts(12);
  for (int i = 0; i < 600; ++i) {
    const std::u32string a = texts.Text(200);
    CheckLike(a, texts.Text(200));
    CheckLike(a, texts.Mistyped(a));
  }
  for (std::size_t size = 60; size < 70; ++size) {
    CheckLike(std::u32string(size, U'a') + U"b", U"b" + std::u32string(size, U'a'));
  }
}

// Winkler's own examples, from the paper of 1990 and the tables of his group.
TEST(DistanceTest, PublishedValues) {
  EXPECT_NEAR(Jaro("martha", "marhta"), 0.944, 0.0005);
  EXPECT_NEAR(JaroWinkler("martha", "marhta"), 0.961, 0.0005);
  EXPECT_NEAR(Jaro("dwayne", "duane"), 0.822, 0.0005);
  EXPECT_NEAR(JaroWinkler("dwayne", "duane"), 0.840, 0.0005);
  EXPECT_NEAR(Jaro("dixon", "dicksonx"), 0.767, 0.0005);
  EXPECT_NEAR(JaroWinkler("dixon", "dicksonx"), 0.813, 0.0005);
  EXPECT_EQ(JaroWinkler("", ""), 1);
  EXPECT_EQ(JaroWinkler("", "a"), 0);
}

// Any bytes: what is no UTF-8 counts as characters that equal each other.
TEST(DistanceTest, RandomBytesDoNoHarm) {
  std::mt19937 chance(13);
  for (int i = 0; i < 3000; ++i) {
    std::string text(chance() % 90, ' ');
    for (char& c : text) {
      c = static_cast<char>(chance());
    }
    EXPECT_EQ(DamerauLevenshtein(text, text + "x"), 1);
    EXPECT_EQ(JaroWinkler(text, "abc"), JaroWinkler("abc", text));
  }
}

TEST(DistanceTest, CharactersAndNotBytesCount) {
  EXPECT_EQ(DamerauLevenshtein("佐藤花子", "佐藤華子"), 1);
  EXPECT_EQ(DamerauLevenshtein("müller", "muller"), 1);
  EXPECT_EQ(DamerauLevenshtein("花子", "子花"), 1);
  EXPECT_EQ(DamerauLevenshtein("ca", "abc"), 3) << "no character takes part twice";
}

}  // namespace
}  // namespace crossbill
