#include "transforms/reconcile/same_lines.h"

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "base/id.h"
#include "crossbill/v1/unified_document.pb.h"
#include "transforms/reconcile/order_book.h"

namespace crossbill::transforms {
namespace {

// Articles under numbers that mean the same everywhere.
bool OtherArticle(const DocumentLine& a, const DocumentLine& b) {
  const bool same = (!a.sku.empty() && a.sku == b.sku) || (!a.ean.empty() && a.ean == b.ean);
  return !same &&
         ((!a.sku.empty() && !b.sku.empty()) || (!a.ean.empty() && !b.ean.empty() && a.ean != b.ean));
}

std::string TextOf(const std::optional<Decimal>& number) {
  return number ? number->Abs().Normalised().ToString() : std::string();
}

class LinePairs {
 public:
  using Keys = std::vector<std::vector<std::uint64_t>>;  // of each line
  struct Found {
    int record_line = -1;
    std::string_view rule;
  };

  LinePairs(const SourceDocument& golden, const SourceDocument& record)
      : left_(golden.lines), right_(record.lines), pairs_(left_.size()), taken_(right_.size()) {
    const Keys left = ProductsOf(golden), right = ProductsOf(record);
    Pair(With(left, left_, true, true), With(right, right_, true, true), "product", true);
    Pair(left, right, "product", false);
    const Keys none_left(left_.size(), {0}), none_right(right_.size(), {0});
    Pair(With(none_left, left_, true, true), With(none_right, right_, true, true), "quantity and price",
         false);
    Pair(With(none_left, left_, false, true), With(none_right, right_, false, true), "price", false);
    Pair(With(none_left, left_, true, false), With(none_right, right_, true, false), "quantity", false);
    if (left_.size() == right_.size()) {
      Pair(none_left, none_right, "the only one left", false);
    }
  }
  const std::vector<Found>& found() const { return pairs_; }

 private:
  static Keys ProductsOf(const SourceDocument& document) {
    Keys keys;
    for (const DocumentLine& line : document.lines) {
      keys.push_back(ProductKeys(line, document.record.system));
    }
    return keys;
  }

  // The keys with the quantity, the price; none where the line lacks one of them.
  static Keys With(Keys keys, const std::vector<DocumentLine>& lines, bool quantity, bool price) {
    for (std::size_t i = 0; i < lines.size(); ++i) {
      const std::string count = quantity ? TextOf(lines[i].quantity) : "-";
      const std::string each = price ? TextOf(lines[i].unit_price) : "-";
      if (count.empty() || each.empty()) {
        keys[i].clear();
      }
      for (std::uint64_t& key : keys[i]) {
        key = HashOf(each, HashOf(count, key));
      }
    }
    return keys;
  }

  struct Sides {
    std::vector<int> left, right;
  };

  // Lines that share a key with one line of the other side; with `alike`, lines that are the same in
  // everything go by their order.
  void Pair(const Keys& left, const Keys& right, std::string_view rule, bool alike) {
    std::map<std::uint64_t, Sides> by_key;
    for (std::size_t i = 0; i < left.size(); ++i) {
      for (std::size_t k = 0; pairs_[i].record_line < 0 && k < left[i].size(); ++k) {
        by_key[left[i][k]].left.push_back(static_cast<int>(i));
      }
    }
    for (std::size_t i = 0; i < right.size(); ++i) {
      for (std::size_t k = 0; !taken_[i] && k < right[i].size(); ++k) {
        by_key[right[i][k]].right.push_back(static_cast<int>(i));
      }
    }
    for (const auto& [key, sides] : by_key) {
      if (sides.left.size() != sides.right.size() || (sides.left.size() > 1 && !alike)) {
        continue;
      }
      for (std::size_t i = 0; i < sides.left.size(); ++i) {
        Take(static_cast<std::size_t>(sides.left[i]), static_cast<std::size_t>(sides.right[i]), rule);
      }
    }
  }

  void Take(std::size_t left, std::size_t right, std::string_view rule) {
    if (pairs_[left].record_line >= 0 || taken_[right] || OtherArticle(left_[left], right_[right])) {
      return;
    }
    pairs_[left] = {static_cast<int>(right), rule};
    taken_[right] = true;
  }

  const std::vector<DocumentLine>& left_;
  const std::vector<DocumentLine>& right_;
  std::vector<Found> pairs_;  // of the golden lines
  std::vector<bool> taken_;   // of the record's lines
};

}  // namespace

void FillSameLines(const GoldenDocument& document, v1::UnifiedDocument& out) {
  if (document.lines_from == nullptr || document.records.size() < 2) {
    return;
  }
  // The numbers as the records have them: those of the facts are folded for comparison.
  v1::Document golden;
  CROSSBILL_CHECK(golden.ParseFromString(document.lines_from->bytes));
  for (std::size_t r = 0; r < document.records.size(); ++r) {
    const SourceDocument& record = *document.records[r];
    if (&record == document.lines_from || record.lines.empty()) {
      continue;
    }
    v1::Document other;
    CROSSBILL_CHECK(other.ParseFromString(record.bytes));
    const LinePairs pairs(*document.lines_from, record);
    for (std::size_t i = 0; i < pairs.found().size(); ++i) {
      const LinePairs::Found& found = pairs.found()[i];
      if (found.record_line < 0) {
        continue;
      }
      v1::SameLine& same = *out.add_same_lines();
      same.set_line(golden.lines(static_cast<int>(i)).id());
      same.set_record(static_cast<std::int32_t>(r));
      same.set_record_line(other.lines(found.record_line).id());
      same.set_rule(std::string(found.rule));
    }
  }
}

}  // namespace crossbill::transforms
