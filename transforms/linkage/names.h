// Names in the form in which they are compared: script-aware, without legal forms and forms of address. Pure
// functions; any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace crossbill::transforms {

struct NameForm {
  std::string full;  // CJK: without blanks; else the words in order of the alphabet, joined by blanks
  std::vector<std::string> words;  // as written; one for CJK
  std::string legal;               // the class of the legal form: "ltd", "kk"; empty where there is none
  bool cjk = false;
  bool kana = false;  // nothing but kana: a reading
  bool empty() const { return full.empty(); }
};

NameForm MakeNameForm(std::string_view name);
struct PersonNameParts {
  std::string given;
  std::string family;
};

// A person's whole name in its parts, folded: "García, Ana", "Ana García", "王小明". One word is the family
// name. Both are empty where the text is no person's name.
PersonNameParts PartsOfPersonName(std::string_view name);
// Without what stands behind a person's name and is no part of it: "jr", "iii". One word stays.
void DropGenerations(std::vector<std::string>& words);
// The name without the place where the party is ("厦门佳远文化传播" in 厦门 is "佳远文化传播"); equal to
// `full` where it is not in it.
std::string WithoutCity(const NameForm& name, std::string_view city);
// A reading in katakana, without blanks and legal forms; empty when the text is none.
std::string ReadingOf(std::string_view kana);
// A city's bare name: "広島市中区" is "広島" (in simplified characters), "Chicago" is "chicago".
std::string CityForm(std::string_view city);

// Text for comparison: folded, in simplified characters, in katakana.
std::string Fold(std::string_view text);
std::size_t CodePoints(std::string_view utf8);

}  // namespace crossbill::transforms
