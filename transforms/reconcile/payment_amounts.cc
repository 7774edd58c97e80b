// Payments that name nothing: an amount that one invoice or order has, then several invoices that make it up.
// What leaves a doubt is a proposal.
#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "transforms/reconcile/combinations.h"
#include "transforms/reconcile/linker.h"

namespace crossbill::transforms {
namespace {

constexpr int kLongestCredit = 180;         // days between an invoice and its payment
constexpr int kPrepaidDays = 60;            // between an order and a payment before its invoice
constexpr int kInvoiceAfterPayment = 45;    // days until the invoice of what was prepaid
constexpr std::size_t kManyOpen = 40;       // more open invoices than this: some of them make up any amount
constexpr int kMostTogether = 6;            // invoices in one payment
constexpr int kDiscountPercent = 3;         // that payers take off for paying early
constexpr std::size_t kProposedAtMost = 3;  // candidates that a person can look through
constexpr std::size_t kManyInTheTime = 4096;

using OptionalAmount = std::optional<Decimal>;

// What of a payment a person said to be for the document, where it is a part.
OptionalAmount DecidedShare(const GoldenDocument& payment, int document) {
  for (const DecidedInvoice& each : payment.decided) {
    if (each.invoice == document && each.settles) {
      return each.most;
    }
  }
  return std::nullopt;
}

// What is left to pay of an invoice or order: nothing where a payment is for several documents, as nobody
// says how it is shared.
OptionalAmount OpenAmount(const Linker& linker, int document) {
  const GoldenDocument& from = linker.At(document);
  OptionalAmount open = from.gross ? from.gross : from.total;
  for (const int payment : linker.Linked(document, v1::Document::PAYMENT)) {
    const OptionalAmount shared = DecidedShare(linker.At(payment), document);
    const OptionalAmount& paid = shared ? shared : linker.At(payment).total;
    if (!open || !paid || (!shared && linker.At(payment).links.size() > 1)) {
      return std::nullopt;
    }
    const auto rest = open->Minus(*paid);
    open = rest.ok() ? OptionalAmount(*rest) : std::nullopt;
  }
  return open && *open > Decimal() ? open : std::nullopt;
}

// Documents with something open, by amount and by date, to be found by what was paid.
class OpenAmounts {
 public:
  OpenAmounts(const Linker& linker, DocumentKind kind) : linker_(linker) {
    for (int i = 0; i < linker.size(); ++i) {
      const GoldenDocument& document = linker.At(i);
      if (document.kind != kind || document.credit_note || document.cancelled || !document.date) {
        continue;
      }
      if (const OptionalAmount open = OpenAmount(linker, i)) {
        by_amount_[{document.currency, *open}].emplace_back(*document.date, i);
        by_date_.emplace_back(*document.date, i);
      }
    }
    for (auto& [amount, documents] : by_amount_) {
      std::sort(documents.begin(), documents.end());
    }
    std::sort(by_date_.begin(), by_date_.end());
  }

  // Those of which this amount is open, from `before` days before the payment to `after` days after it; no
  // more than a few.
  std::vector<int> Find(const std::string& currency, const Decimal& amount, Date paid_on, int before,
                        int after) const {
    std::vector<int> result;
    const auto found = by_amount_.find({currency, amount});
    if (found == by_amount_.end()) {
      return result;
    }
    ForEachBetween(found->second, paid_on.PlusDays(-before), paid_on.PlusDays(after), [&](int document) {
      if (OpenAmount(linker_, document) == amount && !linker_.IsRefused(document, payment_)) {
        result.push_back(document);
      }
      return result.size() <= kProposedAtMost;
    });
    return result;
  }

  // All that are open in the time before the payment, of amounts from `least` to `most`; the oldest first. No
  // more than `limit` and one.
  std::vector<std::pair<int, Decimal>> Between(const std::string& currency, const Decimal& least,
                                               const Decimal& most, Date paid_on, std::size_t limit) const {
    std::vector<std::pair<int, Decimal>> result;
    std::size_t seen = 0;
    ForEachBetween(by_date_, paid_on.PlusDays(-kLongestCredit), paid_on, [&](int document) {
      const OptionalAmount open =
          linker_.At(document).currency == currency ? OpenAmount(linker_, document) : std::nullopt;
      if (open && *open >= least && *open <= most && !linker_.IsRefused(document, payment_)) {
        result.emplace_back(document, *open);
      }
      return result.size() <= limit && ++seen < kManyInTheTime;
    });
    return seen < kManyInTheTime ? result : std::vector<std::pair<int, Decimal>>();
  }

  // Whose payment the questions that follow are about: what a person said that it is not for is left out.
  void For(int payment) { payment_ = payment; }

 private:
  using ByDate = std::vector<std::pair<Date, int>>;

  // Until `visit` says false.
  template <class Visit>
  static void ForEachBetween(const ByDate& documents, Date first, Date last, const Visit& visit) {
    for (auto at = std::lower_bound(documents.begin(), documents.end(), std::pair(first, 0));
         at != documents.end() && at->first <= last; ++at) {
      if (!visit(at->second)) {
        return;
      }
    }
  }

  const Linker& linker_;
  int payment_ = 0;
  std::map<std::pair<std::string, Decimal>, ByDate> by_amount_;
  ByDate by_date_;
};

// What the payer meant to pay: what came in, or that and what a bank kept back.
std::vector<Decimal> AmountsOf(const GoldenDocument& payment) {
  std::vector<Decimal> amounts = {*payment.total};
  for (const SourceDocument* record : payment.by_authority) {
    if (!record->bank_fee || record->bank_fee->IsZero()) {
      continue;
    }
    if (auto sum = payment.total->Plus(*record->bank_fee); sum.ok()) {
      amounts.push_back(*sum);
    }
    break;
  }
  return amounts;
}

class ByAmount {
 public:
  explicit ByAmount(Linker& linker)
      : linker_(linker), invoices_(linker, v1::Document::INVOICE), orders_(linker, v1::Document::ORDER) {}

  // True when it was linked.
  bool Link(int payment) {
    invoices_.For(payment);
    orders_.For(payment);
    for (const Decimal& amount : AmountsOf(linker_.At(payment))) {
      if (ToInvoice(payment, amount) || ToOrder(payment, amount) || ToComingInvoice(payment, amount)) {
        return true;
      }
    }
    return ToSeveral(payment);
  }

  void Propose(int payment) {
    invoices_.For(payment);
    const GoldenDocument& from = linker_.At(payment);
    std::vector<int> candidates = invoices_.Find(from.currency, *from.total, *from.date, kLongestCredit, 0);
    std::string why = "one of several invoices of which this amount is open";
    if (candidates.empty()) {
      candidates = WithDiscount(from);
      why = "an invoice of which a little more is open: a discount or a bank's fee";
    }
    if (candidates.empty() || candidates.size() > kProposedAtMost) {
      return;
    }
    for (const int invoice : candidates) {
      linker_.Propose(invoice, payment, kInvoiceOfPayment, why);
    }
  }

 private:
  bool ToInvoice(int payment, const Decimal& amount) {
    const GoldenDocument& from = linker_.At(payment);
    const auto found = invoices_.Find(from.currency, amount, *from.date, kLongestCredit, 0);
    if (found.size() != 1) {
      return false;
    }
    linker_.Link(found[0], payment, kInvoiceOfPayment, "the only invoice of which this amount is open");
    return true;
  }

  // An order that was paid before anything of it was invoiced.
  bool ToOrder(int payment, const Decimal& amount) {
    const GoldenDocument& from = linker_.At(payment);
    auto found = orders_.Find(from.currency, amount, *from.date, kPrepaidDays, 0);
    if (found.size() > kProposedAtMost) {
      return false;
    }
    std::erase_if(found, [&](int order) { return !AllComing(order, *from.date); });
    if (found.size() != 1) {
      return false;
    }
    linker_.Link(found[0], payment, kOrderOfPayment, "the only order of which this amount is open");
    return true;
  }

  bool AllComing(int order, Date paid_on) const {
    const std::vector<int> invoices = linker_.Linked(order, v1::Document::INVOICE);
    return std::all_of(invoices.begin(), invoices.end(), [&](int invoice) {
      return linker_.At(invoice).date && *linker_.At(invoice).date > paid_on &&
             !linker_.HasLink(invoice, v1::Document::PAYMENT);
    });
  }

  bool ToComingInvoice(int payment, const Decimal& amount) {
    const GoldenDocument& from = linker_.At(payment);
    const auto found = invoices_.Find(from.currency, amount, *from.date, -1, kInvoiceAfterPayment);
    if (found.size() != 1) {
      return false;
    }
    linker_.Link(found[0], payment, kInvoiceOfPayment,
                 "the only invoice of this amount that came soon after");
    return true;
  }

  // Invoices that together make up the amount, when they do so in one way.
  bool ToSeveral(int payment) {
    const GoldenDocument& from = linker_.At(payment);
    const auto open = invoices_.Between(from.currency, Decimal(), *from.total, *from.date, kManyOpen);
    if (open.size() < 2 || open.size() > kManyOpen) {
      return false;
    }
    std::vector<Decimal> amounts;
    for (const auto& [document, amount] : open) {
      amounts.push_back(amount);
    }
    const auto found = FindCombination(amounts, *from.total, kMostTogether);
    if (!found || found->parts.empty()) {
      return false;
    }
    for (const int part : found->parts) {
      const int invoice = open[static_cast<std::size_t>(part)].first;
      if (found->several) {
        linker_.Propose(invoice, payment, kInvoiceOfPayment, "one of several ways to make up this amount");
      } else {
        linker_.Link(invoice, payment, kInvoiceOfPayment, "the only invoices that make up this amount");
      }
    }
    return true;
  }

  std::vector<int> WithDiscount(const GoldenDocument& payment) const {
    std::vector<int> invoices;
    const auto part = payment.total->Times(Decimal(100 + kDiscountPercent));
    const auto most = part.ok() ? part->Times(Decimal(1, 2)) : part;
    if (!most.ok()) {
      return invoices;
    }
    for (const auto& [invoice, amount] :
         invoices_.Between(payment.currency, *payment.total, *most, *payment.date, kProposedAtMost)) {
      invoices.push_back(invoice);
    }
    return invoices;
  }

  Linker& linker_;
  OpenAmounts invoices_;
  OpenAmounts orders_;
};

}  // namespace

void LinkPaymentsByAmount(Linker& linker, const std::vector<int>& payments) {
  ByAmount by_amount(linker);
  std::vector<int> left;
  for (const int payment : payments) {
    if (*linker.At(payment).total > Decimal() && !by_amount.Link(payment)) {
      left.push_back(payment);
    }
  }
  for (const int payment : left) {
    by_amount.Propose(payment);
  }
}

}  // namespace crossbill::transforms
