#include "transforms/sdk/references.h"

#include <algorithm>
#include <array>

#include "base/distance.h"
#include "base/text.h"

namespace crossbill::transforms {
namespace {

constexpr std::size_t kMinDigitsInText =
    4;  // "2026" in a text is rarely a document, but it may be: it must also exist as a number
constexpr std::size_t kMinDigitsAfterWord = 6;  // "RE0090000216" also means 90000216
constexpr std::size_t kMinLengthForSlips = 6;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsUpper(char c) { return c >= 'A' && c <= 'Z'; }
char Upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }

bool IsAscii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

std::size_t Digits(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), IsDigit));
}

// "PO#", "No." and the like in front of a number, when a mark follows that no number has inside.
std::string_view WithoutWord(std::string_view text) {
  static constexpr std::array<std::string_view, 6> kWords = {"PO", "NO", "NR", "REF", "ORDER", ""};
  while (!text.empty() && (text.front() == ' ' || text.front() == '#')) {
    text.remove_prefix(1);
  }
  for (const std::string_view word : kWords) {
    if (text.size() <= word.size() + 1) {
      continue;
    }
    const bool same =
        std::equal(word.begin(), word.end(), text.begin(), [](char a, char b) { return a == Upper(b); });
    const char mark = text[word.size()];
    if (!same || (mark != '#' && mark != '.' && mark != ':' && mark != ' ')) {
      continue;
    }
    text.remove_prefix(word.size());
    while (!text.empty() &&
           (text.front() == '#' || text.front() == '.' || text.front() == ':' || text.front() == ' ')) {
      text.remove_prefix(1);
    }
    return text;
  }
  return text;
}

std::string Fold(std::string_view ascii_or_folded) {
  const std::string_view text = WithoutWord(ascii_or_folded);
  std::string out;
  out.reserve(text.size());
  for (const char raw : text) {
    const char c = Upper(raw);
    if (IsDigit(c) || IsUpper(c) || static_cast<unsigned char>(c) >= 0x80) {
      out += c;
    }
  }
  // "PO-26-01671" and "26-01671" are written for each other.
  if (out.size() > 3 && (out.starts_with("PO") || out.starts_with("NO")) && IsDigit(out[2])) {
    out.erase(0, 2);
  }
  const std::size_t zeros = std::min(out.find_first_not_of('0'), out.size());
  out.erase(0, zeros);
  return out;
}

void Add(v1::Reference::Type type, std::string number, std::string_view line, std::vector<Mention>& out) {
  if (number.empty()) {
    return;
  }
  for (const Mention& known : out) {
    if (known.type == type && known.number == number && known.line == line) {
      return;
    }
  }
  out.push_back({type, std::move(number), std::string(line)});
}

// A word that is letters and then a long number also means that number: "RE0090000216".
void AddWithoutLetters(const std::string& number, std::string_view line, std::vector<Mention>& out) {
  std::size_t letters = 0;
  while (letters < number.size() && IsUpper(number[letters])) {
    ++letters;
  }
  const std::string_view rest = std::string_view(number).substr(letters);
  if (letters == 0 || letters > 4 || rest.size() < kMinDigitsAfterWord || Digits(rest) != rest.size()) {
    return;
  }
  Add(v1::Reference::OTHER, Fold(rest), line, out);
}

void AddWords(std::string_view text, std::string_view line, std::vector<Mention>& out) {
  const auto in_word = [](char c) { return IsDigit(c) || IsUpper(Upper(c)) || c == '-' || c == '_'; };
  for (std::size_t begin = 0; begin < text.size();) {
    if (!in_word(text[begin])) {
      ++begin;
      continue;
    }
    std::size_t end = begin;
    while (end < text.size() && in_word(text[end])) {
      ++end;
    }
    const std::string_view word = text.substr(begin, end - begin);
    if (Digits(word) >= kMinDigitsInText) {
      const std::string number = Fold(word);
      Add(v1::Reference::OTHER, number, line, out);
      AddWithoutLetters(number, line, out);
    }
    begin = end;
  }
}

}  // namespace

std::string NormaliseNumber(std::string_view text) { return IsAscii(text) ? Fold(text) : Fold(Nfkc(text)); }

void AddMentions(v1::Reference::Type type, std::string_view text, std::string_view line,
                 std::vector<Mention>& out) {
  std::string folded;
  if (!IsAscii(text)) {
    folded = Nfkc(text);
    text = folded;
  }
  const std::string whole = Fold(text);
  Add(type, whole, line, out);
  AddWithoutLetters(whole, line, out);
  if (text.find_first_of(" /,;+") != std::string_view::npos) {
    AddWords(text, line, out);
  }
}

void AddMentionsInText(std::string_view text, std::vector<Mention>& out) {
  if (IsAscii(text)) {
    AddWords(text, {}, out);
  } else {
    AddWords(Nfkc(text), {}, out);
  }
}

bool NearlySame(std::string_view a, std::string_view b) {
  if (a == b) {
    return true;
  }
  if (std::min(a.size(), b.size()) < kMinLengthForSlips ||
      std::max(a.size(), b.size()) - std::min(a.size(), b.size()) > 1) {
    return false;
  }
  return DamerauLevenshtein(a, b) <= 1;
}

}  // namespace crossbill::transforms
