#include "app/table.h"

#include <algorithm>
#include <string_view>

#include "base/text.h"

namespace crossbill::app {
namespace {

bool Continues(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; }

std::size_t Characters(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return !Continues(c); }));
}

}  // namespace

std::string Table(const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::size_t> widths;
  for (const auto& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i) {
      widths[i] = std::max(widths[i], Characters(row[i]));
    }
  }
  std::string out;
  for (const auto& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      out += row[i];
      if (i + 1 < row.size()) {
        out.append(widths[i] - Characters(row[i]) + 2, ' ');
      }
    }
    out += '\n';
  }
  return out;
}

std::string Visible(std::string_view text) { return Printable(text, text.size() * 4); }

std::string Shortened(std::string_view text, std::size_t most) {
  const std::string line = Visible(text);
  std::size_t characters = 0;
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (!Continues(line[i]) && ++characters > most) {
      return line.substr(0, i) + "…";
    }
  }
  return line;
}

}  // namespace crossbill::app
