#include "facade/views/search_terms.h"

#include "base/text.h"
#include "base/utf8.h"

namespace crossbill::facade {
namespace {

constexpr std::size_t kMaxTermBytes = 96;
constexpr std::size_t kMaxWords = 64;  // of one name
constexpr std::size_t kMaxParts = 12;  // of one question
constexpr std::size_t kMinPhoneDigits = 5;
constexpr std::size_t kMinKeyPrefix = 3;

std::string SearchFold(std::string_view text) {
  return TraditionalToSimplified(HiraganaToKatakana(FoldForMatching(text)));
}

std::string Cut(std::string text) {
  if (text.size() > kMaxTermBytes) {
    text.resize(ValidUtf8Prefix(std::string_view(text).substr(0, kMaxTermBytes)));
  }
  return text;
}

// Scripts that are written without blanks, and Korean, whose words carry endings.
bool IsCjk(char32_t c) {
  return (c >= 0x2E80 && c <= 0x2FDF) || (c >= 0x3005 && c <= 0x3007) || (c >= 0x3040 && c <= 0x30FF) ||
         (c >= 0x31F0 && c <= 0x31FF) || (c >= 0x3400 && c <= 0x9FFF) || (c >= 0xAC00 && c <= 0xD7A3) ||
         (c >= 0xF900 && c <= 0xFAFF) || (c >= 0x20000 && c <= 0x3FFFF);
}

// A run of characters of one sort; blanks end it. `joined`: no blank stood before it.
struct Run {
  std::vector<std::string> characters;
  bool cjk = false;
  std::string Text() const {
    std::string text;
    for (const std::string& c : characters) {
      text += c;
    }
    return text;
  }
};

std::vector<Run> RunsOf(std::string_view folded) {
  std::vector<Run> runs;
  bool open = false;
  for (std::size_t at = 0; at < folded.size();) {
    const std::size_t begin = at;
    const char32_t c = NextCodePoint(folded, at);
    if (c == U' ' || c == kBadCodePoint) {
      open = false;
      continue;
    }
    const bool cjk = IsCjk(c);
    if (!open || runs.back().cjk != cjk) {
      if (runs.size() >= kMaxWords) {
        break;
      }
      runs.push_back({{}, cjk});
      open = true;
    }
    runs.back().characters.emplace_back(folded.substr(begin, at - begin));
  }
  return runs;
}

void AddPairs(const std::vector<std::string>& characters, Terms& terms) {
  for (std::size_t i = 0; i + 1 < characters.size(); ++i) {
    terms.insert({kWordTerm, characters[i] + characters[i + 1]});
  }
  if (!characters.empty()) {
    terms.insert({kWordTerm, characters.back()});
  }
}

std::string DigitsOf(std::string_view text) {
  std::string digits;
  for (const char c : text) {
    if (c >= '0' && c <= '9') {
      digits += c;
    }
  }
  return digits;
}

std::string WithoutLeadingZeros(const std::string& text) {
  const std::size_t first = text.find_first_not_of('0');
  return first == std::string::npos ? text : text.substr(first);
}

std::string KeyOf(std::string_view text) {
  std::string key;
  for (const char c : SearchFold(text)) {
    if (c != ' ') {
      key += c;
    }
  }
  return Cut(std::move(key));
}

bool LooksLikePhone(std::string_view text) {
  return text.find_first_not_of("0123456789+-(). /") == std::string_view::npos;
}

}  // namespace

void AddNameTerms(std::string_view name, Terms& terms) {
  std::vector<std::string>
      joined;  // CJK runs next to each other: the blank between family and given name may be missing
  std::size_t joined_runs = 0;
  const auto finish = [&] {
    if (joined_runs > 1) {
      AddPairs(joined, terms);
      std::string whole;
      for (const std::string& c : joined) {
        whole += c;
      }
      terms.insert({kWordTerm, Cut(std::move(whole))});
    }
    joined.clear();
    joined_runs = 0;
  };
  for (const Run& run : RunsOf(SearchFold(name))) {
    terms.insert({kWordTerm, Cut(run.Text())});
    if (!run.cjk) {
      finish();
      continue;
    }
    AddPairs(run.characters, terms);
    joined.insert(joined.end(), run.characters.begin(), run.characters.end());
    ++joined_runs;
  }
  finish();
}

void AddPhoneTerms(std::string_view phone, Terms& terms) {
  const std::string digits = DigitsOf(Nfkc(phone));
  if (digits.size() < kMinPhoneDigits) {
    return;
  }
  terms.insert({kPhoneTerm, Cut(std::string(digits.rbegin(), digits.rend()))});
}

void AddEmailTerms(std::string_view email, Terms& terms) {
  const std::string folded = CaseFold(Nfkc(CollapseSpace(email)));
  if (!folded.empty()) {
    terms.insert({kEmailTerm, Cut(folded)});
  }
}

void AddKeyTerms(std::string_view key, Terms& terms) {
  const std::string folded = KeyOf(key);
  if (folded.empty()) {
    return;
  }
  terms.insert({kKeyTerm, folded});
  terms.insert({kKeyTerm, WithoutLeadingZeros(folded)});
}

namespace {

Alternative WordsAlternative(std::string_view chunk) {
  Alternative words;
  for (const Run& run : RunsOf(SearchFold(chunk))) {
    if (!run.cjk || run.characters.size() == 1) {
      words.all.push_back({{kWordTerm, Cut(run.Text())}, true, 20, 10});
      continue;
    }
    for (std::size_t i = 0; i + 1 < run.characters.size(); ++i) {
      words.all.push_back({{kWordTerm, run.characters[i] + run.characters[i + 1]}, false, 10, 0});
    }
    words.bonus.push_back({{kWordTerm, Cut(run.Text())}, false, 20, 0});
  }
  return words;
}

void AddKeyAlternatives(std::string_view chunk, QueryPart& part) {
  const std::string key = KeyOf(chunk);
  if (key.empty()) {
    return;
  }
  const std::string bare = WithoutLeadingZeros(key);
  part.any.push_back({{{{kKeyTerm, bare}, bare.size() >= kMinKeyPrefix, 60, 12}}, {}});
  if (bare != key) {
    part.any.push_back({{{{kKeyTerm, key}, key.size() >= kMinKeyPrefix, 60, 12}}, {}});
  }
}

void AddPhoneAlternative(const std::string& chunk, QueryPart& part) {
  if (!LooksLikePhone(chunk)) {
    return;
  }
  // The national 0 and the international 00 are not in "+81 90 …".
  const std::string digits = WithoutLeadingZeros(DigitsOf(chunk));
  if (digits.size() < kMinPhoneDigits) {
    return;
  }
  part.any.push_back({{{{kPhoneTerm, std::string(digits.rbegin(), digits.rend())}, true, 70, 50}}, {}});
}

}  // namespace

Query ParseQuery(std::string_view text) {
  Query query;
  const std::string plain = CollapseSpace(Nfkc(text));
  for (std::size_t begin = 0; begin < plain.size() && query.parts.size() < kMaxParts;) {
    std::size_t end = plain.find(' ', begin);
    if (end == std::string::npos) {
      end = plain.size();
    }
    const std::string chunk = plain.substr(begin, end - begin);
    begin = end + 1;
    QueryPart part;
    Alternative words = WordsAlternative(chunk);
    if (!words.all.empty()) {
      part.any.push_back(std::move(words));
    }
    AddKeyAlternatives(chunk, part);
    AddPhoneAlternative(chunk, part);
    if (chunk.find('@') != std::string::npos || chunk.size() >= kMinKeyPrefix) {
      part.any.push_back({{{{kEmailTerm, Cut(CaseFold(chunk))}, true, 70, 15}}, {}});
    }
    if (!part.any.empty()) {
      query.parts.push_back(std::move(part));
    }
  }
  if (query.parts.size() > 1) {
    AddKeyAlternatives(plain, query.whole);
    AddPhoneAlternative(plain, query.whole);
  }
  return query;
}

}  // namespace crossbill::facade
