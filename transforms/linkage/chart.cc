// binary-float (file): shares as training has them, printed; places in the picture are integers
#include "transforms/linkage/chart.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "transforms/linkage/parameters.h"

namespace crossbill::linkage {
namespace {

// In pixels.
constexpr int kWidth = 960, kMargin = 24, kHead = 96, kRow = 20, kGroup = 30, kFoot = 56;
constexpr int kBars = 300, kBarsEnd = 690;                      // between them the bars
constexpr int kWeightAt = 760, kMAt = 848, kUAt = 936;          // right ends of the columns
constexpr std::size_t kMostLetters = 36;                        // of a label
constexpr int kLeastBits = 5, kBitsOfLine = 5, kMostLines = 8;  // of the scale

constexpr std::string_view kStyle =
    "text{font:13px system-ui,'Segoe UI',Helvetica,Arial,sans-serif;fill:#1f2933}"
    ".title{font-size:18px;font-weight:600}.group{font-weight:600}.soft{fill:#66727f}"
    ".number{text-anchor:end;font-variant-numeric:tabular-nums}.axis{font-size:11px;fill:#66727f;text-anchor:"
    "middle}"
    ".for{fill:#2b6cb0}.against{fill:#c05621}.guess{opacity:.4}"
    ".line{stroke:#e4e8ec}.zero{stroke:#66727f}.rule{stroke:#cbd2d9}";

std::string Escaped(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    switch (c) {
      case '&':
        escaped += "&amp;";
        break;
      case '<':
        escaped += "&lt;";
        break;
      case '>':
        escaped += "&gt;";
        break;
      case '"':
        escaped += "&quot;";
        break;
      default:
        escaped += static_cast<unsigned char>(c) < ' ' ? ' ' : c;
    }
  }
  return escaped;
}

// Cut between letters.
std::string Shown(std::string_view text) {
  std::size_t letters = 0, at = 0, cut = 0;
  for (; at < text.size(); ++at) {
    const bool begins = (static_cast<unsigned char>(text[at]) & 0xC0) != 0x80;
    if (begins && letters++ == kMostLetters - 1) {
      cut = at;
    }
  }
  return letters <= kMostLetters ? Escaped(text) : Escaped(text.substr(0, cut)) + "…";
}

std::string Share(double share) { return fmt::format("{:.{}f}", share, share < 0.001 ? 6 : 4); }
std::string Bits(int weight) { return fmt::format("{:+.2f}", weight / 100.0); }

class Chart {
 public:
  Chart(const Model& model, const Training& training) : model_(model), training_(training) {
    int most = kLeastBits * 100, least = -kLeastBits * 100;
    for (const auto& levels : training.weights.comparisons) {
      for (const LevelWeight& level : levels) {
        most = std::max(most, level.weight);
        least = std::min(least, level.weight);
      }
    }
    while ((most - least) / (step_ * 100) > kMostLines) {
      step_ *= 2;
    }
    high_ = (most + step_ * 100 - 1) / (step_ * 100) * step_;
    low_ = (least - step_ * 100 + 1) / (step_ * 100) * step_;
  }

  std::string Render(std::string_view title) {
    for (std::size_t c = 0; c < model_.comparisons.size(); ++c) {
      AddComparison(c);
    }
    const int height = y_ + kFoot;
    return fmt::format(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" width=\"{0}\" height=\"{1}\" viewBox=\"0 0 "
        "{0} "
        "{1}\">\n<title>{2}</title>\n<style>{3}</style>\n<rect width=\"{0}\" height=\"{1}\" "
        "fill=\"#fff\"/>\n{4}{5}{6}{7}"
        "</svg>\n",
        kWidth, height, Escaped(title), kStyle, Head(title), Scale(), rows_, Foot());
  }

 private:
  int XOf(int weight) const {
    return kBars + (weight - low_ * 100) * (kBarsEnd - kBars) / ((high_ - low_) * 100);
  }

  std::string Head(std::string_view title) const {
    const Weights& weights = training_.weights;
    std::string text =
        fmt::format("<text class=\"title\" x=\"{}\" y=\"34\">{}</text>\n", kMargin, Shown(title));
    text += fmt::format(
        "<text class=\"soft\" x=\"{}\" y=\"56\">{} records; about {:.0f} pairs are taken for the same; two "
        "records picked "
        "at random: {} bits</text>\n",
        kMargin, weights.records, training_.matches, Bits(weights.prior));
    for (const auto& [at, name] :
         {std::pair(kWeightAt, "bits"), std::pair(kMAt, "m"), std::pair(kUAt, "u")}) {
      text += fmt::format("<text class=\"number soft\" x=\"{}\" y=\"{}\">{}</text>\n", at, kHead - 10, name);
    }
    return text;
  }

  // Lines at whole bits, and what they stand for.
  std::string Scale() const {
    std::string text;
    for (int bits = low_; bits <= high_; bits += step_) {
      const int x = XOf(bits * 100);
      text += fmt::format("<line class=\"{0}\" x1=\"{1}\" x2=\"{1}\" y1=\"{2}\" y2=\"{3}\"/>\n",
                          bits == 0 ? "zero" : "line", x, kHead, y_ + 6);
      text += fmt::format("<text class=\"axis\" x=\"{}\" y=\"{}\">{}</text>\n", x, kHead - 10,
                          bits == 0 ? "0" : fmt::format("{:+d}", bits));
    }
    return text;
  }

  void AddComparison(std::size_t c) {
    const Comparison& comparison = model_.comparisons[c];
    const bool learnt = training_.learnt[c];
    rows_ += fmt::format("<line class=\"rule\" x1=\"{}\" x2=\"{}\" y1=\"{}\" y2=\"{}\"/>\n", kMargin, kUAt,
                         y_, y_);
    rows_ += fmt::format("<text class=\"group\" x=\"{}\" y=\"{}\">{}</text>\n", kMargin, y_ + 20,
                         Shown(NameOf(model_, comparison)));
    if (!learnt) {
      rows_ +=
          fmt::format("<text class=\"soft number\" x=\"{}\" y=\"{}\">a guess: too few pairs have it</text>\n",
                      kUAt, y_ + 20);
    }
    y_ += kGroup;
    for (std::size_t l = 0; l < comparison.LevelCount(); ++l) {
      AddLevel(NameOf(model_, comparison), LevelText(comparison, l), training_.weights.comparisons[c][l],
               learnt);
    }
    y_ += 6;
  }

  void AddLevel(std::string_view field, std::string_view text, const LevelWeight& level, bool learnt) {
    const int zero = XOf(0), end = XOf(level.weight), base = y_ + 14;
    rows_ += fmt::format("<text x=\"{}\" y=\"{}\">{}</text>\n", kMargin + 14, base, Shown(text));
    rows_ += fmt::format(
        "<rect class=\"{}{}\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" rx=\"1\"><title>{}: {}, {} bits; "
        "m {}, u "
        "{}</title></rect>\n",
        level.weight >= 0 ? "for" : "against", learnt ? "" : " guess", std::min(zero, end), y_ + 4,
        std::max(std::abs(end - zero), 1), kRow - 8, Escaped(field), Escaped(text), Bits(level.weight),
        Share(level.m), Share(level.u));
    for (const auto& [at, number] : {std::pair(kWeightAt, Bits(level.weight)),
                                     std::pair(kMAt, Share(level.m)), std::pair(kUAt, Share(level.u))}) {
      rows_ += fmt::format("<text class=\"number\" x=\"{}\" y=\"{}\">{}</text>\n", at, base, number);
    }
    y_ += kRow;
  }

  std::string Foot() const {
    const int base = y_ + 34;
    return fmt::format(
        "<rect class=\"for\" x=\"{0}\" y=\"{1}\" width=\"12\" height=\"12\" rx=\"1\"/><text x=\"{2}\" "
        "y=\"{3}\">speaks for "
        "the same</text>\n<rect class=\"against\" x=\"{4}\" y=\"{1}\" width=\"12\" height=\"12\" "
        "rx=\"1\"/><text x=\"{5}\" "
        "y=\"{3}\">speaks against</text>\n<text class=\"soft number\" x=\"{6}\" y=\"{3}\">m: how often "
        "records that are "
        "the same are at the level; u: others; bits: log2(m / u)</text>\n",
        kMargin, base - 11, kMargin + 18, base, kMargin + 170, kMargin + 188, kUAt);
  }

  const Model& model_;
  const Training& training_;
  int step_ = kBitsOfLine;  // bits between two lines
  int low_ = 0, high_ = 0;  // of the scale, in bits
  int y_ = kHead;
  std::string rows_;
};

}  // namespace

std::string RenderChart(const Model& model, const Training& training, std::string_view title) {
  return Chart(model, training).Render(title);
}

}  // namespace crossbill::linkage
