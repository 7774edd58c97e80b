#include "tests/simulation/history.h"

#include <map>
#include <optional>
#include <tuple>
#include <utility>

#include "crossbill/v1/document_decision.pb.h"
#include "crossbill/v1/erasure.pb.h"
#include "crossbill/v1/interaction.pb.h"
#include "crossbill/v1/invoice.pb.h"
#include "crossbill/v1/order.pb.h"
#include "crossbill/v1/party.pb.h"
#include "crossbill/v1/payment.pb.h"
#include "crossbill/v1/quote.pb.h"
#include "crossbill/v1/shipment.pb.h"
#include "crossbill/v1/steward.pb.h"
#include "tests/simulation/dice.h"
#include "transforms/erasure/erasures.h"
#include "transforms/sdk/source_event.h"

namespace crossbill::simulation {
namespace {

constexpr const char* kSystems[] = {"crm", "erp", "fin", "oms"};

// The true customers: some are made to be confused.
struct Person {
  const char* name;
  const char* other_name;  // as another system writes it
  const char* kana;
  const char* tax_id;
  const char* email;
  const char* phone;
  const char* street;
  const char* city;
  const char* postcode;
  const char* country;
};
constexpr Person kPeople[] = {
    {"南京嘉恒包装有限公司", "南京 嘉恒包装", "", "91514906MAKNYMM5KQ", "info@jiaheng.cn.example",
     "025 41366061", "迎宾路116号1054室", "南京", "210352", "CN"},
    {"南京嘉恒包装有限公司郑州分公司", "嘉恒包装郑州分公司", "", "91267349MAXGMDJF06",
     "zhengzhou@jiaheng.cn.example", "0371 03373521", "解放路230号1497室", "郑州", "450973", "CN"},
    {"東京岡田商事株式会社", "(株)東京岡田商事", "トウキョウオカダショウジ", "7111068178121",
     "info@okada.jp.example", "03-8089-8610", "東町2丁目6番20号", "東京都千代田区", "100-1277", "JP"},
    {"Northgate Stores Inc", "NORTHGATE STORES", "", "US389625573", "info@northgate.example",
     "+1 312 808 2423", "1 Oak Avenue", "Chicago", "60601", "US"},
    {"Northgate Stores Seattle Branch", "NORTHGATE STORES SEATTLE BRANCH", "", "US389625573",
     "seattle@northgate.example", "+1 206 553 8215", "50 Lake Drive", "Seattle", "98101", "US"},
    {"Karin Braun", "Braun, Karin", "", "", "karin.braun@post.example", "+49 30 3048034", "Lindenweg 85",
     "Berlin", "10115", "DE"},
    {"Karl Braun", "KARL BRAUN", "", "", "karl.braun@post.example", "+49 30 3048034", "Lindenweg 85",
     "Berlin", "10115", "DE"},
    {"周磊怡", "周磊怡女士", "", "", "leiyizhou@post.cn.example", "139 5413 5306", "人民路352号432室", "北京",
     "100104", "CN"},
};

constexpr std::string_view kSalt = "simulation";

class Historian {
 public:
  explicit Historian(std::uint64_t seed) : dice_(seed) {}

  std::vector<SourceRecordEvent> Make() {
    const std::size_t parties = 4 + dice_.Below(8);
    const std::size_t documents = 8 + dice_.Below(24);
    const std::size_t events = (parties + documents) * 2;
    for (std::size_t i = 0; i < events; ++i) {
      if (dice_.OneIn(15)) {
        DecisionEvent(dice_.Below(parties), dice_.Below(parties));
      } else if (dice_.OneIn(40)) {
        ErasureEvent(dice_.Below(parties));
      } else if (dice_.Below(parties + documents) < parties) {
        PartyEvent(dice_.Below(parties));
      } else {
        DocumentEvent(dice_.Below(documents));
      }
    }
    return std::move(events_);
  }

 private:
  std::string Number(std::size_t n) { return std::to_string(10000 + n); }

  void Add(const std::string& kind, const std::string& type, const std::string& system,
           const std::string& key, std::optional<std::string> value) {
    SourceRecordEvent one;
    one.kind = kind;
    const std::string stream = kind + "s";
    one.event.key = system + "/" + stream + "/" + key;
    one.event.sequence = ++sequences_[system + "/" + stream];
    one.event.type = "crossbill.v1." + type;
    one.event.value = std::move(value);
    events_.push_back(std::move(one));
  }

  template <class Message>
  void SetSource(Message& message, const std::string& system, const std::string& stream,
                 const std::string& key) {
    message.mutable_source()->set_system(system);
    message.mutable_source()->set_stream(stream);
    message.mutable_source()->set_key(key);
  }

  // The record's version: what the system knows of a person, sometimes of a wrong one, corrected later or
  // never.
  void PartyEvent(std::size_t n) {
    const std::string system = kSystems[n % 4];
    const std::string key = "p" + std::to_string(n);
    if (dice_.OneIn(9)) {
      return Add("party", "Party", system, key, std::nullopt);
    }
    const Person& person =
        kPeople[dice_.OneIn(5) ? dice_.Below(std::size(kPeople)) : (n * 5 / 3) % std::size(kPeople)];
    v1::Party party;
    SetSource(party, system, "partys", key);
    party.set_id(PartyId(dice_.OneIn(12) ? n + 4 : n));
    party.set_name(dice_.OneIn(3) ? person.other_name : person.name);
    if (*person.kana != 0 && dice_.OneIn(2)) {
      party.set_name_kana(person.kana);
    }
    if (*person.tax_id != 0 && dice_.OneIn(2)) {
      v1::Identifier* identifier = party.add_identifiers();
      identifier->set_type(v1::Identifier::TAX_ID);
      identifier->set_value(person.tax_id);
    }
    if (dice_.OneIn(2)) {
      party.add_emails(person.email);
    }
    if (dice_.OneIn(2)) {
      party.add_phones(person.phone);
    }
    v1::Address* address = party.add_addresses();
    address->set_country(person.country);
    if (!dice_.OneIn(3)) {
      address->set_city(person.city);
    }
    if (dice_.OneIn(2)) {
      address->set_street(person.street);
    }
    if (dice_.OneIn(2)) {
      address->set_postal_code(person.postcode);
    }
    Add("party", "Party", system, key, party.SerializeAsString());
  }

  // Some about parties that never come, some against each other: the newest holds.
  void DecisionEvent(std::size_t left, std::size_t right) {
    if (left == right) {
      return;
    }
    v1::Decision decision;
    const std::string number = std::to_string(100 + decisions_++);
    decision.set_name("decisions/" + number);
    decision.set_verdict(dice_.OneIn(2) ? v1::Decision::CONFIRM : v1::Decision::FORBID);
    decision.set_decided_at("2026-10-31T10:00:00." + number + "Z");
    v1::RecordPair& pair = *decision.add_pairs();
    for (const auto& [n, record] : {std::pair(left, pair.mutable_left()), {right, pair.mutable_right()}}) {
      record->set_system(kSystems[n % 4]);
      record->set_stream("partys");
      record->set_key("p" + std::to_string(n));
    }
    SourceRecordEvent one;
    one.kind = kDecisionKind;
    one.event.key = decision.name();
    one.event.type = "crossbill.v1.Decision";
    one.event.value = decision.SerializeAsString();
    events_.push_back(std::move(one));
  }

  // Of a party that is there, that comes, or that never does.
  void ErasureEvent(std::size_t n) {
    v1::Erasure erasure;
    erasure.set_name("erasures/" + std::to_string(n));
    erasure.set_kind(v1::Erasure::RECORD);
    SourceRecordEvent one;
    one.kind = kErasureKind;
    one.event.key = hash_.OfRecord(std::string(kSystems[n % 4]) + "/partys/p" + std::to_string(n));
    one.event.type = "crossbill.v1.Erasure";
    one.event.value = erasure.SerializeAsString();
    events_.push_back(std::move(one));
  }

  static std::string PartyId(std::size_t n) { return "A" + std::to_string(n); }

  template <class Message>
  void Fill(Message& message, const std::string& system, const std::string& kind, std::size_t n,
            std::size_t chain) {
    SetSource(message, system, kind + "s", Number(n));
    // Sometimes two documents have one number, and sometimes one has none.
    if (!dice_.OneIn(10)) {
      message.set_number(Number(dice_.OneIn(8) ? chain : n));
    }
    if (dice_.OneIn(2)) {
      message.mutable_customer()->set_id(PartyId(dice_.Below(3) * 4 + n % 4));
    }
  }

  template <class Message>
  void Refer(Message& message, v1::Reference::Type type, std::size_t n) {
    if (dice_.OneIn(5)) {
      return;
    }
    v1::Reference* reference = message.add_references();
    reference->set_type(type);
    reference->set_number(Number(n));
  }

  template <class Message>
  void Lines(Message& message, std::size_t chain) {
    const std::size_t lines = 1 + dice_.Below(2);
    for (std::size_t i = 0; i < lines; ++i) {
      v1::Line* line = message.add_lines();
      line->set_id(std::to_string(i + 1));
      line->mutable_product()->set_sku("SKU-" + std::to_string(chain % 3 + i));
      line->set_quantity(std::to_string(dice_.OneIn(6) ? 3 : 2));
      line->mutable_unit_price()->set_amount(dice_.OneIn(6) ? "10.50" : "10.00");
      line->mutable_unit_price()->set_currency("EUR");
      if (dice_.OneIn(2)) {
        line->mutable_unit_cost()->set_amount("7.25");
      }
      if (dice_.OneIn(4)) {
        v1::Reference* reference = line->add_references();
        reference->set_type(v1::Reference::ORDER);
        reference->set_number(Number(chain));
      }
    }
  }

  template <class Message>
  void Total(Message& message) {
    // CHF has no rate.
    const char* currency = dice_.OneIn(8) ? "USD" : dice_.OneIn(16) ? "CHF" : "EUR";
    message.set_currency(currency);
    message.mutable_total()->set_amount(dice_.OneIn(6) ? "40.00" : "20.00");
    message.mutable_total()->set_currency(currency);
    if (dice_.OneIn(3)) {
      message.set_org_unit(dice_.OneIn(2) ? "HQ" : "branch");
    }
    if constexpr (requires { message.mutable_gross(); }) {
      if (dice_.OneIn(2)) {
        *message.mutable_gross() = message.total();
      }
    }
  }

  std::string Day() {
    return "2026-0" + std::to_string(1 + dice_.Below(9)) + "-1" + std::to_string(dice_.Below(9));
  }

  // Documents stand in chains: number n belongs to chain n mod 5.
  void DocumentEvent(std::size_t n) {
    static constexpr const char* kKinds[] = {"order", "shipment", "invoice",    "payment",
                                             "order", "quote",    "interaction"};
    static constexpr const char* kTypes[] = {"Order", "Shipment", "Invoice",    "Payment",
                                             "Order", "Quote",    "Interaction"};
    const std::size_t kind = n % std::size(kKinds);
    const std::string system = kSystems[n % 4];
    const std::size_t chain = n % 5 * std::size(kKinds);
    if (dice_.OneIn(9)) {
      return Add(kKinds[kind], kTypes[kind], system, Number(n), std::nullopt);
    }
    std::string value;
    switch (kind) {
      case 1:
        value = MakeShipment(system, n, chain);
        break;
      case 2:
        value = MakeInvoice(system, n, chain);
        break;
      case 3:
        value = MakePayment(system, n, chain);
        break;
      case 5:
        value = MakeQuote(system, n, chain);
        break;
      case 6:
        value = MakeInteraction(system, n, chain);
        break;
      default:
        value = MakeOrder(system, n, chain);
        break;
    }
    Add(kKinds[kind], kTypes[kind], system, Number(n), std::move(value));
  }

  std::string MakeOrder(const std::string& system, std::size_t n, std::size_t chain) {
    v1::Order order;
    Fill(order, system, "order", n, chain);
    if (dice_.OneIn(2)) {
      Refer(order, v1::Reference::CUSTOMER_PO, 50000 + chain);
    }
    if (dice_.OneIn(4)) {
      Refer(order, v1::Reference::QUOTE, n + 1);
    }
    order.set_ordered_on(Day());
    if (dice_.OneIn(10)) {
      order.set_status("CANCELLED");
    }
    Total(order);
    Lines(order, chain);
    return order.SerializeAsString();
  }
  std::string MakeShipment(const std::string& system, std::size_t n, std::size_t chain) {
    v1::Shipment shipment;
    Fill(shipment, system, "shipment", n, chain);
    Refer(shipment, v1::Reference::ORDER, chain);
    shipment.set_shipped_on(Day());
    Lines(shipment, chain);
    return shipment.SerializeAsString();
  }
  std::string MakeInvoice(const std::string& system, std::size_t n, std::size_t chain) {
    v1::Invoice invoice;
    Fill(invoice, system, "invoice", n, chain);
    Refer(invoice, dice_.OneIn(2) ? v1::Reference::SHIPMENT : v1::Reference::ORDER,
          dice_.OneIn(2) ? n - 1 : chain);
    invoice.set_type(dice_.OneIn(6) ? v1::Invoice::CREDIT_NOTE : v1::Invoice::INVOICE);
    invoice.set_issued_on(Day());
    Total(invoice);
    Lines(invoice, chain);
    return invoice.SerializeAsString();
  }
  std::string MakePayment(const std::string& system, std::size_t n, std::size_t chain) {
    v1::Payment payment;
    Fill(payment, system, "payment", n, chain);
    Refer(payment, v1::Reference::INVOICE, n - 1);
    payment.set_paid_on(Day());
    Total(payment);
    if (dice_.OneIn(3)) {
      payment.set_text("for " + Number(chain) + " and " + Number(n - 1));
    }
    return payment.SerializeAsString();
  }
  std::string MakeQuote(const std::string& system, std::size_t n, std::size_t chain) {
    v1::Quote quote;
    Fill(quote, system, "quote", n, chain);
    quote.set_quoted_on(Day());
    Total(quote);
    Lines(quote, chain);
    return quote.SerializeAsString();
  }
  std::string MakeInteraction(const std::string& system, std::size_t n, std::size_t chain) {
    v1::Interaction interaction;
    Fill(interaction, system, "interaction", n, chain);
    Refer(interaction, v1::Reference::ORDER, chain);
    interaction.set_text("about the order");
    return interaction.SerializeAsString();
  }

  transforms::ErasureHash hash_{kSalt, Secret()};
  Dice dice_;
  int decisions_ = 0;
  std::map<std::string, std::int64_t> sequences_;
  std::vector<SourceRecordEvent> events_;
};

}  // namespace

transforms::SourceEvent ErasureKeyEvent() {
  v1::Erasure key;
  key.set_kind(v1::Erasure::KEY);
  key.set_salt(std::string(kSalt));
  key.set_check(transforms::ErasureHash(kSalt, Secret()).Check());
  return {std::string(transforms::kErasureKey), 0, key.SerializeAsString(), "crossbill.v1.Erasure"};
}

std::vector<SourceRecordEvent> MakeHistory(std::uint64_t seed) { return Historian(seed).Make(); }

std::vector<SourceRecordEvent> MakeExceptionDecisions(std::uint64_t seed, Date as_of,
                                                      const std::vector<v1::Exception>& exceptions) {
  Dice dice(seed + 7);
  std::vector<SourceRecordEvent> events;
  const auto decide = [&](const v1::Exception& exception) {
    v1::ExceptionDecision decision;
    const std::string number = std::to_string(100 + events.size());
    decision.set_name("decisions/x" + number);
    decision.set_exception(exception.name());
    decision.set_verdict(static_cast<v1::ExceptionDecision::Verdict>(1 + dice.Below(3)));
    decision.set_decided_by("somebody");
    decision.set_reason("because " + number);
    decision.set_decided_at("2026-10-31T10:00:00." + std::to_string(100 + dice.Below(900)) + "Z");
    if (dice.OneIn(3)) {
      decision.set_until(as_of.PlusDays(dice.OneIn(2) ? 5 : -5).ToString());
    }
    decision.set_whatever_amount(dice.OneIn(4));
    *decision.mutable_expected() = exception.expected();
    *decision.mutable_found() = exception.found();
    decision.set_found_text(exception.found_text());
    *decision.mutable_at_stake() = exception.at_stake();
    if (dice.OneIn(5)) {
      decision.mutable_at_stake()->set_amount("77");
    }
    SourceRecordEvent one;
    one.kind = kExceptionDecisionKind;
    one.event.key = exception.name();
    one.event.type = "crossbill.v1.ExceptionDecision";
    one.event.value = decision.SerializeAsString();
    events.push_back(std::move(one));
  };
  for (const v1::Exception& exception : exceptions) {
    for (std::size_t n = dice.Below(4); n > 0; --n) {
      decide(exception);
    }
  }
  v1::Exception never;
  never.set_name("exceptions/never");
  decide(never);
  return events;
}

namespace {

using Documents = std::vector<v1::UnifiedDocument>;
using RecordPairs = std::vector<std::pair<v1::SourceRef, v1::SourceRef>>;

bool MayPay(const v1::UnifiedDocument& left, const v1::UnifiedDocument& right) {
  return left.kind() == v1::Document::PAYMENT && right.kind() == v1::Document::INVOICE;
}

// Pairs of records of one customer that a verdict can be about.
RecordPairs PairsOf(const Documents& documents, bool settles) {
  RecordPairs pairs;
  for (const v1::UnifiedDocument& left : documents) {
    for (const v1::UnifiedDocument& right : documents) {
      const bool fit = settles ? MayPay(left, right) : left.kind() == right.kind();
      if (!fit || left.customer() != right.customer()) {
        continue;
      }
      for (const v1::SourceRef& a : left.records()) {
        for (const v1::SourceRef& b : right.records()) {
          pairs.emplace_back(a, b);
        }
      }
    }
  }
  return pairs;
}

// Of two records that the verdict can be about, where there are some; at times of any, or of one that never
// comes.
v1::DocumentDecision MakeDocumentDecision(const Documents& documents, Dice& dice) {
  v1::DocumentDecision decision;
  const bool settles = dice.OneIn(2);
  const RecordPairs pairs = PairsOf(documents, settles);
  v1::RecordPair& pair = *decision.add_pairs();
  if (pairs.empty() || dice.OneIn(5)) {
    *pair.mutable_left() = dice.Pick(dice.Pick(documents).records());
    *pair.mutable_right() = dice.Pick(dice.Pick(documents).records());
  } else {
    std::tie(*pair.mutable_left(), *pair.mutable_right()) = dice.Pick(pairs);
  }
  if (dice.OneIn(10)) {
    pair.mutable_right()->set_key("never");
  }
  const int verdict = settles ? v1::DocumentDecision::SETTLES : v1::DocumentDecision::SAME;
  decision.set_verdict(static_cast<v1::DocumentDecision::Verdict>(verdict + (dice.OneIn(3) ? 1 : 0)));
  if (settles && dice.OneIn(3)) {
    decision.mutable_amount()->set_amount("7.50");
  }
  return decision;
}

}  // namespace

std::vector<SourceRecordEvent> MakeDocumentDecisions(std::uint64_t seed,
                                                     const std::vector<v1::UnifiedDocument>& documents) {
  Dice dice(seed + 13);
  std::vector<SourceRecordEvent> events;
  const auto add = [&](const v1::DocumentDecision& decision) {
    SourceRecordEvent one;
    one.kind = kDocumentDecisionKind;
    one.event.key = transforms::RecordKey(decision.pairs(0).left());
    one.event.type = "crossbill.v1.DocumentDecision";
    one.event.value = decision.SerializeAsString();
    events.push_back(std::move(one));
  };
  for (std::size_t n = documents.size(); n > 0; --n) {
    v1::DocumentDecision decision = MakeDocumentDecision(documents, dice);
    decision.set_name("decisions/d" + std::to_string(100 + events.size()));
    decision.set_decided_by("somebody");
    decision.set_decided_at("2026-10-31T10:00:00." + std::to_string(100 + dice.Below(900)) + "Z");
    add(decision);
    if (dice.OneIn(4)) {
      decision.set_undone(true);
      add(decision);
    }
  }
  return events;
}

}  // namespace crossbill::simulation
