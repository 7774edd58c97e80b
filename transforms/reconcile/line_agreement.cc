#include "transforms/reconcile/line_agreement.h"

#include <algorithm>
#include <string>

#include "base/id.h"

namespace crossbill::transforms {
namespace {

bool IsComplete(Lines lines) {
  return !lines.empty() && std::all_of(lines.begin(), lines.end(), [](const DocumentLine& line) {
    return line.quantity && line.unit_price;
  });
}

bool Same(const DocumentLine& a, const DocumentLine& b) {
  return a.quantity == b.quantity && a.unit_price == b.unit_price;
}

// They differ by no more than half of the smaller one.
bool NearPrices(const Decimal& a, const Decimal& b) {
  const Decimal& smaller = std::min(a, b);
  const auto gap = std::max(a, b).Minus(smaller);
  if (!gap.ok()) {
    return false;
  }
  const auto twice = gap->Plus(*gap);
  return twice.ok() && *twice <= smaller;
}

bool OtherArticle(const DocumentLine& a, const DocumentLine& b) {
  return (!a.sku.empty() && !b.sku.empty() && a.sku != b.sku) ||
         (!a.ean.empty() && !b.ean.empty() && a.ean != b.ean);
}

bool MayBeOneThatChanged(const DocumentLine& a, const DocumentLine& b) {
  return !OtherArticle(a, b) && NearPrices(*a.unit_price, *b.unit_price) &&
         (a.quantity == b.quantity || a.unit_price == b.unit_price);
}

constexpr int kPriceDigits = 2;

Decimal Rounded(const Decimal& price) { return price.Rounded(kPriceDigits, Rounding::kHalfUp); }

bool SameButForRounding(const DocumentLine& a, const DocumentLine& b) {
  return a.quantity && b.quantity && a.unit_price && b.unit_price && *a.quantity == *b.quantity &&
         Rounded(*a.unit_price) == Rounded(*b.unit_price) && !OtherArticle(a, b);
}

}  // namespace

std::vector<std::uint64_t> LineKeys(Lines lines, std::string_view currency) {
  std::vector<std::uint64_t> keys;
  if (!IsComplete(lines)) {
    return keys;
  }
  const std::uint64_t seed = HashOf(currency, lines.size());
  if (lines.size() == 1) {
    keys.push_back(HashOf(lines[0].quantity->Normalised().ToString(), seed));
    return keys;
  }
  for (const DocumentLine& line : lines) {
    const std::uint64_t quantity = HashOf(line.quantity->Normalised().ToString(), seed);
    keys.push_back(HashOf(line.unit_price->Normalised().ToString(), quantity));
  }
  std::sort(keys.begin(), keys.end());
  keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
  return keys;
}

std::vector<std::uint64_t> SomeLineKeys(Lines lines, std::string_view currency) {
  std::vector<std::uint64_t> keys;
  for (const DocumentLine& line : lines) {
    if (line.quantity && line.unit_price) {
      const std::uint64_t quantity = HashOf(line.quantity->Normalised().ToString(), HashOf(currency));
      keys.push_back(HashOf(Rounded(*line.unit_price).Normalised().ToString(), quantity));
    }
  }
  std::sort(keys.begin(), keys.end());
  keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
  return keys;
}

bool MostLinesAgree(Lines a, Lines b) {
  std::vector<const DocumentLine*> left;
  for (const DocumentLine& line : b) {
    left.push_back(&line);
  }
  std::size_t same = 0;
  for (const DocumentLine& line : a) {
    const auto found = std::find_if(left.begin(), left.end(), [&](const DocumentLine* other) {
      return SameButForRounding(line, *other);
    });
    if (found != left.end()) {
      left.erase(found);
      ++same;
    }
  }
  return same >= 2 && 3 * same >= 2 * std::max(a.size(), b.size());
}

bool LinesAgree(Lines a, Lines b, int most) {
  if (a.size() != b.size() || !IsComplete(a) || !IsComplete(b)) {
    return false;
  }
  std::vector<const DocumentLine*> left;
  for (const DocumentLine& line : b) {
    left.push_back(&line);
  }
  const DocumentLine* changed = nullptr;
  for (const DocumentLine& line : a) {
    const auto same =
        std::find_if(left.begin(), left.end(), [&](const DocumentLine* other) { return Same(line, *other); });
    if (same != left.end()) {
      left.erase(same);
    } else if (changed != nullptr || most == 0) {
      return false;
    } else {
      changed = &line;
    }
  }
  return changed == nullptr || MayBeOneThatChanged(*changed, *left.front());
}

}  // namespace crossbill::transforms
