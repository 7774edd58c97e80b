#include "base/era.h"

#include <array>

#include "base/civil.h"

namespace crossbill {
namespace {

struct Era {
  std::array<std::string_view, 4> written;  // longest first
  std::string_view name;
  int year_before_first;
  Date first;
  Date last;
};

// Japan took the Gregorian calendar in Meiji 6: a date before it is of the old lunar calendar and is refused.
constexpr std::array kEras = {
    Era{{"令和", "㋿", "令", "R"},
        "Reiwa",
        2018,
        Date(DaysFromCivil(2019, 5, 1)),
        Date(DaysFromCivil(9999, 12, 31))},
    Era{{"平成", "㍻", "平", "H"},
        "Heisei",
        1988,
        Date(DaysFromCivil(1989, 1, 8)),
        Date(DaysFromCivil(2019, 4, 30))},
    Era{{"昭和", "㍼", "昭", "S"},
        "Showa",
        1925,
        Date(DaysFromCivil(1926, 12, 25)),
        Date(DaysFromCivil(1989, 1, 7))},
    Era{{"大正", "㍽", "大", "T"},
        "Taisho",
        1911,
        Date(DaysFromCivil(1912, 7, 30)),
        Date(DaysFromCivil(1926, 12, 24))},
    Era{{"明治", "㍾", "明", "M"},
        "Meiji",
        1867,
        Date(DaysFromCivil(1873, 1, 1)),
        Date(DaysFromCivil(1912, 7, 29))},
};

constexpr std::array<std::string_view, 10> kKanjiDigits = {"〇", "一", "二", "三", "四",
                                                           "五", "六", "七", "八", "九"};

Error Mismatch(const char* expected) { return Error(Code::kDate, std::string("expected ") + expected); }

class EraReader {
 public:
  EraReader(std::string_view text, std::size_t& at) : text_(text), at_(at) {}

  Result<Date> Read() {
    const Era* era = TakeEra();
    if (era == nullptr) {
      return Mismatch("an era, such as 令和 or R");
    }
    SkipBlanks();
    if (!Take(".")) {
      SkipBlanks();
    }
    int year = 0, month = 0, day = 0;
    if (DigitsAhead() == 6) {
      year = TakeTwo();
      month = TakeTwo();
      day = TakeTwo();
    } else {
      CROSSBILL_RETURN_IF_ERROR(TakeParts(year, month, day));
    }
    return Check(*era, year, month, day);
  }

 private:
  Status TakeParts(int& year, int& month, int& day) {
    year = Take("元") ? 1 : TakeNumber();
    if (year < 0) {
      return Mismatch("the year of the era");
    }
    SkipBlanks();
    std::string_view separator = "年";
    if (!Take(separator)) {
      separator = text_.substr(at_, 1);
      if (separator != "." && separator != "/" && separator != "-") {
        return Mismatch("年 or one of . / - after the year of the era");
      }
      ++at_;
    }
    const bool kanji = separator == "年";
    SkipBlanks();
    month = TakeNumber();
    SkipBlanks();
    if (month < 0 || !Take(kanji ? "月" : separator)) {
      return Mismatch(kanji ? "a month and 月" : "a month and the same separator");
    }
    SkipBlanks();
    day = TakeNumber();
    if (kanji) {
      SkipBlanks();
    }
    if (day < 0 || (kanji && !Take("日"))) {
      return Mismatch(kanji ? "a day and 日" : "a day");
    }
    return Ok();
  }

  static Result<Date> Check(const Era& era, int year, int month, int day) {
    const std::optional<Date> date =
        year < 1 ? std::nullopt : Date::FromCivil(era.year_before_first + year, month, day);
    if (!date) {
      return Error(Code::kDate, "there is no such day");
    }
    if (*date < era.first || *date > era.last) {
      std::string message =
          "there is no such day: " + std::string(era.name) + " is from " + era.first.ToString();
      if (era.last.year() != 9999) {
        message += " to " + era.last.ToString();
      }
      return Error(Code::kDate,
                   message + (era.name == "Meiji" ? " (before it, the calendar was another one)" : ""));
    }
    return *date;
  }

  const Era* TakeEra() {
    for (const Era& era : kEras) {
      for (const std::string_view written : era.written) {
        if (Take(written)) {
          return &era;
        }
      }
      if (at_ < text_.size() && text_[at_] == era.written.back()[0] + ('a' - 'A')) {
        ++at_;
        return &era;
      }
    }
    return nullptr;
  }

  bool Take(std::string_view piece) {
    if (!text_.substr(at_).starts_with(piece)) {
      return false;
    }
    at_ += piece.size();
    return true;
  }

  void SkipBlanks() {
    while (Take(" ")) {
    }
  }

  std::size_t DigitsAhead() const {
    std::size_t end = at_;
    while (end < text_.size() && text_[end] >= '0' && text_[end] <= '9') {
      ++end;
    }
    return end - at_;
  }

  int TakeTwo() {
    const int value = (text_[at_] - '0') * 10 + (text_[at_ + 1] - '0');
    at_ += 2;
    return value;
  }

  // One or two digits, or kanji numerals below one hundred; -1 where there are none.
  int TakeNumber() {
    const std::size_t digits = DigitsAhead();
    if (digits == 1) {
      return text_[at_++] - '0';
    }
    return digits == 0 ? TakeKanjiNumber() : digits == 2 ? TakeTwo() : -1;
  }

  int TakeKanjiNumber() {
    int tens = 0, ones = 0, taken = 0;
    for (; taken < 3; ++taken) {
      if (tens == 0 && Take("十")) {
        tens = ones == 0 ? 10 : ones * 10;
        ones = 0;
        continue;
      }
      int digit = -1;
      for (std::size_t i = 0; i < kKanjiDigits.size() && digit < 0; ++i) {
        digit = Take(kKanjiDigits[i]) ? static_cast<int>(i) : -1;
      }
      if (digit < 0) {
        break;
      }
      ones = ones * 10 + digit;
    }
    return taken == 0 || tens + ones > 99 ? -1 : tens + ones;
  }

  std::string_view text_;
  std::size_t& at_;
};

}  // namespace

Result<Date> TakeEraDate(std::string_view text, std::size_t& at) { return EraReader(text, at).Read(); }

}  // namespace crossbill
