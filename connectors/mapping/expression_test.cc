// The language, in tables: what CEL says, the documented deviations, and what is refused.
#include <gtest/gtest.h>

#include <random>

#include "connectors/mapping/expression_test_support.h"

namespace crossbill::mapping {
namespace {

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

TEST(ExpressionTest, Literals) {
  constexpr Case kCases[] = {
      {"42", "42"},
      {"-42", "-42"},
      {"0x1F", "31"},
      {"9223372036854775807", "9223372036854775807"},
      {"-9223372036854775808", "-9223372036854775808"},
      {"1.50", "1.50"},
      {".5", "0.5"},
      {"true", "true"},
      {"false", "false"},
      {"null", "null"},
      {"\"a\"", "\"a\""},
      {"'a'", "\"a\""},
      {"'''it's\na'''", "\"it's\na\""},
      {"\"\"\"a\"b\"\"\"", "\"a\"b\""},
      {"r'\\d'", "\"\\d\""},
      {"R\"\\n\"", "\"\\n\""},
      {"'\\n\\t\\\\\\'\\\"'", "\"\n\t\\'\"\""},
      {"'\\x41\\u4eac\\U0001F600\\101'", "\"A京😀A\""},
      {"[1, 2, 3]", "[1, 2, 3]"},
      {"[]", "[]"},
      {"['a',]", "[\"a\"]"},
      {"1 // comment\n + 1", "2"},
      {"'京'", "\"京\""},
  };
  Expect(kCases);
}

TEST(ExpressionTest, OperatorsAsInCel) {
  constexpr Case kCases[] = {
      {"1 + 2 * 3", "7"},
      {"(1 + 2) * 3", "9"},
      {"7 / 2", "3"},
      {"-7 / 2", "-3"},
      {"7 % 3", "1"},
      {"-7 % 3", "-1"},
      {"1 - 2 - 3", "-4"},
      {"- - 1", "1"},
      {"'a' + 'b'", "\"ab\""},
      {"[1] + [2]", "[1, 2]"},
      {"1 == 1", "true"},
      {"1 != 2", "true"},
      {"'a' < 'b'", "true"},
      {"'京' > 'z'", "true"},
      {"true ? 1 : 2", "1"},
      {"false ? 1 : true ? 2 : 3", "2"},
      {"!true", "false"},
      {"!!true", "true"},
      {"1 in [1, 2]", "true"},
      {"3 in [1, 2]", "false"},
      {"'a' in ['b']", "false"},
      {"[1, [2]] == [1, [2]]", "true"},
      {"null == null", "true"},
      {"1 == null", "false"},
      {"false < true", "true"},
      {"true || 1 / 0 > 0", "true"},
      {"1 / 0 > 0 || true", "true"},
      {"false && 1 / 0 > 0", "false"},
      {"1 / 0 > 0 && false", "false"},
      {"1 / 0 > 0 || false", "error: division by zero"},
      {"1 / 0 > 0 && true", "error: division by zero"},
      {"false || 1 / 0 > 0", "error: division by zero"},
      {"1 / 0", "error: division by zero"},
      {"1 % 0", "error: division by zero"},
      {"9223372036854775807 + 1", "error: a whole number larger than 64 bits"},
      {"-9223372036854775808 / -1", "error: a whole number larger than 64 bits"},
      {"true ? 1 : 1 / 0", "1"},
  };
  Expect(kCases);
}

// docs/reference/mapping.md names them: decimals for doubles, int to decimal, null.
TEST(ExpressionTest, Deviations) {
  constexpr Case kCases[] = {
      {"0.1 + 0.2", "0.3"},
      {"0.1 + 0.2 == 0.3", "true"},
      {"1 + 0.5", "1.5"},
      {"1 == 1.0", "true"},
      {"2 < 2.5", "true"},
      {"10.00 / 4", "2.5"},
      {"1 / 3.0", "0.3333333333"},
      {"1.5 / 0", "error: division by zero"},
      {"nothing + 'a'", "null"},
      {"i + no_bool_int", nullptr},
      {"null > 1", "null"},
      {"-null", "null"},
      {"no_bool && true", "null"},
      {"no_bool && false", "false"},
      {"false && no_bool", "false"},
      {"no_bool || true", "true"},
      {"no_bool || false", "null"},
      {"!no_bool", "null"},
      {"no_bool ? 1 : 2", "2"},
      {"nothing == null", "true"},
      {"empty == null", "false"},
      {"trim(nothing)", "null"},
      {"doc.missing", "null"},
      {"doc.missing.more", "null"},
      {"doc['missing']", "null"},
  };
  Evaluator evaluate;
  for (const Case& c : kCases) {
    if (c.result != nullptr) {
      EXPECT_EQ(evaluate(c.expression), c.result) << c.expression;
    }
  }
}

TEST(ExpressionTest, ColumnsMembersAndLists) {
  constexpr Case kCases[] = {
      {"t", "\"text\""},
      {"i + 1", "8"},
      {"d * 2", "25.00"},
      {"订单号", "\"订-1\""},
      {"`Order No` + '!'", "\"4711!\""},
      {"doc.n", "7"},
      {"doc['t']", "\"x\""},
      {"doc.deep.name", "\"y\""},
      {"doc.tags[1]", "\"b\""},
      {"doc.tags[9]",
       "error: there is no element 9 in a list of 3; nth(list, n) gives null then (from doc.tags)"},
      {"'n' in doc", "true"},
      {"'x' in doc", "false"},
      {"has(doc.n)", "true"},
      {"has(doc.x)", "false"},
      {"has(nothing)", "false"},
      {"has(t)", "true"},
      {"or_null(date(t))", "null"},
      {"or_null(size(t)) + 1", "5"},
      {"size(lines)", "2"},
      {"lines[0].sku", "\"A-1\""},
      {"sum(lines.map(l, l.amount))", "15.50"},
      {"lines.filter(l, l.amount > 6).map(l, l.sku)", "[\"A-1\"]"},
      {"lines.exists(l, l.sku == 'B-2')", "true"},
      {"lines.all(l, l.amount > 0)", "true"},
      {"lines.exists_one(l, l.amount < 6)", "true"},
      {"lines.map(l, l.amount > 6, l.sku)", "[\"A-1\"]"},
      {"[1, 2].map(x, [3, 4].map(y, x * y))", "[[3, 4], [6, 8]]"},
      {"[0, 1].exists(x, 1 / x == 1)", "true"},
      {"[0, 2].exists(x, 1 / x == 1)", "error: division by zero"},
      {"[0, 2].all(x, 1 / x == 1)", "false"},
      {"doc.t.tags", "error: \"x\" has no member \"tags\" (from doc.t)"},
      {"doc.n > 'a'", "error: \">\" does not take int and text (from doc.n)"},
      {"trim(doc.n)", "\"7\""},
      {"trim(doc.tags)", "error: trim() takes text, not a list (from doc.tags)"},
      {"doc.n.map(x, x)", "error: a list was expected, not 7 (from doc.n)"},
      {"doc.t ? 1 : 2", "error: a condition is true or false, not \"x\" (from doc.t)"},
  };
  Expect(kCases);
}

TEST(ExpressionTest, RefusesWhatDoesNotFit) {
  constexpr Case kCases[] = {
      {"", "refused: 0: an expression was expected"},
      {"1 +", "refused: 3: a value was expected, not end"},
      {"(1", "refused: 2: \")\" was expected, not end"},
      {"a = b", "refused: 2: equality is written \"==\""},
      {"a & b", "refused: 2: \"&\" is written \"&&\""},
      {"'abc", "refused: 0: a text that is not closed"},
      {"'a\\q'",
       "refused: 2: an unknown escape in a text; a backslash is written \"\\\\\", or the text raw: r\"…\""},
      {"1e3", "refused: 0: numbers with an exponent are not part of the language; write the digits"},
      {"1u", "refused: 0: unsigned numbers are not part of the language; leave out the \"u\""},
      {"b'x'", "refused: 0: byte strings are not part of the language"},
      {"{'a': 1}", "refused: 0: messages and maps cannot be written in an expression"},
      {"9223372036854775808", "refused: 0: a whole number larger than 64 bits; with a point it is a decimal"},
      {"while", "refused: 0: \"while\" is a reserved word of CEL; a column of this name is written `while`"},
      {"1 2", "refused: 2: unexpected number after the expression"},
      {"'a' + 1", "refused: 4: kMapType \"+\" does not take text and int; decimal(x) makes it a number"},
      {"t == 1", "refused: 2: kMapType \"==\" does not take text and int; decimal(x) makes it a number"},
      {"t > day", "refused: 2: kMapType \">\" does not take text and date; date(x, format) makes it a date"},
      {"i && yes", "refused: 0: kMapType a condition is true or false, not int"},
      {"t ? 1 : 2", "refused: 0: kMapType a condition is true or false, not text; compare it: x == \"…\""},
      {"trim(i)",
       "refused: 5: kMapType trim() takes text as its first argument, not int; string(x) makes it text: "
       "trim(text) → text"},
      {"trim(t, t)", "refused: 0: kMapFunction trim() takes 1 argument(s), not 2: trim(text) → text"},
      {"trim_zero(t)", "refused: 0: kMapFunction no function \"trim_zero\"; did you mean \"trim_zeros\"?"},
      {"double(t)", "refused: 0: kMapFunction no function \"double\"; numbers are decimals here: decimal(x)"},
      {"lines.sku", "refused: 6: kMapType list<record> has no members"},
      {"lines[0].skv",
       "refused: 9: kMapColumn no column \"skv\": the columns are sku, amount; did you mean \"sku\"?"},
      {"lookup('exampel', t)",
       "refused: 18: kMapLookup lookup(): no lookup table \"exampel\"; there is \"example\", \"states\"; did "
       "you mean \"example\"?"},
      {"matches(t, '(')",
       "refused: 11: kMapSyntax matches(): the pattern is not a regular expression (RE2): missing ): ("},
      {"matches(t, t)", "refused: 11: kMapFunction matches(): the pattern must be a text constant"},
      {"date(t, '%Q')", nullptr},
      {"has(1)", "refused: 0: kMapFunction has() takes a column or a member: has(a.b)"},
      {"t.map(x, x)", "refused: 0: kMapType map() walks a list, not text"},
      {"sum(doc.tags) + trim(1) + nope", nullptr},
  };
  Evaluator evaluate;
  for (const Case& c : kCases) {
    if (c.result != nullptr) {
      EXPECT_EQ(evaluate(c.expression), c.result) << c.expression;
    } else {
      EXPECT_TRUE(evaluate(c.expression).starts_with("refused: ")) << c.expression;
    }
  }
  EXPECT_EQ(evaluate("tt"),
            "refused: 0: kMapColumn no column \"tt\" in erp/orders: the columns are t, empty, nothing, qty, "
            "i, d, yes, no_bool, day, at, doc, 订单号, "
            "Order No, lines; a text is written in quotes of its own: '\"tt\"'");
  EXPECT_TRUE(evaluate("empyt").ends_with("; did you mean \"empty\"?"));
}

TEST(ExpressionTest, AllProblemsOfAnExpressionAreFound) {
  Evaluator evaluate;
  const std::string found = evaluate("trim(i) + nope + upper(d)");
  EXPECT_NE(found.find("trim() takes"), std::string::npos) << found;
  EXPECT_NE(found.find("no column \"nope\""), std::string::npos) << found;
  EXPECT_NE(found.find("upper() takes"), std::string::npos) << found;
}

TEST(ExpressionTest, Types) {
  Evaluator evaluate;
  constexpr Case kCases[] = {{"1", "int"},
                             {"1.0", "decimal"},
                             {"i + d", "decimal"},
                             {"[1, 2.5]", "list<decimal>"},
                             {"[1, 'a']", "list<dyn>"},
                             {"doc.n", "dyn"},
                             {"doc.n + 1", "dyn"},
                             {"yes ? 1 : null", "int"},
                             {"yes ? 1 : 'a'", "dyn"},
                             {"lines", "list<record>"},
                             {"lines.map(l, l.amount)", "list<decimal>"},
                             {"first(lines).sku", "text"},
                             {"money(d, 'EUR')", "money"},
                             {"split(t, ',')", "list<text>"},
                             {"coalesce(null, i)", "int"},
                             {"date(t)", "date"},
                             {"datetime(t)", "timestamp"}};
  for (const Case& c : kCases) {
    evaluate(c.expression);
    EXPECT_EQ(evaluate.type(), c.result) << c.expression;
  }
}

TEST(ExpressionTest, LimitsHold) {
  Evaluator evaluate;
  const std::string deep(200, '(');
  EXPECT_EQ(evaluate(deep + "1" + std::string(200, ')')),
            "refused: 64: the expression is nested deeper than 64");
  EXPECT_EQ(evaluate(std::string(200, '-') + "i").substr(0, 9), "refused: ");
  EXPECT_EQ(evaluate(std::string(200, '!') + "yes").substr(0, 9), "refused: ");
  std::string sum = "1";
  for (int i = 0; i < 300; ++i) {
    sum += "+1";
  }
  EXPECT_EQ(evaluate(sum), "301");
  for (int i = 0; i < 300; ++i) {
    sum += "+1";
  }
  EXPECT_NE(evaluate(sum).find("too deep"), std::string::npos);
  EXPECT_NE(evaluate(std::string(20'000, ' ') + "1").find("longer than"), std::string::npos);
  std::string list = "[1";
  for (int i = 0; i < 4000; ++i) {
    list += ",1";
  }
  EXPECT_EQ(evaluate("size(" + list + "])"), "4001");
}

// Anything at all is compiled or refused, and what compiles is evaluated or fails: nothing crashes or hangs.
TEST(ExpressionTest, RandomExpressions) {
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE(seed);
  std::mt19937 random(seed);
  constexpr const char* kPieces[] = {"t",          "i",
                                     "d",          "doc",
                                     "lines",      "day",
                                     "nothing",    "1",
                                     "2.5",        "'a'",
                                     "\"",         "'",
                                     "(",          ")",
                                     "[",          "]",
                                     "{",          "}",
                                     ",",          ".",
                                     "+",          "-",
                                     "*",          "/",
                                     "%",          "==",
                                     "<",          "in",
                                     "&&",         "||",
                                     "!",          "?",
                                     ":",          "null",
                                     "true",       "size(",
                                     "trim(",      "lines.map(x,",
                                     ".filter(y,", "date(",
                                     "money(",     "substr(",
                                     "pad(",       "has(",
                                     "matches(t,", "\\",
                                     "京",         "\x80",
                                     "`",          " ",
                                     "sum(",       "coalesce(",
                                     "concat(",    "round(",
                                     "replace(",   "9223372036854775807",
                                     "doc.tags"};
  Evaluator evaluate;
  for (int n = 0; n < 20'000; ++n) {
    std::string text;
    for (unsigned length = random() % 14; length > 0; --length) {
      text += kPieces[random() % std::size(kPieces)];
    }
    evaluate(text);
  }
  for (int n = 0; n < 5'000; ++n) {
    std::string bytes;
    for (unsigned length = random() % 40; length > 0; --length) {
      bytes += static_cast<char>(random() % 256);
    }
    evaluate(bytes);
  }
}

}  // namespace
}  // namespace crossbill::mapping
