#include "transforms/reconcile/source_document.h"

#include <google/protobuf/arena.h>

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "crossbill/v1/interaction.pb.h"

namespace crossbill::transforms {
namespace {

constexpr std::size_t kArenaBlock = 4096;

std::optional<Decimal> ParseDecimal(const std::string& text) {
  if (text.empty()) {
    return std::nullopt;
  }
  auto parsed = Decimal::Parse(text);
  if (!parsed.ok()) {
    return std::nullopt;
  }
  return *parsed;
}

std::optional<Decimal> AmountOf(const v1::Money& money, std::string& currency) {
  if (currency.empty()) {
    currency = money.currency();
  }
  return ParseDecimal(money.amount());
}

std::string PlainText(const std::string& text) {
  return text.empty() ? std::string() : FoldForMatching(text);
}

DocumentLine ReadLine(const v1::Line& from, const std::string& currency) {
  DocumentLine line;
  line.id = NormaliseNumber(from.id());
  line.sku = NormaliseNumber(from.product().sku());
  line.ean = NormaliseNumber(from.product().ean());
  line.product_id = NormaliseNumber(from.product().id());
  line.product_name = PlainText(from.product().name());
  line.quantity = ParseDecimal(from.quantity());
  line.unit_price = ParseDecimal(from.unit_price().amount());
  line.amount = ParseDecimal(from.amount().amount());
  line.currency = from.unit_price().currency().empty() ? currency : from.unit_price().currency();
  line.property = !from.property().empty();
  for (const v1::Reference& reference : from.references()) {
    AddMentions(reference.type(), reference.number(), NormaliseNumber(reference.line()), line.mentions);
  }
  return line;
}

LoggedPrice ReadPriceChange(const v1::PriceChange& from) {
  LoggedPrice change;
  change.line = NormaliseNumber(from.line());
  change.sku = NormaliseNumber(from.product().sku());
  change.ean = NormaliseNumber(from.product().ean());
  change.product_id = NormaliseNumber(from.product().id());
  change.old_price = ParseDecimal(from.old_price().amount());
  change.new_price = ParseDecimal(from.new_price().amount());
  change.changed_by = from.changed_by();
  change.changed_on = from.changed_on();
  change.approved_by = from.approved_by();
  change.approved_on = from.approved_on();
  for (const v1::Reference& reference : from.references()) {
    AddMentions(reference.type(), reference.number(), NormaliseNumber(reference.line()), change.mentions);
  }
  return change;
}

void ReadAmounts(const v1::Document& from, SourceDocument& to) {
  to.currency = from.currency();
  to.total = AmountOf(from.total(), to.currency);
  to.gross = AmountOf(from.gross(), to.currency);
  to.bank_fee = ParseDecimal(from.bank_fee().amount());
  const std::optional<Decimal> tax = ParseDecimal(from.tax().amount());
  if (to.total && tax && !to.gross) {
    if (auto sum = to.total->Plus(*tax); sum.ok()) {
      to.gross = *sum;
    }
  } else if (to.gross && tax && !to.total) {
    if (auto rest = to.gross->Minus(*tax); rest.ok()) {
      to.total = *rest;
    }
  }
}

bool IsCancelled(const std::string& status) {
  const std::string folded = CaseFold(status);
  return folded.starts_with("cancel") || folded == "void" || folded == "voided";
}

void ReadDocument(const v1::Document& from, SourceDocument& to) {
  to.number_text = from.number();
  to.number = NormaliseNumber(from.number());
  for (const v1::Reference& reference : from.references()) {
    AddMentions(reference.type(), reference.number(), NormaliseNumber(reference.line()), to.mentions);
  }
  if (!from.bank_reference().empty()) {
    AddMentions(v1::Reference::PAYMENT, from.bank_reference(), {}, to.mentions);
  }
  if (to.kind == v1::Document::PAYMENT && !from.text().empty()) {
    AddMentionsInText(from.text(), to.mentions);
  }
  if (auto date = Date::Parse(from.date()); !from.date().empty() && date.ok()) {
    to.date = *date;
  }
  ReadAmounts(from, to);
  to.lines.reserve(static_cast<std::size_t>(from.lines_size()));
  for (const v1::Line& line : from.lines()) {
    to.lines.push_back(ReadLine(line, to.currency));
  }
  for (const v1::PriceChange& change : from.price_changes()) {
    to.price_changes.push_back(ReadPriceChange(change));
  }
  to.approved_by = from.approved_by();
  to.org_unit = from.org_unit();
  to.tracking = NormaliseNumber(from.tracking_number());
  if (auto changed = Timestamp::Parse(from.changed_at()); !from.changed_at().empty() && changed.ok()) {
    to.changed_at = changed->micros();
  }
  if (auto entered = Timestamp::Parse(from.entered_at()); !from.entered_at().empty() && entered.ok()) {
    to.entered_at = entered->micros();
  }
  to.credit_note = to.kind == v1::Document::INVOICE &&
                   (from.type() == v1::Invoice::CREDIT_NOTE || (to.total && to.total->IsNegative()) ||
                    (!to.total && to.gross && to.gross->IsNegative()));
  to.property =
      CaseFold(from.channel()) == "property" ||
      std::any_of(to.lines.begin(), to.lines.end(), [](const DocumentLine& line) { return line.property; });
  to.cancelled = IsCancelled(from.status());
}

// Interaction has other fields than the documents of trade.
bool ReadInteraction(std::string_view bytes, v1::Document& to) {
  v1::Interaction from;
  if (!from.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return false;
  }
  to.set_number(from.number());
  *to.mutable_references() = from.references();
  if (from.has_customer()) {
    *to.mutable_customer() = from.customer();
  }
  if (from.happened_at().size() >= 10) {
    to.set_date(from.happened_at().substr(0, 10));
  }
  to.set_entered_at(from.happened_at());
  to.set_entered_by(from.agent());
  if (from.channel() != v1::Interaction::UNSPECIFIED) {
    to.set_channel(v1::Interaction::Channel_Name(from.channel()));
  }
  to.set_text(from.text());
  to.set_status(from.direction());
  return true;
}

// Most documents fit on the stack: no allocation for a message that is looked at once.
class ShortLivedArena {
 public:
  ShortLivedArena() : arena_(OptionsFor(block_)) {}
  template <class Message>
  Message& Make() {
    return *google::protobuf::Arena::CreateMessage<Message>(&arena_);
  }

 private:
  static google::protobuf::ArenaOptions OptionsFor(char (&block)[kArenaBlock]) {
    google::protobuf::ArenaOptions options;
    options.initial_block = block;
    options.initial_block_size = sizeof(block);
    return options;
  }
  alignas(8) char block_[kArenaBlock];
  google::protobuf::Arena arena_;
};

Status ReadMessage(DocumentKind kind, const RecordRef& record, std::string_view bytes, v1::Document& to) {
  const bool parsed = kind == v1::Document::INTERACTION
                          ? ReadInteraction(bytes, to)
                          : to.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()));
  if (parsed && !KindName(kind).empty()) {
    return Ok();
  }
  return Error(Code::kEventDecode, "the document of " + record.system + "/" + record.stream + " with key \"" +
                                       record.key + "\" is no message of its kind");
}

}  // namespace

std::size_t SourceDocument::MemoryBytes() const {
  return sizeof(SourceDocument) + bytes.capacity() + decisions.capacity() +
         mentions.capacity() * (sizeof(Mention) + 16) + lines.capacity() * (sizeof(DocumentLine) + 64) +
         price_changes.capacity() * (sizeof(LoggedPrice) + 64) + 256;
}

Status CheckSourceDocument(DocumentKind kind, const RecordRef& record, std::string_view bytes) {
  ShortLivedArena arena;
  return ReadMessage(kind, record, bytes, arena.Make<v1::Document>());
}

Result<SourceDocument> ParseSourceDocument(DocumentKind kind, RecordRef record, std::string_view bytes) {
  SourceDocument document;
  document.kind = kind;
  document.record = std::move(record);
  ShortLivedArena arena;
  v1::Document& message = arena.Make<v1::Document>();
  CROSSBILL_RETURN_IF_ERROR(ReadMessage(kind, document.record, bytes, message));
  ReadDocument(message, document);
  document.content = Hash128Of(bytes);
  if (kind == v1::Document::INTERACTION) {
    document.bytes = message.SerializeAsString();
  } else {
    document.bytes = std::string(bytes);
  }
  return document;
}

std::string_view KindName(DocumentKind kind) {
  switch (kind) {
    case v1::Document::QUOTE:
      return "quote";
    case v1::Document::ORDER:
      return "order";
    case v1::Document::SHIPMENT:
      return "shipment";
    case v1::Document::INVOICE:
      return "invoice";
    case v1::Document::PAYMENT:
      return "payment";
    case v1::Document::INTERACTION:
      return "interaction";
    default:
      return {};
  }
}

std::string_view PluralKindName(DocumentKind kind) {
  switch (kind) {
    case v1::Document::QUOTE:
      return "quotes";
    case v1::Document::ORDER:
      return "orders";
    case v1::Document::SHIPMENT:
      return "shipments";
    case v1::Document::INVOICE:
      return "invoices";
    case v1::Document::PAYMENT:
      return "payments";
    case v1::Document::INTERACTION:
      return "interactions";
    default:
      return {};
  }
}

std::string NameOf(DocumentKind kind, const RecordRef& smallest) {
  const Hash128 hash = Hash128Of({KindName(kind), smallest.system, smallest.stream, smallest.key});
  return std::string(PluralKindName(kind)) + "/" + ShortId(hash);
}

}  // namespace crossbill::transforms
