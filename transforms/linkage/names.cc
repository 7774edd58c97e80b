#include "transforms/linkage/names.h"

#include <algorithm>
#include <array>
#include <span>
#include <utility>

#include "base/text.h"

namespace crossbill::transforms {
namespace {

struct Form {
  std::string_view text;
  std::string_view kind;
};

// After folding: simplified characters. Longer ones first.
constexpr Form kCjkForms[] = {
    {"集团股份有限公司", "jituan"},
    {"集团有限公司", "jituan"},
    {"股份有限公司", "gufen"},
    {"股份公司", "gufen"},
    {"有限责任公司", "youxian"},
    {"有限公司", "youxian"},
    {"株式会社", "kk"},
    {"有限会社", "yk"},
    {"合同会社", "gk"},
    {"合资会社", "goshi"},
    {"合名会社", "gomei"},
    {"(株)", "kk"},
    {"(有)", "yk"},
    {"カブシキガイシャ", "kk"},
    {"ユウゲンガイシャ", "yk"},
};
// As people write them; letters with dots between them are joined. Behind a name.
constexpr Form kWesternForms[] = {
    {"inc", "corp"},
    {"incorporated", "corp"},
    {"corp", "corp"},
    {"corporation", "corp"},
    {"co", "co"},
    {"company", "co"},
    {"ltd", "ltd"},
    {"limited", "ltd"},
    {"llc", "llc"},
    {"llp", "llp"},
    {"plc", "plc"},
    {"public limited company", "plc"},
    {"gmbh", "gmbh"},
    {"Gesellschaft mit beschränkter Haftung", "gmbh"},
    {"ug haftungsbeschränkt", "ug"},
    {"ug", "ug"},
    {"ag", "ag"},
    {"Aktiengesellschaft", "ag"},
    {"kg", "kg"},
    {"Kommanditgesellschaft", "kg"},
    {"ohg", "ohg"},
    {"ek", "ek"},
    {"eingetragener Kaufmann", "ek"},
    {"se", "se"},
    {"sa", "sa"},
    {"Société anonyme", "sa"},
    {"Sociedad Anónima", "sa"},
    {"Spółka Akcyjna", "sa"},
    {"sarl", "sarl"},
    {"Société à responsabilité limitée", "sarl"},
    {"sas", "sas"},
    {"Société par actions simplifiée", "sas"},
    {"eurl", "eurl"},
    {"sci", "sci"},
    {"sl", "sl"},
    {"Sociedad Limitada", "sl"},
    {"slu", "slu"},
    {"s coop", "coop"},
    {"Sociedad Cooperativa", "coop"},
    {"sp zoo", "spzoo"},
    {"Spółka z ograniczoną odpowiedzialnością", "spzoo"},
    {"sp j", "spj"},
    {"Spółka Jawna", "spj"},
    {"sp k", "spk"},
    {"Spółka komandytowa", "spk"},
    {"srl", "srl"},
    {"spa", "spa"},
    {"bv", "bv"},
    {"nv", "nv"},
    {"ab", "ab"},
    {"oy", "oy"},
    {"kk", "kk"},
    {"pty", "ltd"},
    {"pte", "ltd"},
    {"ooo", "ooo"},
};
// In front of a name.
constexpr Form kRussianForms[] = {
    {"ооо", "ooo"}, {"Общество с ограниченной ответственностью", "ooo"},
    {"зао", "zao"}, {"Закрытое акционерное общество", "zao"},
    {"пао", "pao"}, {"Публичное акционерное общество", "pao"},
    {"оао", "oao"}, {"Открытое акционерное общество", "oao"},
    {"ао", "ao"},   {"Акционерное общество", "ao"},
    {"ип", "ip"},   {"Индивидуальный предприниматель", "ip"},
};
// Between a name and its form: "& Co", "und Co".
constexpr std::string_view kAnd[] = {"and", "und", "et", "y", "i"};
constexpr std::string_view kHonorificsBehind[] = {"先生", "女士", "小姐", "御中", "サマ", "様", "样", "殿"};
constexpr std::string_view kHonorificWords[] = {"mr",   "mrs",  "ms",   "miss", "dr",
                                                "prof", "herr", "frau", "mme",  "sir"};
// Behind a person's name, and no part of it.
constexpr std::string_view kGenerations[] = {"jr", "sr", "ii", "iii", "iv", "junior", "senior", "esq"};
// The family name begins with them.
constexpr std::string_view kParticles[] = {
    "van", "von", "vom", "vander", "zu", "zum", "zur", "der", "den", "de",  "del", "della", "di",  "da",
    "do",  "dos", "das", "du",     "la", "le",  "el",  "al",  "bin", "ibn", "ben", "ter",   "ten", "st"};
// Of two characters, in simplified ones.
constexpr std::string_view kChineseFamilyNames[] = {"欧阳", "司马", "诸葛", "上官", "司徒", "夏侯", "皇甫",
                                                    "东方", "尉迟", "公孙", "令狐", "慕容", "宇文", "长孙"};
constexpr std::string_view kCityEnds[] = {"市", "都", "府", "县", "郡"};

constexpr std::pair<std::string_view, std::string_view> kSmallKana[] = {
    {"ァ", "ア"}, {"ィ", "イ"}, {"ゥ", "ウ"}, {"ェ", "エ"}, {"ォ", "オ"},
    {"ッ", "ツ"}, {"ャ", "ヤ"}, {"ュ", "ユ"}, {"ョ", "ヨ"}};

bool IsCjk(unsigned char lead) { return lead >= 0xE3 && lead <= 0xE9; }  // U+3000 to U+9FFF: kana and Han

bool HasCjk(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) { return IsCjk(static_cast<unsigned char>(c)); });
}

// U+30A0 to U+30FF.
bool IsAllKatakana(std::string_view text) {
  if (text.empty() || text.size() % 3 != 0) {
    return false;
  }
  for (std::size_t i = 0; i < text.size(); i += 3) {
    const auto a = static_cast<unsigned char>(text[i]), b = static_cast<unsigned char>(text[i + 1]);
    if (a != 0xE3 || b < 0x82 || b > 0x83) {
      return false;
    }
    if (b == 0x82 && static_cast<unsigned char>(text[i + 2]) < 0xA0) {
      return false;
    }
  }
  return true;
}

void EraseBlanks(std::string& text) { std::erase(text, ' '); }

std::vector<std::string> SplitWords(std::string_view text) {
  std::vector<std::string> words;
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t end = std::min(text.find(' ', at), text.size());
    if (end > at) {
      words.emplace_back(text.substr(at, end - at));
    }
    at = end + 1;
  }
  return words;
}

// "s p a" is "spa", "b v" is "bv"; a single initial stays.
std::vector<std::string> JoinLetters(const std::vector<std::string>& words) {
  std::vector<std::string> joined;
  for (std::size_t i = 0; i < words.size();) {
    std::size_t end = i;
    while (end < words.size() && words[end].size() == 1) {
      ++end;
    }
    if (end - i >= 2) {
      std::string run;
      for (; i < end; ++i) {
        run += words[i];
      }
      joined.push_back(std::move(run));
    } else {
      joined.push_back(words[i++]);
    }
  }
  return joined;
}

template <class List>
bool Contains(const List& list, std::string_view word) {
  return std::find(std::begin(list), std::end(list), word) != std::end(list);
}

std::string Joined(const std::vector<std::string>& words, std::size_t first, std::size_t last) {
  std::string text;
  for (std::size_t i = first; i < last; ++i) {
    text += (text.empty() ? "" : " ") + words[i];
  }
  return text;
}

// "ü" has become "u" in folding; where somebody wrote "ue", that is "u" too.
std::string WithoutUmlautE(std::string_view word) {
  std::string text;
  for (std::size_t i = 0; i < word.size(); ++i) {
    text.push_back(word[i]);
    const bool vowel = word[i] == 'a' || word[i] == 'o' || word[i] == 'u';
    if (vowel && i + 1 < word.size() && word[i + 1] == 'e') {
      ++i;
    }
  }
  return text;
}

std::vector<std::string> WesternWords(std::string_view folded) {
  std::vector<std::string> words = JoinLetters(SplitWords(folded));
  for (std::string& word : words) {
    word = WithoutUmlautE(word);
  }
  return words;
}

struct FormInWords {
  std::vector<std::string> words;
  std::string_view kind;
};

// Those of more words first.
std::vector<FormInWords> InWords(std::span<const Form> forms) {
  std::vector<FormInWords> all;
  for (const Form& form : forms) {
    all.push_back({WesternWords(Fold(form.text)), form.kind});
  }
  std::stable_sort(all.begin(), all.end(),
                   [](const auto& a, const auto& b) { return a.words.size() > b.words.size(); });
  return all;
}

// The legal form with which the name ends, or begins; taken off. A name is not all legal form.
std::string_view TakeWesternForm(std::vector<std::string>& words) {
  static const std::vector<FormInWords> behind = InWords(kWesternForms), in_front = InWords(kRussianForms);
  for (const FormInWords& form : behind) {
    if (words.size() > form.words.size() &&
        std::equal(form.words.rbegin(), form.words.rend(), words.rbegin())) {
      words.resize(words.size() - form.words.size());
      return form.kind;
    }
  }
  for (const FormInWords& form : in_front) {
    if (words.size() > form.words.size() && std::equal(form.words.begin(), form.words.end(), words.begin())) {
      words.erase(words.begin(), words.begin() + static_cast<std::ptrdiff_t>(form.words.size()));
      return form.kind;
    }
  }
  return {};
}

void MakeWestern(std::string_view folded, NameForm& name) {
  name.words = WesternWords(folded);
  while (name.words.size() > 1 && Contains(kHonorificWords, name.words.front())) {
    name.words.erase(name.words.begin());
  }
  while (name.words.size() > 1) {
    const std::string_view form = TakeWesternForm(name.words);
    if (form.empty()) {
      break;
    }
    if (name.legal.empty() || name.legal == "co") {
      name.legal = form;
    }
    if (name.words.size() > 1 && Contains(kAnd, name.words.back())) {
      name.words.pop_back();
    }
  }
  std::vector<std::string> sorted = name.words;
  std::sort(sorted.begin(), sorted.end());
  for (const std::string& word : sorted) {
    if (!name.full.empty()) {
      name.full += ' ';
    }
    name.full += word;
  }
}

void TakeCjkForms(std::string& text, std::string& legal) {
  for (const Form& form : kCjkForms) {
    const std::size_t at = text.find(form.text);
    if (at == std::string::npos || text.size() == form.text.size()) {
      continue;
    }
    text.erase(at, form.text.size());
    if (legal.empty()) {
      legal = form.kind;
    }
  }
}

void MakeCjk(std::string_view folded, NameForm& name) {
  std::string text(folded);
  // "(株)" has lost its brackets in folding and stands alone.
  std::vector<std::string> words = SplitWords(text);
  if (words.size() > 1) {
    for (auto it = words.begin(); it != words.end();) {
      if (*it == "株" || *it == "有" || *it == "同") {
        name.legal = *it == "株" ? "kk" : *it == "有" ? "yk" : "gk";
        it = words.erase(it);
      } else {
        ++it;
      }
    }
  }
  text.clear();
  for (const std::string& word : words) {
    text += word;
  }
  TakeCjkForms(text, name.legal);
  for (const std::string_view honorific : kHonorificsBehind) {
    if (text.ends_with(honorific) && CodePoints(text) >= CodePoints(honorific) + 2) {
      text.resize(text.size() - honorific.size());
      break;
    }
  }
  name.cjk = true;
  name.kana = IsAllKatakana(text);
  name.words = {text};
  name.full = std::move(text);
}

// U+AC00 to U+D7A3.
bool IsHangul(std::string_view text) {
  return text.size() % 3 == 0 && std::all_of(text.begin(), text.end(), [i = 0](char c) mutable {
           const auto byte = static_cast<unsigned char>(c);
           return i++ % 3 == 0 ? byte >= 0xEA && byte <= 0xED : byte < 0xC0;
         });
}

// The family name stands first. Without blanks it is one character of three at most, two of four or five,
// where a Japanese name is the likelier one.
PersonNameParts EasternParts(std::string_view folded, const std::string& bare) {
  constexpr std::size_t kBytes = 3, kLongestChinese = 3, kLongest = 5;
  const std::size_t blank = folded.find(' ');
  if (blank != std::string_view::npos) {
    return {std::string(folded.substr(blank + 1)), std::string(folded.substr(0, blank))};
  }
  const std::size_t characters = CodePoints(bare);
  if (bare.size() != characters * kBytes || characters < 2 || characters > kLongest || IsAllKatakana(bare)) {
    return {};
  }
  const bool compound = Contains(kChineseFamilyNames, std::string_view(bare).substr(0, 2 * kBytes));
  const bool two = !IsHangul(bare) && (characters > kLongestChinese || (characters > 2 && compound));
  const std::size_t end = (two ? 2 : 1) * kBytes;
  return {bare.substr(end), bare.substr(0, end)};
}

// The family name stands last, with the particles in front of it.
PersonNameParts WesternParts(const std::vector<std::string>& words) {
  std::size_t family = words.size() - 1;
  while (family > 1 && Contains(kParticles, words[family - 1])) {
    --family;
  }
  return {Joined(words, 0, family), Joined(words, family, words.size())};
}

}  // namespace

std::size_t CodePoints(std::string_view utf8) {
  return static_cast<std::size_t>(std::count_if(
      utf8.begin(), utf8.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

std::string Fold(std::string_view text) {
  return TraditionalToSimplified(HiraganaToKatakana(FoldForMatching(text)));
}

NameForm MakeNameForm(std::string_view name) {
  NameForm form;
  const std::string folded = Fold(name);
  if (HasCjk(folded)) {
    MakeCjk(folded, form);
  } else {
    MakeWestern(folded, form);
  }
  return form;
}

void DropGenerations(std::vector<std::string>& words) {
  while (words.size() > 1 && Contains(kGenerations, words.back())) {
    words.pop_back();
  }
}

PersonNameParts PartsOfPersonName(std::string_view name) {
  NameForm form = MakeNameForm(name);
  const bool none = form.full.find_first_of("0123456789") != std::string::npos ||
                    name.find('@') != std::string_view::npos || !form.legal.empty();
  if (none || form.empty()) {
    return {};
  }
  const std::size_t comma = name.find(',');
  if (comma != std::string_view::npos) {
    std::vector<std::string> behind = MakeNameForm(name.substr(comma + 1)).words;
    if (behind.empty() || Contains(kGenerations, behind.front())) {
      return PartsOfPersonName(name.substr(0, comma));
    }
    DropGenerations(behind);
    return {Joined(behind, 0, behind.size()), Fold(name.substr(0, comma))};
  }
  if (form.cjk || IsHangul(form.words.front())) {
    return EasternParts(Fold(name), form.cjk ? form.full : form.words.front());
  }
  DropGenerations(form.words);
  return WesternParts(form.words);
}

std::string WithoutCity(const NameForm& name, std::string_view city) {
  if (city.empty()) {
    return name.full;
  }
  if (name.cjk) {
    std::string text = name.full;
    const std::size_t at = text.find(city);
    if (at == std::string::npos) {
      return text;
    }
    std::size_t end = at + city.size();
    if (std::string_view(text).substr(end).starts_with(kCityEnds[0])) {
      end += kCityEnds[0].size();
    }
    text.erase(at, end - at);
    // What is left must still be a name, and a branch's place is part of its name: only the place in front or
    // in brackets is dropped.
    const bool in_front = at == 0;
    const bool at_end = at == text.size();
    return CodePoints(text) >= 2 && (in_front || at_end) ? text : name.full;
  }
  return name.full;
}

std::string ReadingOf(std::string_view kana) {
  std::string text = HiraganaToKatakana(FoldForMatching(kana));
  EraseBlanks(text);
  std::string legal;
  TakeCjkForms(text, legal);
  if (!IsAllKatakana(text)) {
    return {};
  }
  // Half-width kana often come without their small forms.
  for (const auto& [small, large] : kSmallKana) {
    for (std::size_t at = text.find(small); at != std::string::npos;
         at = text.find(small, at + large.size())) {
      text.replace(at, small.size(), large);
    }
  }
  return text;
}

std::string CityForm(std::string_view city) {
  std::string text = Fold(city);
  if (!HasCjk(text)) {
    return text;
  }
  EraseBlanks(text);
  std::size_t cut = text.size();
  for (const std::string_view end : kCityEnds) {
    const std::size_t at = text.find(end);
    if (at != std::string::npos && CodePoints(std::string_view(text).substr(0, at)) >= 2) {
      cut = std::min(cut, at);
    }
  }
  text.resize(cut);
  return text;
}

}  // namespace crossbill::transforms
