#include "transforms/reconcile/survivorship.h"

#include <fmt/format.h>
#include <google/protobuf/arena.h>

#include <algorithm>
#include <array>

namespace crossbill::transforms {
namespace {

constexpr std::size_t kShownBytes = 200;  // of a value in the provenance; the document has the whole

// A record's parsed message beside its facts. The first record's message is the golden document itself: most
// of its values stay.
struct Source {
  const SourceDocument* record = nullptr;
  std::size_t rank = 0;
  const v1::Document* message = nullptr;
};

// A field of Document: its text for people and comparisons (empty: not there), and how it is taken over.
struct Field {
  std::string_view path;
  std::string (*text)(const v1::Document&);
  void (*copy)(const v1::Document&, v1::Document&);
};

std::string MoneyText(const v1::Money& money) {
  return money.amount().empty() || money.currency().empty() ? money.amount()
                                                            : money.amount() + " " + money.currency();
}

std::string AddressText(const v1::Address& address) {
  std::string text = address.text();
  for (const std::string* part :
       {&address.street(), &address.city(), &address.region(), &address.postal_code(), &address.country()}) {
    if (part->empty()) {
      continue;
    }
    if (!text.empty()) {
      text += ", ";
    }
    text += *part;
  }
  return text;
}

std::string LinesText(const v1::Document& document) {
  return document.lines().empty() ? std::string() : fmt::format("{} lines", document.lines_size());
}

#define CROSSBILL_TEXT(name)                                                           \
  Field {                                                                              \
    #name, [](const v1::Document& d) { return d.name(); },                             \
        [](const v1::Document& from, v1::Document& to) { to.set_##name(from.name()); } \
  }
#define CROSSBILL_MONEY(name)                                                                  \
  Field {                                                                                      \
    #name, [](const v1::Document& d) { return MoneyText(d.name()); },                          \
        [](const v1::Document& from, v1::Document& to) { *to.mutable_##name() = from.name(); } \
  }
#define CROSSBILL_PARTY(name)                                                     \
  Field {                                                                         \
    "customer." #name, [](const v1::Document& d) { return d.customer().name(); }, \
        [](const v1::Document& from, v1::Document& to) {                          \
          to.mutable_customer()->set_##name(from.customer().name());              \
        }                                                                         \
  }

constexpr std::array kFields = {
    CROSSBILL_TEXT(number),
    CROSSBILL_PARTY(id),
    CROSSBILL_PARTY(name),
    CROSSBILL_PARTY(phone),
    CROSSBILL_PARTY(email),
    CROSSBILL_PARTY(tax_id),
    Field{"customer.address", [](const v1::Document& d) { return AddressText(d.customer().address()); },
          [](const v1::Document& from, v1::Document& to) {
            *to.mutable_customer()->mutable_address() = from.customer().address();
          }},
    CROSSBILL_TEXT(date),
    CROSSBILL_TEXT(currency),
    CROSSBILL_MONEY(total),
    CROSSBILL_MONEY(tax),
    CROSSBILL_MONEY(gross),
    Field{"lines", LinesText,
          [](const v1::Document& from, v1::Document& to) { *to.mutable_lines() = from.lines(); }},
    CROSSBILL_TEXT(status),
    CROSSBILL_TEXT(org_unit),
    CROSSBILL_TEXT(entered_by),
    CROSSBILL_TEXT(entered_at),
    CROSSBILL_TEXT(changed_by),
    CROSSBILL_TEXT(changed_at),
    CROSSBILL_TEXT(approved_by),
    CROSSBILL_TEXT(approved_at),
    CROSSBILL_TEXT(due_on),
    CROSSBILL_TEXT(channel),
    CROSSBILL_TEXT(carrier),
    CROSSBILL_TEXT(tracking_number),
    Field{"ship_to", [](const v1::Document& d) { return AddressText(d.ship_to()); },
          [](const v1::Document& from, v1::Document& to) { *to.mutable_ship_to() = from.ship_to(); }},
    CROSSBILL_TEXT(text),
    CROSSBILL_MONEY(open_amount),
    Field{"type",
          [](const v1::Document& d) {
            return d.type() == v1::Invoice::UNSPECIFIED ? std::string() : v1::Invoice::Type_Name(d.type());
          },
          [](const v1::Document& from, v1::Document& to) { to.set_type(from.type()); }},
    CROSSBILL_TEXT(bank_reference),
    CROSSBILL_MONEY(bank_fee),
};

void SetRef(const RecordRef& from, v1::SourceRef* to) {
  to->set_system(from.system);
  to->set_stream(from.stream);
  to->set_key(from.key);
}

std::string Shown(std::string text) {
  if (text.size() <= kShownBytes) {
    return text;
  }
  std::size_t end = kShownBytes;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) {
    --end;
  }
  return text.substr(0, end) + "…";
}

// Beside each other: who wins, and by which rule. `candidates` are sorted by authority and all have the
// field.
std::string_view RuleOf(const Source& winner, const Source& second, bool longer) {
  if (winner.rank != second.rank) {
    return "authority";
  }
  if (winner.record->changed_at != second.record->changed_at) {
    return "newest";
  }
  return longer ? "longest" : "first record";
}

void FillField(const Field& field, const std::vector<Source>& sources, v1::UnifiedDocument& out) {
  struct Candidate {
    const Source* source;
    std::string text;
  };
  std::vector<Candidate> candidates;
  candidates.reserve(sources.size());
  for (const Source& source : sources) {
    if (std::string text = field.text(*source.message); !text.empty()) {
      candidates.push_back({&source, std::move(text)});
    }
  }
  if (candidates.empty()) {
    return;
  }
  const auto equal_standing = [&](const Candidate& a) {
    return a.source->rank == candidates[0].source->rank &&
           a.source->record->changed_at == candidates[0].source->record->changed_at;
  };
  std::size_t winner = 0;
  for (std::size_t i = 1; i < candidates.size() && equal_standing(candidates[i]); ++i) {
    if (candidates[i].text.size() > candidates[winner].text.size()) {
      winner = i;
    }
  }
  if (candidates[winner].source != &sources.front()) {
    field.copy(*candidates[winner].source->message, *out.mutable_document());
  }
  v1::FieldProvenance& provenance = *out.add_provenance();
  provenance.set_field(std::string(field.path));
  provenance.set_value(Shown(candidates[winner].text));
  SetRef(candidates[winner].source->record->record, provenance.mutable_winner());
  provenance.set_rule("only one");
  bool decided = false;
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    if (i == winner) {
      continue;
    }
    if (!decided) {
      const bool longer = candidates[winner].text.size() > candidates[i].text.size();
      provenance.set_rule(std::string(RuleOf(*candidates[winner].source, *candidates[i].source, longer)));
      decided = true;
    }
    if (candidates[i].text == candidates[winner].text) {
      continue;
    }
    v1::SourceValue& other = *provenance.add_others();
    SetRef(candidates[i].source->record->record, other.mutable_source());
    other.set_value(Shown(std::move(candidates[i].text)));
  }
}

// Lists of which the golden document has what any of its records has. `same` says when two elements are one.
template <class List, class Same>
void FillUnion(std::string_view field, const std::vector<Source>& sources,
               const List& (v1::Document::*list)() const, List* (v1::Document::*mutable_list)(),
               const Same& same, v1::UnifiedDocument& out) {
  List& golden = *(out.mutable_document()->*mutable_list)();
  const Source* first = golden.empty() ? nullptr : &sources.front();
  for (std::size_t i = 1; i < sources.size(); ++i) {
    for (const auto& element : (sources[i].message->*list)()) {
      const bool known =
          std::any_of(golden.begin(), golden.end(), [&](const auto& other) { return same(other, element); });
      if (known) {
        continue;
      }
      *golden.Add() = element;
      if (first == nullptr) {
        first = &sources[i];
      }
    }
  }
  if (first == nullptr) {
    return;
  }
  v1::FieldProvenance& provenance = *out.add_provenance();
  provenance.set_field(std::string(field));
  provenance.set_value(fmt::format("{} {}", golden.size(), field));
  SetRef(first->record->record, provenance.mutable_winner());
  provenance.set_rule(sources.size() == 1 ? "only one" : "all records");
}

void FillReferences(const std::vector<Source>& sources, v1::UnifiedDocument& out) {
  FillUnion(
      "references", sources, &v1::Document::references, &v1::Document::mutable_references,
      [](const v1::Reference& a, const v1::Reference& b) {
        return a.type() == b.type() && a.number() == b.number() && a.line() == b.line();
      },
      out);
}

void FillPriceChanges(const std::vector<Source>& sources, v1::UnifiedDocument& out) {
  FillUnion(
      "price_changes", sources, &v1::Document::price_changes, &v1::Document::mutable_price_changes,
      [](const v1::PriceChange& a, const v1::PriceChange& b) {
        return a.SerializeAsString() == b.SerializeAsString();
      },
      out);
}

}  // namespace

std::size_t AuthorityRank(const std::string& system, const ReconcileOptions& options) {
  const auto found = std::find(options.authority.begin(), options.authority.end(), system);
  return static_cast<std::size_t>(found - options.authority.begin());
}

Records ByAuthority(Records records, const ReconcileOptions& options) {
  if (records.size() < 2) {
    return records;
  }
  std::sort(records.begin(), records.end(), [&](const SourceDocument* a, const SourceDocument* b) {
    const std::size_t rank_a = AuthorityRank(a->record.system, options);
    const std::size_t rank_b = AuthorityRank(b->record.system, options);
    if (rank_a != rank_b) {
      return rank_a < rank_b;
    }
    if (a->changed_at != b->changed_at) {
      return a->changed_at > b->changed_at;
    }
    return a->record < b->record;
  });
  return records;
}

void FillGoldenValues(const Records& by_authority, const ReconcileOptions& options,
                      v1::UnifiedDocument& out) {
  google::protobuf::Arena arena;
  std::vector<Source> sources(by_authority.size());
  for (std::size_t i = 0; i < by_authority.size(); ++i) {
    v1::Document* const message =
        i == 0 ? out.mutable_document() : google::protobuf::Arena::CreateMessage<v1::Document>(&arena);
    // The bytes were parsed once when they were taken in.
    CROSSBILL_CHECK(message->ParseFromString(by_authority[i]->bytes));
    sources[i] = {by_authority[i], AuthorityRank(by_authority[i]->record.system, options), message};
  }
  for (const Field& field : kFields) {
    FillField(field, sources, out);
  }
  FillReferences(sources, out);
  FillPriceChanges(sources, out);
  out.mutable_document()->clear_source();
}

}  // namespace crossbill::transforms
