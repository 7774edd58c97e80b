#include "transforms/reconcile/settlement.h"

#include <algorithm>
#include <tuple>

namespace crossbill::transforms {
namespace {

constexpr std::string_view kPaidThroughOrder = "invoice of payment";

class Settlement {
 public:
  explicit Settlement(std::vector<GoldenDocument>& golden) : golden_(golden) {}

  void Run() {
    std::vector<int> settling;
    for (std::size_t i = 0; i < golden_.size(); ++i) {
      GoldenDocument& document = golden_[i];
      if (document.kind == v1::Document::PAYMENT) {
        document.open = document.total;
      } else if (document.kind == v1::Document::INVOICE) {
        document.open = document.gross ? document.gross : document.total;
      }
      const bool settles = document.kind == v1::Document::PAYMENT || document.credit_note;
      if (settles && document.open) {
        settling.push_back(static_cast<int>(i));
      }
    }
    std::stable_sort(settling.begin(), settling.end(),
                     [&](int a, int b) { return golden_[Index(a)].date < golden_[Index(b)].date; });
    for (const int document : settling) {
      SettleDecided(document);
    }
    for (const int document : settling) {
      SettleWith(document);
    }
  }

 private:
  static std::size_t Index(int document) { return static_cast<std::size_t>(document); }

  // The invoices that it is linked with, else those of the orders that it is linked with; the oldest first.
  std::vector<int> InvoicesOf(int document) const {
    std::vector<int> invoices = Linked(document);
    if (invoices.empty()) {
      for (const LinkPlan& link : golden_[Index(document)].links) {
        if (!link.proposed && golden_[Index(link.document)].kind == v1::Document::ORDER &&
            golden_[Index(document)].kind == v1::Document::PAYMENT) {
          const std::vector<int> of_order = Linked(link.document);
          invoices.insert(invoices.end(), of_order.begin(), of_order.end());
        }
      }
    }
    std::sort(invoices.begin(), invoices.end(), [&](int a, int b) {
      return std::tie(golden_[Index(a)].date, a) < std::tie(golden_[Index(b)].date, b);
    });
    invoices.erase(std::unique(invoices.begin(), invoices.end()), invoices.end());
    std::erase_if(invoices, [&](int invoice) { return IsDecided(document, invoice); });
    return invoices;
  }

  // A person said how it settles the invoice, or that it does not.
  bool IsDecided(int document, int invoice) const {
    const std::vector<DecidedInvoice>& decided = golden_[Index(document)].decided;
    return std::any_of(decided.begin(), decided.end(),
                       [&](const DecidedInvoice& each) { return each.invoice == invoice; });
  }

  std::vector<int> Linked(int document) const {
    std::vector<int> invoices;
    for (const LinkPlan& link : golden_[Index(document)].links) {
      const GoldenDocument& other = golden_[Index(link.document)];
      if (!link.proposed && other.kind == v1::Document::INVOICE && !other.credit_note) {
        invoices.push_back(link.document);
      }
    }
    return invoices;
  }

  // What a person said, the oldest invoice first.
  void SettleDecided(int document) {
    std::vector<DecidedInvoice> decided = golden_[Index(document)].decided;
    std::erase_if(decided, [](const DecidedInvoice& each) { return !each.settles; });
    std::sort(decided.begin(), decided.end(), [&](const DecidedInvoice& a, const DecidedInvoice& b) {
      return std::tie(golden_[Index(a.invoice)].date, a.invoice) <
             std::tie(golden_[Index(b.invoice)].date, b.invoice);
    });
    for (const DecidedInvoice& each : decided) {
      Settle(document, each.invoice, each.most);
    }
  }

  void SettleWith(int document) {
    for (const int invoice : InvoicesOf(document)) {
      Settle(document, invoice, std::nullopt);
    }
  }

  // As much as both leave open, and no more than `most`.
  void Settle(int document, int invoice, const std::optional<Decimal>& most) {
    GoldenDocument& from = golden_[Index(document)];
    GoldenDocument& to = golden_[Index(invoice)];
    if (!to.open || *to.open <= Decimal() || from.currency != to.currency) {
      return;
    }
    const Decimal open = std::min(from.open->Abs(), *to.open);
    const Decimal amount = most ? std::min(open, *most) : open;
    const auto left = from.credit_note ? from.open->Plus(amount) : from.open->Minus(amount);
    const auto still = to.open->Minus(amount);
    const bool pays = from.credit_note ? *from.open < Decimal() : *from.open > Decimal();
    if (!pays || amount <= Decimal() || !left.ok() || !still.ok()) {
      return;
    }
    from.open = *left;
    to.open = *still;
    LinkOf(document, invoice).settled = amount;
    LinkOf(invoice, document).settled = amount;
  }

  // A payment of an order gets a link to the invoice that it pays.
  LinkPlan& LinkOf(int document, int other) {
    std::vector<LinkPlan>& links = golden_[Index(document)].links;
    const auto place =
        std::lower_bound(links.begin(), links.end(), other,
                         [](const LinkPlan& link, int value) { return link.document < value; });
    if (place != links.end() && place->document == other) {
      return *place;
    }
    return *links.insert(place, {other, kPaidThroughOrder, "paid with its order", false, {}});
  }

  std::vector<GoldenDocument>& golden_;
};

}  // namespace

void SettleInvoices(std::vector<GoldenDocument>& golden) { Settlement(golden).Run(); }

}  // namespace crossbill::transforms
