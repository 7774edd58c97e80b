#include "transforms/reconcile/duplicate_invoice.h"

#include <algorithm>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <utility>

namespace crossbill::transforms {
namespace {

constexpr int kSameInvoiceDays = 6;  // between the systems
constexpr int kManyAlike = 32;       // so many invoices of one day and amount are a business, not a mistake

bool NamesInvoice(const Mention& mention) {
  return mention.type == v1::Reference::INVOICE || mention.type == v1::Reference::OTHER;
}

bool NamesAny(const SourceDocument& document) {
  return std::any_of(document.mentions.begin(), document.mentions.end(), NamesInvoice);
}

template <class Same>
const Mention* SharedMention(const SourceDocument& a, const SourceDocument& b, const Same& same) {
  for (const Mention& x : a.mentions) {
    if (!NamesInvoice(x)) {
      continue;
    }
    for (const Mention& y : b.mentions) {
      if (NamesInvoice(y) && same(x.number, y.number)) {
        return &x;
      }
    }
  }
  return nullptr;
}

bool SameLines(const SourceDocument& a, const SourceDocument& b) {
  if (a.lines.empty() || a.lines.size() != b.lines.size()) {
    return false;
  }
  for (std::size_t i = 0; i < a.lines.size(); ++i) {
    const DocumentLine& x = a.lines[i];
    const DocumentLine& y = b.lines[i];
    if (x.quantity != y.quantity || x.unit_price != y.unit_price || x.amount != y.amount) {
      return false;
    }
  }
  return true;
}

// What two rows of one invoice have in common.
auto Facts(const Clusters& clusters, DocumentSpan documents, int i) {
  const SourceDocument& document = *documents[static_cast<std::size_t>(i)];
  return std::tuple(clusters.StreamOf(i), document.date, std::string_view(document.currency), document.total,
                    document.gross);
}

// How many rows another stream has of this invoice, or of others that look the same.
class Others {
 public:
  Others(DocumentSpan documents, const std::vector<int>& rows, const Clusters& clusters)
      : documents_(documents), clusters_(clusters) {
    for (const int row : rows) {
      by_amount_[KeyOf(row)].emplace_back(*At(row).date, row);
    }
    for (auto& [key, of_amount] : by_amount_) {
      std::sort(of_amount.begin(), of_amount.end());
    }
  }

  // The most that one other stream has.
  int Count(int row) const {
    const std::vector<std::pair<Date, int>>& alike = by_amount_.find(KeyOf(row))->second;
    const Date first = At(row).date->PlusDays(-kSameInvoiceDays);
    const Date last = At(row).date->PlusDays(kSameInvoiceDays);
    std::map<int, int> count;
    int most = 0;
    for (auto at = std::lower_bound(alike.begin(), alike.end(), std::pair(first, 0));
         at != alike.end() && at->first <= last; ++at) {
      if (clusters_.StreamOf(at->second) != clusters_.StreamOf(row)) {
        most = std::max(most, ++count[clusters_.StreamOf(at->second)]);
      }
    }
    return most;
  }

 private:
  const SourceDocument& At(int i) const { return *documents_[static_cast<std::size_t>(i)]; }
  std::pair<std::string_view, Decimal> KeyOf(int i) const {
    return {At(i).currency, At(i).gross ? *At(i).gross : *At(i).total};
  }

  DocumentSpan documents_;
  const Clusters& clusters_;
  std::map<std::pair<std::string_view, Decimal>, std::vector<std::pair<Date, int>>> by_amount_;
};

// Why a row is `other` once more; empty: it is not.
std::string WhyEnteredTwice(const SourceDocument& row, const SourceDocument& other, bool confirmed,
                            const std::function<int()>& elsewhere) {
  const auto equal = [](const std::string& a, const std::string& b) { return a == b; };
  if (const Mention* shared = SharedMention(row, other, equal); shared != nullptr) {
    return shared->number;
  }
  if (!SameLines(row, other)) {
    return {};
  }
  if (confirmed) {
    const Mention* near = SharedMention(row, other, NearlySame);
    if (near != nullptr) {
      return near->number + " is nearly its number, and the day, amounts and lines are the same";
    }
  }
  const bool none = !NamesAny(row) && !NamesAny(other);
  if ((confirmed && (!NamesAny(row) || !NamesAny(other))) || (none && elsewhere() == 1)) {
    return "the same day, amounts and lines";
  }
  return {};
}

void MergeAlike(DocumentSpan documents, const std::vector<int>& alike,
                const std::function<int(int)>& elsewhere, Clusters& clusters) {
  const auto at = [&](int i) -> const SourceDocument& { return *documents[static_cast<std::size_t>(i)]; };
  for (const int row : alike) {
    if (!clusters.IsAlone(row)) {
      continue;
    }  // another system confirms it: an invoice of its own
    for (const int other : alike) {
      if (clusters.Find(other) == clusters.Find(row) || !clusters.MayBeOne(other, row)) {
        continue;
      }
      std::string why =
          WhyEnteredTwice(at(row), at(other), !clusters.IsAlone(other), [&] { return elsewhere(row); });
      if (why.empty()) {
        continue;
      }
      clusters.Unite(other, row, kEnteredTwice, std::move(why));
      break;
    }
  }
}

}  // namespace

void MergeDuplicateInvoices(DocumentSpan documents, int begin, int end, Clusters& clusters) {
  std::vector<int> rows;
  for (int i = begin; i < end; ++i) {
    const SourceDocument& document = *documents[static_cast<std::size_t>(i)];
    if (!document.credit_note && document.date && (document.total || document.gross)) {
      rows.push_back(i);
    }
  }
  std::sort(rows.begin(), rows.end(), [&](int a, int b) {
    const auto x = Facts(clusters, documents, a);
    const auto y = Facts(clusters, documents, b);
    return x != y ? x < y : a < b;
  });
  std::optional<Others> others;  // made when it is needed
  const auto elsewhere = [&](int row) {
    if (!others) {
      others.emplace(documents, rows, clusters);
    }
    return others->Count(row);
  };
  for (std::size_t first = 0; first < rows.size();) {
    std::size_t last = first;
    while (last < rows.size() &&
           Facts(clusters, documents, rows[first]) == Facts(clusters, documents, rows[last])) {
      ++last;
    }
    if (last - first > 1 && last - first <= kManyAlike) {
      MergeAlike(documents,
                 std::vector<int>(rows.begin() + static_cast<std::ptrdiff_t>(first),
                                  rows.begin() + static_cast<std::ptrdiff_t>(last)),
                 elsewhere, clusters);
    }
    first = last;
  }
}

}  // namespace crossbill::transforms
