// Every function: its example in the table, and the values at the edges.
#include "connectors/mapping/functions.h"

#include <gtest/gtest.h>

#include <set>

#include "connectors/mapping/expression_test_support.h"
#include "connectors/mapping/mapper.h"

namespace crossbill::mapping {
namespace {

TEST(FunctionsTest, ExamplesAreTrue) {
  Evaluator evaluate;
  std::set<std::string_view> names;
  for (const FunctionTheme& theme : AllFunctions()) {
    for (const FunctionDef& f : theme.functions) {
      EXPECT_EQ(evaluate(fmt::format("string({})", f.example)), fmt::format("\"{}\"", f.result_text))
          << f.example;
      EXPECT_TRUE(names.insert(f.name).second) << f.name << " stands twice";
      EXPECT_TRUE(f.signature.starts_with(f.name)) << f.signature;
      EXPECT_FALSE(f.doc.empty()) << f.name;
    }
  }
}

TEST(FunctionsTest, ReferenceNamesAll) {
  const std::string page = RenderFunctionReference();
  for (const FunctionTheme& theme : AllFunctions()) {
    EXPECT_NE(page.find(theme.title), std::string::npos);
    for (const FunctionDef& f : theme.functions) {
      EXPECT_NE(page.find(f.doc), std::string::npos) << f.name;
    }
  }
}

struct Case {
  const char* expression;
  const char* result;
};

void Expect(std::span<const Case> cases) {
  Evaluator evaluate;
  for (const Case& c : cases) {
    EXPECT_EQ(evaluate(c.expression), c.result) << c.expression;
  }
}

TEST(FunctionsTest, NullGivesNullEverywhere) {
  Evaluator evaluate;
  for (const FunctionTheme& theme : AllFunctions()) {
    for (const FunctionDef& f : theme.functions) {
      if (f.nulls == NullRule::kGivesNull && f.prepare == nullptr) {
        std::string call = fmt::format("{}(null", f.name);
        for (int i = 1; i < f.least; ++i) {
          call += ", null";
        }
        EXPECT_EQ(evaluate(call + ")"), "null") << call;
      }
    }
  }
}

TEST(FunctionsTest, Cleaning) {
  constexpr Case kCases[] = {
      {"trim_zeros('0000')", "\"0\""},
      {"trim_zeros('')", "\"\""},
      {"trim_zeros(' 007 ')", "\"7\""},
      {"trim_zeros('A007')", "\"A007\""},
      {"trim('  ')", "\"\""},
      {"phone('')", "null"},
      {"phone('  ')", "null"},
      {"phone(empty, 'CN')", "null"},
      {"phone('abc', 'CN')", "error: \"abc\" is not a telephone number"},
      {"phone(qty)",
       "error: \"three\" is not a telephone number; without a + it needs a country: phone(text, \"CN\") "
       "(from qty)"},
      {"phone('+49 40 6549503')", "\"+49406549503\""},
      {"email('')", "null"},
      {"email(qty)", "error: \"three\" is not an e-mail address (from qty)"},
      {"digits('')", "\"\""},
      {"fold_width('ｾｲｷﾕｳ')", "\"セイキユウ\""},
      {"fold_width('plain')", "\"plain\""},
      {"hash('a') == hash('b')", "false"},
      {"trim_zeros(i)", nullptr},
  };
  Evaluator evaluate;
  for (const Case& c : kCases) {
    if (c.result != nullptr) {
      EXPECT_EQ(evaluate(c.expression), c.result) << c.expression;
    }
  }
}

TEST(FunctionsTest, Text) {
  constexpr Case kCases[] = {
      {"'北京市'.substring(1)", "\"京市\""},
      {"'abc'.substring(3)", "\"\""},
      {"'abc'.substring(2, 1)",
       "error: substring(2, 1) is outside of \"abc\"; substr(text, start, length) takes what is there"},
      {"'abc'.substring(0, 4)",
       "error: substring(0, 4) is outside of \"abc\"; substr(text, start, length) takes what is there"},
      {"substr('北京市', 1, 1)", "\"京\""},
      {"substr('abc', 7)", "\"\""},
      {"substr('abc', -9)", "\"abc\""},
      {"substr('abc', 0, -1)", "\"\""},
      {"split('a,b,,c', ',')", "[\"a\", \"b\", \"\", \"c\"]"},
      {"split('', ',')", "[\"\"]"},
      {"split('a', '')", "error: split() needs a separator"},
      {"'aaa'.replace('a', 'bb')", "\"bbbbbb\""},
      {"'a'.replace('', 'x')", "\"a\""},
      {"pad('12345', 3)", "\"12345\""},
      {"pad('x', 3, '　')", "\"　　x\""},
      {"pad('x', 99999)", "error: pad() takes a width of at most 10000 and one character"},
      {"pad('x', 3, 'ab')", "error: pad() takes a width of at most 10000 and one character"},
      {"concat('a', 1, 2.50, true, day, null)", "\"a12.50true2026-10-31\""},
      {"string(at)", "\"1970-01-01T08:00:00+08:00\""},
      {"size('')", "0"},
      {"size(doc)", "5"},
      {"upper('straße')", "\"STRASSE\""},
      {"'x'.size()", "1"},
      {"string(money(1.5, 'EUR'))", "\"1.5 EUR\""},
  };
  Expect(kCases);
}

TEST(FunctionsTest, Patterns) {
  constexpr Case kCases[] = {
      {"regex_extract('RE 0090000005 / AB 4500008', r'AB (\\d+)')", "\"4500008\""},
      {"regex_extract('none', r'AB (\\d+)')", "null"},
      {"regex_extract('ab', 'a(x)?b')", "null"},
      {"regex_extract('ab12', r'\\d+')", "\"12\""},
      {"regex_extract('ab12', r'([a-z]+)(\\d+)', 2)", "\"12\""},
      {"regex_extract('ab12', r'([a-z]+)', 0)", "\"ab\""},
      {"regex_extract('x', 'x', 1)", "refused: 19: kMapFunction regex_extract(): the pattern has 0 group(s)"},
      {"matches('请求 京', '京$')", "true"},
      {"regex_replace('a  b', r'\\s+', ' ')", "\"a b\""},
      {"regex_replace('a', 'b', 'c')", "\"a\""},
  };
  Expect(kCases);
}

TEST(FunctionsTest, Numbers) {
  constexpr Case kCases[] = {
      {"decimal('1,234.50')", "1234.50"},
      {"decimal('271,919.60')", "271919.60"},
      {"decimal('20,38', ',')", "20.38"},
      {"decimal('6,545')", "6545"},
      {"decimal('12.50-')", "-12.50"},
      {"decimal('(3.00)')", "-3.00"},
      {"decimal('１２３')", "123"},
      {"decimal('')", "null"},
      {"decimal('  ')", "null"},
      {"decimal(qty)", "error: \"three\" is not a decimal number (from qty)"},
      {"decimal(i)", "7"},
      {"decimal('1', ';')", "refused: 13: kMapFunction decimal(): the decimal separator is \".\" or \",\""},
      {"int('12')", "12"},
      {"int('+12')", "12"},
      {"int('')", "null"},
      {"int('1.5')", "error: \"1.5\" is not a whole number"},
      {"int(-2.9)", "-2"},
      {"int(12345678901234567890.0)", "error: 12345678901234567890.0 is larger than 64 bits"},
      {"bool('f')", "false"},
      {"bool('x')", "error: \"x\" is neither true nor false"},
      {"bool('')", "null"},
      {"money('1250.00', 'CNY')", "1250.00 CNY"},
      {"money(' 5 ', ' EUR ')", "5 EUR"},
      {"money('', 'CNY')", "null"},
      {"money(null, null)", "null"},
      {"money('1,5', 'CNY')", "error: \"1,5\" is not a decimal number"},
      {"money(5, 'RMB')", "error: \"RMB\" is not an ISO 4217 currency code"},
      {"money(5, '')", "error: the amount 5 has no currency"},
      {"money(5, nothing)", "error: the amount 5 has no currency (from nothing)"},
      {"money(1, 'EUR') + money(2.5, 'EUR')", "3.5 EUR"},
      {"money(1, 'EUR') < money(2, 'EUR')", "true"},
      {"money(3, 'EUR') * 1.5", "4.5 EUR"},
      {"-money(3, 'EUR')", "-3 EUR"},
      {"sum([money(1, 'EUR'), money(2, 'EUR')])", "3 EUR"},
      {"abs(-3)", "3"},
      {"round(2.5, 0)", "3"},
      {"round(-2.5, 0)", "-3"},
      {"round(1.5, 40)", "error: round() takes 0 to 38 digits"},
      {"round(7, 2)", "7"},
      {"decimal(doc.price) * 2", "40.76"},
      {"99999999999999999999999999999999999999.0 * 10", nullptr},
  };
  Evaluator evaluate;
  for (const Case& c : kCases) {
    if (c.result != nullptr) {
      EXPECT_EQ(evaluate(c.expression), c.result) << c.expression;
    }
  }
  EXPECT_TRUE(evaluate("money(1, 'EUR') + money(1, 'USD')").starts_with("error: "));
  EXPECT_TRUE(evaluate("99999999999999999999999999999999999999 * 1.0").starts_with("refused: "));
}

TEST(FunctionsTest, Dates) {
  constexpr Case kCases[] = {
      {"date('2026-10-31')", "2026-10-31"},
      {"date('09.11.2024', ['%E', '%d.%m.%Y'])", "2024-11-09"},
      {"date('令和6年11月4日', ['%E', '%d.%m.%Y'])", "2024-11-04"},
      {"date('R06.11.05', '%E')", "2024-11-05"},
      {"date('')", "null"},
      {"date(' ', '%d.%m.%Y')", "null"},
      {"date(qty)", "error: \"three\" is not a date of the form \"iso\" (from qty)"},
      {"date('00000000', '%Y%m%d')", "error: \"00000000\" is not a date of the form \"%Y%m%d\""},
      {"date('31.02.2024', '%d.%m.%Y')", "error: \"31.02.2024\" is not a date of the form \"%d.%m.%Y\""},
      {"date(day)", "2026-10-31"},
      {"date(at)", "1970-01-01"},
      {"datetime('2026-10-31 09:00:00')", "2026-10-31T09:00:00+08:00"},
      {"datetime('2026-10-31T09:00:00Z')", "2026-10-31T09:00:00Z"},
      {"datetime('2026-10-31 09:00')", "2026-10-31T09:00:00+08:00"},
      {"datetime(day)", "2026-10-31T00:00:00+08:00"},
      {"datetime('')", "null"},
      {"datetime('x')", "error: \"x\" is not a time such as 2026-10-31T09:00:00+08:00"},
      {"date(datetime('2024-10-31T21:52:43Z'))", "2024-10-31"},
      {"days(day, -31)", "2026-09-30"},
      {"days(day, 99999999999)", "error: 99999999999 days are too many (from day)"},
      {"days(day, 4000000)", "error: a date outside of the years 1 to 9999 (from day)"},
      {"year(day) * 100 + month(day)", "202610"},
      {"day(at)", "1"},
      {"day > date('2026-01-01')", "true"},
      {"date(t, doc.t)",
       "refused: 12: kMapFunction date(): the format must be a text constant or a list of them: date(x, "
       "[\"%Y-%m-%d\", \"%d.%m.%Y\"])"},
  };
  Expect(kCases);
}

TEST(FunctionsTest, ListsAndMissingValues) {
  constexpr Case kCases[] = {
      {"first([])", "null"},
      {"last(doc.tags)", "null"},
      {"nth([1, 2], -1)", "null"},
      {"sum([])", "null"},
      {"sum([null, 2])", "2"},
      {"sum(doc.tags)", "error: sum() adds numbers or money, not \"a\" (from doc.tags)"},
      {"min([])", "null"},
      {"max([null, 2, 7])", "7"},
      {"max([day, days(day, 1)])", "2026-11-01"},
      {"min(['a', 1])", "error: \"<\" does not take int and text"},
      {"join(doc.tags, '+')", "\"a+b\""},
      {"join([1, 2.5])", "\"12.5\""},
      {"join([[1]])", "error: join() joins texts, not a list"},
      {"distinct(doc.tags)", "[\"a\", \"b\"]"},
      {"coalesce(nothing, empty, t)", "\"text\""},
      {"coalesce(nothing)", "null"},
      {"if_empty(nothing, t)", "\"text\""},
      {"if_empty(i, 3)", "7"},
      {"empty_to_null(i)", "7"},
      {"lookup('example', 'B')", "\"closed\""},
      {"lookup('example', 'C')", "error: \"C\" is not in the lookup table \"example\""},
      {"lookup('example', 'C', 'other')", "\"other\""},
      {"lookup('example', nothing)", "null"},
      {"lookup('example', '')", "null"},
      {"lookup('states', 1)", "\"new\""},
      {"lookup(t, 'A')",
       "refused: 10: kMapFunction lookup(): the name of the lookup table must be a text constant"},
  };
  Expect(kCases);
}

}  // namespace
}  // namespace crossbill::mapping
