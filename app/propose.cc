#include "app/propose.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>

#include "base/text.h"

namespace crossbill::app {
namespace {

using connectors::FoundStream;
using connectors::ValueType;

struct Guess {
  const char* target;
  const char* form;  // "text", "date", "instant", "money", "decimal"
  std::vector<const char*> names;
};

struct KindGuess {
  const char* kind;
  std::vector<const char*> tables;
  std::vector<Guess> fields;
};

std::vector<Guess> DocumentFields(const char* date, std::vector<const char*> numbers,
                                  std::vector<const char*> dates) {
  return {
      {"number", "text", std::move(numbers)},
      {"customer.id",
       "text",
       {"customer_id", "account_id", "client_id", "party_id", "debtor_no", "kunnr", "kunag", "customerid"}},
      {"customer.email", "text", {"email", "customer_email"}},
      {date, "date", std::move(dates)},
      {"total", "money", {"net_total", "total", "amount", "net", "netwr", "net_amount"}},
      {"gross", "money", {"gross_total", "gross", "total_gross"}},
      {"status", "text", {"status", "state"}},
      {"changed_at", "instant", {"updated_at", "changed_at", "modified_at"}}};
}

const std::vector<KindGuess>& Kinds() {
  static const std::vector<KindGuess> kinds = {
      {"party",
       {"customer", "account", "client", "debtor", "kna1", "partner", "party", "contact"},
       {{"id", "text", {"customer_id", "account_id", "client_id", "id", "kunnr", "debtor_no", "customerid"}},
        {"name", "text", {"name", "company_name", "companyname", "full_name", "name1", "customer_name"}},
        {"name_kana", "text", {"name_kana", "kana"}},
        {"phones", "text", {"phone", "telephone", "tel", "telf1"}},
        {"emails", "text", {"email", "e_mail", "mail", "smtp_addr"}},
        {"changed_at", "instant", {"updated_at", "changed_at", "modified_at"}}}},
      {"quote",
       {"quote", "quotation"},
       DocumentFields("quoted_on", {"quote_no", "number", "id"}, {"quote_date", "date", "created_at"})},
      {"shipment",
       {"shipment", "delivery", "likp", "despatch"},
       DocumentFields("shipped_on", {"shipment_no", "delivery_no", "number", "vbeln", "id"},
                      {"shipped_on", "shipped_date", "date", "wadat_ist"})},
      {"invoice",
       {"invoice", "bill", "vbrk"},
       DocumentFields("issued_on", {"invoice_no", "invoice_id", "number", "vbeln", "id"},
                      {"invoice_date", "issued_on", "date", "fkdat"})},
      {"payment",
       {"payment", "receipt"},
       DocumentFields("paid_on", {"payment_no", "receipt_no", "number", "id"},
                      {"paid_on", "booked_on", "payment_date", "date"})},
      {"order",
       {"order", "vbak"},
       DocumentFields("ordered_on", {"order_no", "order_id", "number", "vbeln", "id", "orderid"},
                      {"order_date", "ordered_on", "placed_at", "date", "audat", "orderdate"})},
      {"product",
       {"product", "article", "item", "mara"},
       {{"id", "text", {"product_id", "id", "matnr", "sku"}},
        {"sku", "text", {"sku", "article_no"}},
        {"name", "text", {"name", "maktx", "product_name"}}}},
  };
  return kinds;
}

int ColumnOf(const FoundStream& found, const std::vector<const char*>& names) {
  for (const char* name : names) {
    for (std::size_t i = 0; i < found.schema.size(); ++i) {
      if (CaseFold(found.schema.columns()[i].name) == name) {
        return static_cast<int>(i);
      }
    }
  }
  return -1;
}

// The first format that reads all samples of a column.
std::optional<std::string> DateFormatOf(const FoundStream& found, std::size_t column) {
  for (const char* format : {"iso", "%Y%m%d", "%d.%m.%Y", "%Y/%m/%d", "%m/%d/%Y", "%E"}) {
    const auto compiled = DateFormat::Compile(format);
    bool all = compiled.ok() && !found.samples.empty();
    for (const auto& sample : found.samples) {
      all = all && column < sample.size() && (sample[column].empty() || compiled->Parse(sample[column]).ok());
    }
    if (all) {
      return format;
    }
  }
  return std::nullopt;
}

std::string CurrencyOf(const FoundStream& found) {
  const int column = ColumnOf(found, {"currency", "waerk", "currency_code"});
  return column >= 0 ? found.schema.columns()[static_cast<std::size_t>(column)].name : "\"EUR\"";
}

std::string ExpressionOf(const FoundStream& found, const Guess& guess, std::size_t column) {
  const auto& [name, type] = found.schema.columns()[column];
  const std::string form = guess.form;
  if (form == "text") {
    return type == ValueType::kText || type == ValueType::kNull ? name : "string(" + name + ")";
  }
  if (form == "date") {
    if (type == ValueType::kDate) {
      return name;
    }
    const auto format = DateFormatOf(found, column);
    return !format            ? "date(" + name + ")"
           : *format == "iso" ? "date(" + name + ")"
                              : "date(" + name + ", \"" + *format + "\")";
  }
  if (form == "instant") {
    return type == ValueType::kTimestamp ? name : "datetime(" + name + ")";
  }
  return "money(" + name + ", " + CurrencyOf(found) + ")";
}

// In YAML, an expression with quotes or a colon stands in single quotes.
std::string YamlScalar(const std::string& expression) {
  return expression.find_first_of("\":#{}[],&*!|>'%@`") == std::string::npos ? expression
                                                                             : "'" + expression + "'";
}

// "SalesOrders", "sales_orders": sales, orders.
std::vector<std::string> WordsOf(const std::string& name) {
  std::vector<std::string> words;
  bool lower_before = false;
  for (const char c : name) {
    const auto byte = static_cast<unsigned char>(c);
    const bool letter = byte >= 0x80 || std::isalnum(byte) != 0;
    if (!letter || (lower_before && std::isupper(byte) != 0) || words.empty()) {
      words.emplace_back();
    }
    if (letter) {
      words.back() += c;
    }
    lower_before = letter && std::islower(byte) != 0;
  }
  std::erase(words, std::string());
  for (std::string& word : words) {
    word = CaseFold(word);
  }
  return words;
}

std::string Singular(const std::string& word) {
  if (word.ends_with("ies")) {
    return word.substr(0, word.size() - 3) + "y";
  }
  return word.ends_with("s") && !word.ends_with("ss") ? word.substr(0, word.size() - 1) : word;
}

// A table is named by its last word: order_details holds details, and not orders.
std::string NounOf(const FoundStream& found) {
  std::vector<std::string> words = WordsOf(found.name);
  while (words.size() > 1 && (Singular(words.back()) == "header" || words.back() == "head")) {
    words.pop_back();
  }
  return words.empty() ? std::string() : Singular(words.back());
}

const KindGuess* KindOf(const FoundStream& found) {
  const std::string noun = NounOf(found);
  for (const KindGuess& kind : Kinds()) {
    const bool named =
        std::any_of(kind.tables.begin(), kind.tables.end(), [&](const char* table) { return noun == table; });
    if (named && ColumnOf(found, kind.fields.front().names) >= 0) {
      return &kind;
    }
  }
  return nullptr;
}

std::string List(const std::vector<std::string>& items) {
  std::string text;
  for (const std::string& item : items) {
    text += (text.empty() ? "" : ", ") + item;
  }
  return "[" + text + "]";
}

std::string Comment(const FoundStream& found) {
  std::vector<std::string> columns;
  for (const auto& column : found.schema.columns()) {
    columns.push_back(column.name);
  }
  return "  # " + found.name + ": what it holds could not be guessed. Its columns: " + List(columns) + "\n";
}

std::string Children(const FoundStream& found, const std::vector<FoundStream>& all) {
  std::string text;
  for (const FoundStream::Link& link : found.children) {
    const auto child = std::find_if(all.begin(), all.end(),
                                    [&](const FoundStream& each) { return each.name == link.child; });
    if (child != all.end() && KindOf(*child) == nullptr) {
      text += (text.empty() ? "    children:\n" : "") + ("      " + link.child + ": {table: " + link.child) +
              ", on: {" + link.child_column + ": " + link.parent_column + "}}\n";
    }
  }
  return text;
}

}  // namespace

bool IsChild(const FoundStream& found, const std::vector<FoundStream>& all) {
  if (KindOf(found) != nullptr) {
    return false;
  }
  return std::any_of(all.begin(), all.end(), [&](const FoundStream& parent) {
    return std::any_of(parent.children.begin(), parent.children.end(),
                       [&](const FoundStream::Link& link) { return link.child == found.name; });
  });
}

std::string ProposeStream(const FoundStream& found, const std::vector<FoundStream>& all) {
  const KindGuess* kind = KindOf(found);
  if (kind == nullptr) {
    return Comment(found);
  }
  std::string text = "  - name: " + found.name + "\n";
  for (const auto& [key, value] : found.settings) {
    text += "    " + key + ": " + YamlScalar(value) + "\n";
  }
  text +=
      "    key: " + (found.key.empty() ? "[" + found.schema.columns().front().name + "]" : List(found.key)) +
      "\n";
  if (!found.cursor.empty()) {
    std::vector<std::string> columns = {found.cursor.front()};
    columns.insert(columns.end(), found.key.begin(), found.key.end());
    text += "    cursor: {columns: " + List(columns) + ", lookback: 10m}\n";
  }
  text += Children(found, all) + "    publish: " + kind->kind + "\n    map:\n";
  for (const Guess& guess : kind->fields) {
    if (const int column = ColumnOf(found, guess.names); column >= 0) {
      const std::string expression = YamlScalar(ExpressionOf(found, guess, static_cast<std::size_t>(column)));
      const std::string target = guess.target;
      const bool list = target == "phones" || target == "emails";
      text += "      " + target + ": " + (list ? "[" + expression + "]" : expression) + "\n";
    }
  }
  return text;
}

}  // namespace crossbill::app
