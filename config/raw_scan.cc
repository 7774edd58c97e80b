#include "config/raw_scan.h"

#include <fmt/format.h>

#include <string_view>
#include <utility>
#include <vector>

namespace crossbill::config {
namespace {

// Characters that mean something to YAML, and the control characters that stand for them inside parentheses.
constexpr std::string_view kMeaning = ",[]{}:#\"'";
constexpr std::string_view kStandIn = "\x01\x02\x03\x04\x05\x06\x07\x0e\x0f";

// A scanner of YAML's tokens. It knows just enough of the grammar to say where a token may start.
class RawScanner {
 public:
  RawScanner(const SourceText& source, Problems& problems)
      : source_(source), problems_(problems), text_(source.text()), out_(text_) {}

  std::string Run() {
    if (text_.substr(0, 3) == "\xEF\xBB\xBF") {
      out_.replace(0, 3, "   ");
      pos_ = line_start_ = 3;
    }
    while (!AtEnd() && !stopped_) {
      ScanLine();
    }
    if (!stopped_ && !flow_.empty()) {
      const auto [opening, offset] = flow_.back();
      Report(offset, fmt::format("\"{}\" is not closed with \"{}\"", opening, opening == '[' ? ']' : '}'));
    }
    return std::move(out_);
  }

 private:
  bool AtEnd() const { return pos_ >= text_.size(); }
  char Peek(std::size_t ahead = 0) const { return pos_ + ahead < text_.size() ? text_[pos_ + ahead] : '\n'; }
  static bool IsBreak(char c) { return c == '\n' || c == '\r'; }
  static bool IsBlank(char c) { return c == ' ' || c == '\t' || IsBreak(c); }
  static bool IsFlow(char c) { return c == ',' || c == '[' || c == ']' || c == '{' || c == '}'; }
  bool InFlow() const { return !flow_.empty(); }
  int Column(std::size_t offset) const { return static_cast<int>(offset - line_start_); }
  bool AfterBlank() const { return pos_ == line_start_ || IsBlank(text_[pos_ - 1]); }

  void Report(std::size_t offset, std::string message) {
    problems_.Add(source_.MakeProblem(offset, Code::kConfigValue, std::move(message)));
    if (++reported_ >= 50) {
      stopped_ = true;
    }
  }
  // After this nothing more can be said of the file.
  void Stop(std::size_t offset, std::string message) {
    Report(offset, std::move(message));
    stopped_ = true;
  }

  void SkipLine() {
    while (!AtEnd() && Peek() != '\n') {
      ++pos_;
    }
  }
  void NextLine() {
    SkipLine();
    if (!AtEnd()) {
      ++pos_;
    }
    line_start_ = pos_;
    tab_reported_ = false;
  }
  void ReportTab() {
    if (!std::exchange(tab_reported_, true)) {
      Report(pos_, "a tab; YAML is indented and separated with blanks");
    }
  }
  void SkipBlanks() {
    while (Peek() == ' ' || Peek() == '\t') {
      if (Peek() == '\t') {
        ReportTab();
      }
      ++pos_;
    }
  }

  void ScanLine() {
    while (Peek() == ' ') {
      ++pos_;
    }
    const int indent = Column(pos_);
    if (block_text_) {
      if (IsBreak(Peek()) || indent > parent_) {
        NextLine();
        return;
      }
      block_text_ = false;
    }
    SkipBlanks();
    if (IsBreak(Peek()) || AtEnd()) {
      NextLine();
      return;
    }
    if (Peek() == '#') {
      plain_open_ = false;
      NextLine();
      return;
    }
    if (indent == 0 && !InFlow() && Marker()) {
      NextLine();
      return;
    }
    key_on_line_ = false;
    dashes_ = 0;
    seen_content_ = true;
    const bool continues = std::exchange(plain_open_, false) && (InFlow() || indent > parent_);
    if (continues) {
      Plain(/*continued=*/true);
    }
    Tokens();
    if (!stopped_) {
      NextLine();
    }
  }

  // "---", "..." and "%YAML" at the start of a line.
  bool Marker() {
    const std::string_view rest = text_.substr(pos_, 3);
    const bool alone = IsBlank(Peek(3));
    if (rest == "---" && alone) {
      if (seen_content_ || std::exchange(seen_start_, true)) {
        Stop(pos_,
             "a second document; a configuration file is one document, so write it to a file of its own");
      }
      pos_ += 3;
      SkipBlanks();
      if (!IsBreak(Peek()) && Peek() != '#') {
        Report(pos_, "text after \"---\"; begin it on the next line");
      }
      return true;
    }
    if (rest == "..." && alone) {
      Report(pos_, "\"...\" (the end of a document) is not supported; remove the line");
      return true;
    }
    if (Peek() == '%') {
      Report(pos_, "a directive (\"%\") is not supported; remove the line");
      return true;
    }
    return false;
  }

  void Tokens() {
    while (!stopped_) {
      SkipBlanks();
      if (AtEnd() || IsBreak(Peek())) {
        return;
      }
      if (Peek() == '#' && AfterBlank()) {
        SkipLine();
        return;
      }
      Token();
    }
  }

  void Token() {
    const char c = Peek();
    const bool next_blank = IsBlank(Peek(1));
    if (InFlow() && c == ':' && (next_blank || IsFlow(Peek(1)))) {
      ++pos_;
    } else if (!InFlow() && c == ':' && next_blank) {
      Stop(pos_, "before \":\" stands no key; a key must be text, not a list or a mapping");
    } else if (!InFlow() && c == '-' && next_blank) {
      Dash();
    } else if (c == '?' && next_blank) {
      Stop(pos_, "\"? \" (a key that is not text) is not supported");
    } else if (c == '[' || c == '{') {
      OpenFlow(c);
    } else if (InFlow() && (c == ']' || c == '}')) {
      CloseFlow(c);
    } else if (InFlow() && c == ',') {
      ++pos_;
    } else if (c == '"' || c == '\'') {
      Quoted(c);
    } else if (!InFlow() && (c == '|' || c == '>')) {
      BlockHeader(c);
    } else if (c == '&' || c == '*' || c == '!' || c == '@' || c == '`' || c == '%' || c == '|' || c == '>') {
      Indicator(c);
    } else {
      Plain(/*continued=*/false);
    }
  }

  void Dash() {
    parent_ = Column(pos_);
    key_on_line_ = false;
    value_due_ = true;
    ++pos_;
    if (++dashes_ > kMaxDepth) {
      Stop(pos_, fmt::format("nested deeper than {} levels", kMaxDepth));
    }
  }

  // A value, and not a key, in block style: something must have asked for it.
  void TakeValue(std::size_t start, int column) {
    if (InFlow()) {
      return;
    }
    if (!std::exchange(value_due_, false) || column <= parent_) {
      Report(start,
             "expected \"key: value\", but found a value alone; look for a missing \": \" and at the "
             "indentation");
    }
  }

  void OpenFlow(char c) {
    TakeValue(pos_, Column(pos_));
    flow_.emplace_back(c, pos_);
    if (flow_.size() > static_cast<std::size_t>(kMaxDepth)) {
      Stop(pos_, fmt::format("nested deeper than {} levels", kMaxDepth));
    }
    ++pos_;
  }

  void CloseFlow(char c) {
    const auto [opening, offset] = flow_.back();
    if ((opening == '[') != (c == ']')) {
      const Position at = source_.At(offset);
      Stop(pos_, fmt::format("\"{}\" does not close the \"{}\" of line {}, column {}", c, opening, at.line,
                             at.column));
      return;
    }
    flow_.pop_back();
    ++pos_;
  }

  void Indicator(char c) {
    std::string message;
    switch (c) {
      case '&':
        message =
            "\"&\" begins an anchor, which is not supported; write the value where it is needed, or put it "
            "in quotes";
        break;
      case '*':
        message = "\"*\" begins an alias, which is not supported; write the value out, or put it in quotes";
        break;
      case '!':
        message =
            "\"!\" begins a tag, which is not supported; put a value or expression that begins with \"!\" in "
            "quotes";
        break;
      default:
        message = fmt::format("a value cannot begin with \"{}\"; put it in quotes", c);
    }
    Report(pos_, std::move(message));
    while (!AtEnd() && !IsBlank(Peek()) && !(InFlow() && IsFlow(Peek()))) {
      ++pos_;
    }
  }

  // "|" or ">" with its indicators: the deeper lines below are text.
  void BlockHeader(char c) {
    const std::size_t start = pos_++;
    TakeValue(start, Column(start));
    while (Peek() == '+' || Peek() == '-' || (Peek() >= '1' && Peek() <= '9')) {
      ++pos_;
    }
    const std::size_t end = pos_;
    SkipBlanks();
    if (!IsBreak(Peek()) && !(Peek() == '#' && pos_ > end)) {
      Report(start, fmt::format("text after \"{}\", which begins a block of lines; put a value that begins "
                                "with \"{}\" in quotes",
                                c, c));
    }
    SkipLine();
    block_text_ = true;
  }

  // Finds the end of a quoted text; npos when there is none.
  std::size_t QuoteEnd(std::size_t from, char quote) const {
    for (std::size_t i = from; i < text_.size(); ++i) {
      if (quote == '"' && text_[i] == '\\') {
        ++i;
      } else if (text_[i] == quote) {
        if (quote == '\'' && i + 1 < text_.size() && text_[i + 1] == '\'') {
          ++i;
        } else {
          return i;
        }
      }
    }
    return std::string_view::npos;
  }

  // True when the lines after the first of a quoted text are indented deeper than the line in which it
  // begins.
  bool ContinuationIndented(std::size_t start, std::size_t end) const {
    std::size_t first = line_start_;
    while (text_[first] == ' ') {
      ++first;
    }
    // A quoted text alone on its line may go on at its own column.
    const int least = first == start ? Column(first) : Column(first) + 1;
    for (std::size_t i = text_.find('\n', start); i < end; i = text_.find('\n', i + 1)) {
      std::size_t j = i + 1;
      while (j < end && text_[j] == ' ') {
        ++j;
      }
      if (j < end && IsBreak(text_[j])) {
        continue;
      }
      if (static_cast<int>(j - i) - 1 < least) {
        return false;
      }
    }
    return true;
  }

  void Quoted(char quote) {
    const std::size_t start = pos_;
    const std::size_t end = QuoteEnd(start + 1, quote);
    if (end == std::string_view::npos || !ContinuationIndented(start, end)) {
      // Said at the opening quote: the end of the file is where nobody would look. The next line is read as
      // if it were closed.
      Report(start, fmt::format("the quoted text that begins here has no closing {} on its line",
                                quote == '"' ? "\"" : "'"));
      SkipLine();
      if (InFlow()) {
        stopped_ = true;
      }
      return;
    }
    const std::size_t last_break = start + text_.substr(start, end - start).rfind('\n');
    const int column = Column(start);
    if (last_break != start - 1) {  // rfind's npos is -1
      line_start_ = last_break + 1;
    }
    pos_ = end + 1;
    AfterQuoted(start, column);
  }

  void AfterQuoted(std::size_t start, int column) {
    const std::size_t end = pos_;
    SkipBlanks();
    const char c = Peek();
    if (IsBreak(c) || (c == '#' && pos_ > end)) {
      TakeValue(start, column);
      return;
    }
    if (InFlow() && (c == ',' || c == ']' || c == '}')) {
      return;
    }
    if (c == ':' && (InFlow() || IsBlank(Peek(1)))) {
      if (!InFlow()) {
        KeyEnds(start, column);
      }
      ++pos_;
      return;
    }
    Report(pos_, "text after a closing quote; put the whole value in quotes: '… \"x\" …'");
    SkipLine();
    if (InFlow()) {
      stopped_ = true;
    }
  }

  // A key in block style ends with ": ".
  void KeyEnds(std::size_t start, int column) {
    if (std::exchange(key_on_line_, true)) {
      Report(start, "\": \" inside of a value that is not quoted; put the whole value in quotes");
      SkipLine();
      return;
    }
    parent_ = column;
    value_due_ = true;
  }

  void Plain(bool continued) {
    const std::size_t start = pos_;
    bool quote_open = false;
    while (true) {
      const char c = Peek();
      if (AtEnd() || IsBreak(c)) {
        plain_open_ = true;
        EndPlain(start, continued);
        return;
      }
      if (c == '#' && AfterBlank()) {
        EndPlain(start, continued);
        if (quote_open) {
          Report(pos_,
                 "\" #\" begins a comment inside of an open quote; put the whole value in quotes: 'f(\"a # "
                 "b\")'");
        }
        SkipLine();
        return;
      }
      if (c == ':' && (IsBlank(Peek(1)) || (InFlow() && IsFlow(Peek(1))))) {
        PlainKeyEnds(start, continued);
        return;
      }
      if (InFlow() && IsFlow(c)) {
        if ((c == '[' || c == '{') && pos_ > start) {
          Stop(pos_,
               fmt::format(
                   "\"{}\" inside of a value that is not quoted; in […] and {{…}} put such a value in quotes",
                   c));
        }
        return;
      }
      if (InFlow() && c == '(') {
        if (!Parentheses()) {
          return;
        }
        continue;
      }
      if (c == '\t') {
        ReportTab();
      }
      quote_open ^= c == '"';
      ++pos_;
    }
  }

  void EndPlain(std::size_t start, bool continued) {
    if (!continued) {
      TakeValue(start, Column(start));
    }
  }

  void PlainKeyEnds(std::size_t start, bool continued) {
    if (continued && !InFlow()) {
      Report(start,
             "a key where the value of the line above goes on; look at the indentation, or put the value in "
             "quotes");
      SkipLine();
      return;
    }
    if (!InFlow()) {
      KeyEnds(start, Column(start));
    }
    if (Peek() == ':') {
      ++pos_;
    }
  }

  // In […] and {…}: from "(" to its ")" everything belongs to the value, texts in quotes too.
  bool Parentheses() {
    const std::size_t start = pos_;
    int depth = 0;
    char quote = 0;
    for (; !AtEnd() && !IsBreak(Peek()); ++pos_) {
      const char c = Peek();
      if (quote != 0) {
        if (c == '\\' && !IsBreak(Peek(1))) {
          ++pos_;
        } else if (c == quote) {
          quote = 0;
        }
      } else if (c == '"' || c == '\'') {
        quote = c;
      } else if (c == '(') {
        ++depth;
      } else if (c == ')' && --depth == 0) {
        Replace(start, pos_);
        ++pos_;
        return true;
      }
    }
    Stop(start, "\"(\" is not closed on its line; in […] and {…} put such a value in quotes");
    return false;
  }

  void Replace(std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      const std::size_t which = kMeaning.find(out_[i]);
      if (which != std::string_view::npos) {
        out_[i] = kStandIn[which];
      }
    }
  }

  const SourceText& source_;
  Problems& problems_;
  std::string_view text_;
  std::string out_;
  std::size_t pos_ = 0;
  std::size_t line_start_ = 0;
  std::vector<std::pair<char, std::size_t>> flow_;  // open brackets and where
  int parent_ = -1;  // column of the last key or dash: text blocks and continued values are deeper
  int dashes_ = 0;
  int reported_ = 0;
  bool key_on_line_ = false;
  bool value_due_ = true;    // a key, a dash or the start of the file asks for a value
  bool plain_open_ = false;  // a plain value may go on in the next line
  bool block_text_ = false;  // inside of "|" or ">"
  bool seen_start_ = false;
  bool seen_content_ = false;
  bool tab_reported_ = false;
  bool stopped_ = false;
};

}  // namespace

std::string ScanRaw(const SourceText& source, Problems& problems) {
  return RawScanner(source, problems).Run();
}

void RestoreReplaced(std::string& scalar) {
  for (char& c : scalar) {
    const std::size_t which = kStandIn.find(c);
    if (which != std::string_view::npos) {
      c = kMeaning[which];
    }
  }
}

}  // namespace crossbill::config
