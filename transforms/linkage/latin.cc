#include "transforms/linkage/latin.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

#include "base/code_points.h"
#include "base/han_reading.h"
#include "base/text.h"

namespace crossbill::linkage {
namespace {

using Letter = std::pair<char32_t, std::string_view>;

// In order of code points. Signs that are not heard are empty.
constexpr Letter kCyrillic[] = {
    {U'а', "a"}, {U'б', "b"}, {U'в', "v"},  {U'г', "g"},  {U'д', "d"},  {U'е', "e"},  {U'ж', "z"},
    {U'з', "z"}, {U'и', "i"}, {U'й', "i"},  {U'к', "k"},  {U'л', "l"},  {U'м', "m"},  {U'н', "n"},
    {U'о', "o"}, {U'п', "p"}, {U'р', "r"},  {U'с', "s"},  {U'т', "t"},  {U'у', "u"},  {U'ф', "f"},
    {U'х', "h"}, {U'ц', "c"}, {U'ч', "c"},  {U'ш', "s"},  {U'щ', "sc"}, {U'ъ', ""},   {U'ы', "i"},
    {U'ь', ""},  {U'э', "e"}, {U'ю', "iu"}, {U'я', "ia"}, {U'ё', "io"}, {U'є', "ie"}, {U'і', "i"},
    {U'ї', "i"}, {U'ј', "i"}, {U'љ', "li"}, {U'њ', "ni"}, {U'ћ', "c"},  {U'ў', "u"},  {U'џ', "z"},
    {U'ґ', "g"},
};

constexpr Letter kKatakana[] = {
    {U'ア', "a"},  {U'イ', "i"},  {U'ウ', "u"},  {U'エ', "e"},  {U'オ', "o"},  {U'カ', "ka"}, {U'ガ', "ga"},
    {U'キ', "ki"}, {U'ギ', "gi"}, {U'ク', "ku"}, {U'グ', "gu"}, {U'ケ', "ke"}, {U'ゲ', "ge"}, {U'コ', "ko"},
    {U'ゴ', "go"}, {U'サ', "sa"}, {U'ザ', "za"}, {U'シ', "si"}, {U'ジ', "zi"}, {U'ス', "su"}, {U'ズ', "zu"},
    {U'セ', "se"}, {U'ゼ', "ze"}, {U'ソ', "so"}, {U'ゾ', "zo"}, {U'タ', "ta"}, {U'ダ', "da"}, {U'チ', "ci"},
    {U'ヂ', "zi"}, {U'ツ', "cu"}, {U'ヅ', "zu"}, {U'テ', "te"}, {U'デ', "de"}, {U'ト', "to"}, {U'ド', "do"},
    {U'ナ', "na"}, {U'ニ', "ni"}, {U'ヌ', "nu"}, {U'ネ', "ne"}, {U'ノ', "no"}, {U'ハ', "ha"}, {U'バ', "ba"},
    {U'パ', "pa"}, {U'ヒ', "hi"}, {U'ビ', "bi"}, {U'ピ', "pi"}, {U'フ', "fu"}, {U'ブ', "bu"}, {U'プ', "pu"},
    {U'ヘ', "he"}, {U'ベ', "be"}, {U'ペ', "pe"}, {U'ホ', "ho"}, {U'ボ', "bo"}, {U'ポ', "po"}, {U'マ', "ma"},
    {U'ミ', "mi"}, {U'ム', "mu"}, {U'メ', "me"}, {U'モ', "mo"}, {U'ヤ', "ia"}, {U'ユ', "iu"}, {U'ヨ', "io"},
    {U'ラ', "ra"}, {U'リ', "ri"}, {U'ル', "ru"}, {U'レ', "re"}, {U'ロ', "ro"}, {U'ワ', "va"}, {U'ヲ', "o"},
    {U'ン', "n"},  {U'ヴ', "vu"},
};

// Behind a syllable in i they take the place of its vowel.
constexpr Letter kSmallKatakana[] = {
    {U'ァ', "a"}, {U'ィ', "i"}, {U'ゥ', "u"}, {U'ェ', "e"},
    {U'ォ', "o"}, {U'ャ', "a"}, {U'ュ', "u"}, {U'ョ', "o"},
};

// Of a syllable of Hangul: what begins, what sounds, what ends it.
constexpr std::array<std::string_view, 19> kInitials = {"g",  "gg", "n", "d",  "dd", "r", "m", "b", "bb", "s",
                                                        "ss", "",   "z", "zz", "c",  "k", "t", "p", "h"};
constexpr std::array<std::string_view, 21> kMedials = {"a",  "ae", "ia", "iae", "eo", "e",  "ieo",
                                                       "ie", "o",  "va", "vae", "oe", "io", "u",
                                                       "vo", "ve", "vi", "iu",  "eu", "ui", "i"};
constexpr std::array<std::string_view, 28> kFinals = {"",  "k",  "k", "k", "n", "n", "n", "t", "l", "k",
                                                      "m", "l",  "l", "l", "p", "l", "m", "p", "p", "t",
                                                      "t", "ng", "t", "t", "k", "t", "p", "t"};

// One way of writing, the longer ones first.
constexpr std::pair<std::string_view, std::string_view> kReductions[] = {
    {"shch", "sc"}, {"tsch", "c"}, {"sch", "sc"}, {"tch", "c"}, {"zh", "z"}, {"kh", "h"},
    {"ch", "c"},    {"sh", "s"},   {"ts", "c"},   {"dz", "z"},  {"ou", "o"}, {"ck", "k"},
    {"ph", "f"},    {"j", "i"},    {"y", "i"},    {"w", "v"},   {"x", "ks"}, {"q", "k"},
};

constexpr char32_t kFirstHan = 0x4E00, kLastHan = 0x9FFF, kFirstHangul = 0xAC00, kLastHangul = 0xD7A3;

template <std::size_t N>
const std::string_view* Find(const Letter (&letters)[N], char32_t character) {
  const auto found = std::find_if(std::begin(letters), std::end(letters),
                                  [&](const Letter& letter) { return letter.first == character; });
  return found == std::end(letters) ? nullptr : &found->second;
}

void AppendHangul(char32_t character, std::string& latin) {
  constexpr char32_t kMedialsAndFinals = kMedials.size() * kFinals.size();
  const char32_t syllable = character - kFirstHangul;
  latin += kInitials[syllable / kMedialsAndFinals];
  latin += kMedials[syllable % kMedialsAndFinals / kFinals.size()];
  latin += kFinals[syllable % kFinals.size()];
}

void Append(char32_t character, std::string& latin) {
  if (character == U' ' || (character >= U'a' && character <= U'z')) {
    latin.push_back(static_cast<char>(character));
  } else if (const std::string_view* letters = Find(kCyrillic, character)) {
    latin += *letters;
  } else if (const std::string_view* syllable = Find(kKatakana, character)) {
    latin += *syllable;
  } else if (const std::string_view* vowel = Find(kSmallKatakana, character)) {
    if (latin.ends_with('i')) {
      latin.pop_back();
    }
    latin += *vowel;
  } else if (character >= kFirstHan && character <= kLastHan) {
    latin += HanReading(character);
  } else if (character >= kFirstHangul && character <= kLastHangul) {
    AppendHangul(character, latin);
  } else if (character == U'ß') {
    latin += "ss";
  } else if (character == U'ł') {
    latin += "l";
  }
}

std::string Reduced(std::string_view latin) {
  std::string text;
  while (!latin.empty()) {
    const auto found =
        std::find_if(std::begin(kReductions), std::end(kReductions),
                     [&](const auto& reduction) { return latin.starts_with(reduction.first); });
    const bool is_reduced = found != std::end(kReductions);
    for (const char c : is_reduced ? found->second : latin.substr(0, 1)) {
      if (text.empty() || text.back() != c) {
        text.push_back(c);  // letters once: long vowels and consonants are written either way
      }
    }
    latin.remove_prefix(is_reduced ? found->first.size() : 1);
  }
  return CollapseSpace(text);
}

}  // namespace

std::string LatinOf(std::string_view folded) {
  std::string latin;
  const CodePointsOf characters(folded);
  for (const char32_t character : characters.span()) {
    Append(character, latin);
  }
  return Reduced(latin);
}

}  // namespace crossbill::linkage
