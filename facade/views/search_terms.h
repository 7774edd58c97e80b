// What is searched for and what is found, as terms: words of names, telephone numbers, e-mail addresses, and
// keys and numbers. The same functions make the terms of the index and of the question, so that both are
// folded alike. Pure; any thread.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace crossbill::facade {

// Kinds of terms; they stand in the keys of the index.
inline constexpr char kWordTerm = 'w';
inline constexpr char kPhoneTerm =
    'p';  // digits in reverse: the end of a number is the beginning of its term
inline constexpr char kEmailTerm = 'm';
inline constexpr char kKeyTerm = 'k';  // keys, document numbers, tax ids: letters and digits only

struct Term {
  char kind = kWordTerm;
  std::string text;
  friend auto operator<=>(const Term&, const Term&) = default;
};
using Terms = std::set<Term>;

// Latin and other words whole; Chinese, Japanese and Korean runs whole, as pairs of characters and by their
// last character.
void AddNameTerms(std::string_view name, Terms& terms);
void AddPhoneTerms(std::string_view phone, Terms& terms);
void AddEmailTerms(std::string_view email, Terms& terms);
// "INV-2024/007" is found as "inv2024007"; "0000004711" as "4711" too.
void AddKeyTerms(std::string_view key, Terms& terms);

// One look into the index: a term, or everything that begins with it.
struct Lookup {
  Term term;
  bool prefix = false;
  int exact_score = 0;
  int prefix_score = 0;
};
// All lookups must hit; `bonus` adds to the score where it hits as well.
struct Alternative {
  std::vector<Lookup> all;
  std::vector<Lookup> bonus;
};
// One piece of the question between blanks, by any of its readings.
struct QueryPart {
  std::vector<Alternative> any;
};
// Every part must be found, or the question as a whole (a phone number with blanks).
struct Query {
  std::vector<QueryPart> parts;
  QueryPart whole;
};
// Nothing to look for: no parts.
Query ParseQuery(std::string_view text);

}  // namespace crossbill::facade
