#include "transforms/reconcile/near_matches.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <string>
#include <tuple>
#include <utility>

#include "base/id.h"
#include "transforms/reconcile/line_agreement.h"
#include "transforms/reconcile/nearest.h"
#include "transforms/reconcile/same_document.h"

namespace crossbill::transforms {
namespace {

// As many neighbours in time of one key are looked at: a bound on work. A person could not tell more apart.
constexpr std::size_t kMostSteps = 16;

enum class Likeness { kTotal, kLines, kQuantities, kDigits };  // the most telling first

std::string_view TextOf(Likeness likeness) {
  switch (likeness) {
    case Likeness::kTotal:
      return "the same total";
    case Likeness::kLines:
      return "the same lines but for one";
    case Likeness::kQuantities:
      return "the same quantities";
    case Likeness::kDigits:
      break;
  }
  return "the same total but for two digits that are exchanged";
}

// What documents have in common that may be one.
struct Entry {
  std::uint64_t key = 0;
  std::int32_t day = 0;
  int document = 0;
  friend auto operator<=>(const Entry&, const Entry&) = default;
};

struct Candidate {
  int days = 0;  // apart
  Likeness likeness = Likeness::kTotal;
  int left = 0;  // < right
  int right = 0;
  friend auto operator<=>(const Candidate&, const Candidate&) = default;
};

std::string DigitsOf(const Decimal& amount) { return amount.Abs().Normalised().ToString(); }

bool TwoAreExchanged(const std::string& a, const std::string& b) {
  const auto [x, y] = std::mismatch(a.begin(), a.end(), b.begin(), b.end());
  if (a.size() != b.size() || x == a.end() || std::next(x) == a.end()) {
    return false;
  }
  return *x == *std::next(y) && *std::next(x) == *y && std::equal(x + 2, a.end(), y + 2);
}

class NearMatches {
 public:
  NearMatches(const ChainInput& input, std::vector<GoldenDocument>& golden)
      : input_(input), golden_(golden), source_of_(golden.size(), -1) {
    for (std::size_t i = input.index_of.size(); i-- > 0;) {
      source_of_[Index(input.index_of[i])] = static_cast<int>(i);
    }
  }

  void Run() {
    for (const DocumentKind kind : {v1::Document::QUOTE, v1::Document::ORDER, v1::Document::SHIPMENT,
                                    v1::Document::INVOICE, v1::Document::PAYMENT}) {
      FindOf(kind);
    }
    std::sort(found_.begin(), found_.end());
    std::set<std::pair<int, int>> known;
    for (const Candidate& candidate : found_) {
      if (known.emplace(candidate.left, candidate.right).second) {
        Keep(candidate);
      }
    }
    for (GoldenDocument& document : golden_) {
      std::sort(document.near_matches.begin(), document.near_matches.end(),
                [](const NearMatch& a, const NearMatch& b) { return a.document < b.document; });
    }
  }

 private:
  static std::size_t Index(int document) { return static_cast<std::size_t>(document); }
  const GoldenDocument& At(int document) const { return golden_[Index(document)]; }

  void FindOf(DocumentKind kind) {
    const std::vector<int> documents = Incomplete(kind);
    if (documents.size() < 2) {
      return;
    }
    for (const Likeness likeness :
         {Likeness::kTotal, Likeness::kLines, Likeness::kQuantities, Likeness::kDigits}) {
      std::vector<Entry> entries;
      for (const int document : documents) {
        for (const std::uint64_t key : KeysOf(likeness, At(document))) {
          entries.push_back({key, At(document).date->days(), document});
        }
      }
      std::sort(entries.begin(), entries.end());
      entries.erase(std::unique(entries.begin(), entries.end()), entries.end());
      Compare(likeness, entries);
    }
  }

  // Those that lack a record of a stream that has such documents: what is in all of them is whole.
  std::vector<int> Incomplete(DocumentKind kind) const {
    std::set<int> streams;
    std::vector<int> documents;
    for (int i = 0; i < static_cast<int>(golden_.size()); ++i) {
      if (At(i).kind == kind && !At(i).cancelled && At(i).date) {
        documents.push_back(i);
        for (const int member : input_.clusters.MembersOf(source_of_[Index(i)])) {
          streams.insert(input_.clusters.StreamOf(member));
        }
      }
    }
    std::erase_if(documents, [&](int document) { return At(document).records.size() >= streams.size(); });
    return documents;
  }

  static std::vector<std::uint64_t> KeysOf(Likeness likeness, const GoldenDocument& document) {
    switch (likeness) {
      case Likeness::kTotal:
        return KeysOfAmounts(
            document, [](const Decimal& amount, std::uint64_t seed) { return AmountKey(amount, seed); });
      case Likeness::kLines:
        return document.kind == v1::Document::ORDER ? LineKeys(document.lines, document.currency)
                                                    : std::vector<std::uint64_t>();
      case Likeness::kQuantities:
        return document.kind == v1::Document::SHIPMENT ? KeyOfQuantities(document.lines)
                                                       : std::vector<std::uint64_t>();
      case Likeness::kDigits:
        break;
    }
    return KeysOfAmounts(document, [](const Decimal& amount, std::uint64_t seed) {
      std::string digits = DigitsOf(amount);
      std::sort(digits.begin(), digits.end());
      return HashOf(digits, seed);
    });
  }

  template <class KeyOf>
  static std::vector<std::uint64_t> KeysOfAmounts(const GoldenDocument& document, const KeyOf& key_of) {
    std::vector<std::uint64_t> keys;
    for (const std::optional<Decimal>& amount : {document.total, document.gross}) {
      if (amount && !amount->IsZero()) {
        keys.push_back(key_of(*amount, HashOf(document.currency)));
      }
    }
    return keys;
  }

  static std::vector<std::uint64_t> KeyOfQuantities(Lines lines) {
    std::vector<std::string> quantities;
    for (const DocumentLine& line : lines) {
      if (!line.quantity) {
        return {};
      }
      quantities.push_back(line.quantity->Normalised().ToString());
    }
    if (quantities.empty()) {
      return {};
    }
    std::sort(quantities.begin(), quantities.end());
    std::uint64_t key = 0;
    for (const std::string& quantity : quantities) {
      key = HashOf(quantity, key);
    }
    return {key};
  }

  void Compare(Likeness likeness, const std::vector<Entry>& entries) {
    for (std::size_t i = 0; i < entries.size(); ++i) {
      const std::size_t end = std::min(entries.size(), i + 1 + kMostSteps);
      for (std::size_t j = i + 1; j < end && entries[j].key == entries[i].key; ++j) {
        const int days = entries[j].day - entries[i].day;
        if (days > input_.options.same_document_days) {
          break;
        }
        const auto [left, right] = std::minmax(entries[i].document, entries[j].document);
        if (AreAlike(likeness, At(left), At(right)) && MayBeOne(left, right)) {
          found_.push_back({days, likeness, left, right});
        }
      }
    }
  }

  static bool AreAlike(Likeness likeness, const GoldenDocument& a, const GoldenDocument& b) {
    switch (likeness) {
      case Likeness::kTotal:
      case Likeness::kQuantities:
        return true;
      case Likeness::kLines:
        return LinesAgree(a.lines, b.lines, 1);
      case Likeness::kDigits:
        break;
    }
    const auto exchanged = [](const std::optional<Decimal>& x, const std::optional<Decimal>& y) {
      return x && y && TwoAreExchanged(DigitsOf(*x), DigitsOf(*y));
    };
    return exchanged(a.total, b.total) || exchanged(a.gross, b.gross);
  }

  bool MayBeOne(int a, int b) const {
    const auto compatible = [&](int x, int y) {
      return !Contradict(*input_.documents[Index(x)], *input_.documents[Index(y)]);
    };
    return input_.clusters.CanUnite(source_of_[Index(a)], source_of_[Index(b)], compatible) &&
           !AreOfOtherOrders(At(a), At(b));
  }

  // Both belong to orders, and to none together.
  bool AreOfOtherOrders(const GoldenDocument& a, const GoldenDocument& b) const {
    const std::set<int> of_a = OrdersOf(a), of_b = OrdersOf(b);
    return !of_a.empty() && !of_b.empty() &&
           std::none_of(of_a.begin(), of_a.end(), [&](int order) { return of_b.contains(order); });
  }

  std::set<int> OrdersOf(const GoldenDocument& document) const {
    std::set<int> orders;
    for (const LinkPlan& link : document.links) {
      if (!link.proposed && At(link.document).kind == v1::Document::ORDER) {
        orders.insert(link.document);
      }
    }
    return orders;
  }

  void Keep(const Candidate& candidate) {
    std::vector<NearMatch>& left = golden_[Index(candidate.left)].near_matches;
    std::vector<NearMatch>& right = golden_[Index(candidate.right)].near_matches;
    if (left.size() >= kMostNearMatches || right.size() >= kMostNearMatches) {
      return;
    }
    const std::string evidence = fmt::format("{}, {} days apart", TextOf(candidate.likeness), candidate.days);
    left.push_back({candidate.right, evidence});
    right.push_back({candidate.left, evidence});
  }

  const ChainInput& input_;
  std::vector<GoldenDocument>& golden_;
  std::vector<int> source_of_;  // of a golden document: the first of its source documents
  std::vector<Candidate> found_;
};

}  // namespace

void FindNearMatches(const ChainInput& input, std::vector<GoldenDocument>& golden) {
  NearMatches(input, golden).Run();
}

}  // namespace crossbill::transforms
