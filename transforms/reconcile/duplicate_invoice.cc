#include "transforms/reconcile/duplicate_invoice.h"

#include <algorithm>
#include <tuple>

namespace crossbill::transforms {
namespace {

constexpr int kManyAlike = 32;  // so many invoices of one day and amount are a business, not a mistake

bool NamesInvoice(const Mention& mention) {
  return mention.type == v1::Reference::INVOICE || mention.type == v1::Reference::OTHER;
}

bool NamesAny(const SourceDocument& document) {
  return std::any_of(document.mentions.begin(), document.mentions.end(), NamesInvoice);
}

const Mention* SharedMention(const SourceDocument& a, const SourceDocument& b) {
  for (const Mention& x : a.mentions) {
    if (!NamesInvoice(x)) {
      continue;
    }
    for (const Mention& y : b.mentions) {
      if (NamesInvoice(y) && x.number == y.number) {
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

void MergeAlike(DocumentSpan documents, const std::vector<int>& alike, Clusters& clusters) {
  const auto at = [&](int i) -> const SourceDocument& { return *documents[static_cast<std::size_t>(i)]; };
  for (const int row : alike) {
    if (!clusters.IsAlone(row)) {
      continue;
    }  // another system confirms it: an invoice of its own
    for (const int other : alike) {
      if (clusters.Find(other) == clusters.Find(row)) {
        continue;
      }
      const bool confirmed = !clusters.IsAlone(other);
      const Mention* shared = SharedMention(at(row), at(other));
      const bool by_lines =
          confirmed && (!NamesAny(at(row)) || !NamesAny(at(other))) && SameLines(at(row), at(other));
      if (shared == nullptr && !by_lines) {
        continue;
      }
      clusters.Unite(other, row, kEnteredTwice,
                     shared != nullptr ? shared->number : std::string("the same day, amounts and lines"));
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
                 clusters);
    }
    first = last;
  }
}

}  // namespace crossbill::transforms
