#include "runtime/own_rules.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "connectors/mapping/expression_compiler.h"
#include "connectors/mapping/parser.h"
#include "crossbill/config/v1/project.pb.h"
#include "runtime/exception_config.h"

namespace crossbill::runtime {
namespace {

using connectors::Arena;
using connectors::Child;
using connectors::Schema;
using connectors::Value;
using connectors::ValueType;
using transforms::LineFacts;
using transforms::OwnRule;
using transforms::RuleSubject;

constexpr std::size_t kMostRules = 100;
constexpr std::size_t kMostNested =
    2;  // lists inside of lists: what a document costs is bounded by its lines

Value OfText(const std::string& text) { return text.empty() ? Value() : Value::Text(text); }

Value OfDate(const std::string& text) {
  const auto date = Date::Parse(text);
  return date.ok() ? Value::Of(*date) : Value();
}

Value OfNumber(const std::string& text) {
  const auto number = Decimal::Parse(text);
  return number.ok() ? Value::Of(*number) : Value();
}

Value OfNumber(const std::optional<Decimal>& number) { return number ? Value::Of(*number) : Value(); }

// What the names of a document mean, in the order of the row's cells.
struct DocumentName {
  const char* name;
  ValueType type;
  Value (*get)(const RuleSubject& subject);
  const char* what;
};

Value AgeOf(const RuleSubject& subject) {
  const auto date = Date::Parse(subject.document.date());
  return date.ok() ? Value::Int(subject.as_of.days() - date->days()) : Value();
}

constexpr std::array kDocumentNames = {
    DocumentName{"number", ValueType::kText, [](const RuleSubject& s) { return OfText(s.document.number()); },
                 "its number"},
    DocumentName{"date", ValueType::kDate, [](const RuleSubject& s) { return OfDate(s.document.date()); },
                 "its date"},
    DocumentName{"due_on", ValueType::kDate, [](const RuleSubject& s) { return OfDate(s.document.due_on()); },
                 "when it is due, or a quote's last day"},
    DocumentName{"as_of", ValueType::kDate, [](const RuleSubject& s) { return Value::Of(s.as_of); },
                 "the as-of date"},
    DocumentName{"age_days", ValueType::kInt, AgeOf, "days from its date to the as-of date"},
    DocumentName{"currency", ValueType::kText,
                 [](const RuleSubject& s) { return OfText(s.document.currency()); }, "its currency"},
    DocumentName{"total", ValueType::kDecimal,
                 [](const RuleSubject& s) { return OfNumber(s.document.total().amount()); },
                 "its net amount"},
    DocumentName{"tax", ValueType::kDecimal,
                 [](const RuleSubject& s) { return OfNumber(s.document.tax().amount()); }, "its tax"},
    DocumentName{"gross", ValueType::kDecimal,
                 [](const RuleSubject& s) { return OfNumber(s.document.gross().amount()); },
                 "its gross amount"},
    DocumentName{"open", ValueType::kDecimal, [](const RuleSubject& s) { return OfNumber(s.open); },
                 "of an invoice: left to pay; of a payment: left to allocate"},
    DocumentName{"status", ValueType::kText, [](const RuleSubject& s) { return OfText(s.document.status()); },
                 "as the systems write it"},
    DocumentName{
        "credit_note", ValueType::kBool,
        [](const RuleSubject& s) { return Value::Bool(s.document.type() == v1::Invoice::CREDIT_NOTE); },
        "of an invoice: it is a credit note"},
    DocumentName{"org_unit", ValueType::kText,
                 [](const RuleSubject& s) { return OfText(s.document.org_unit()); },
                 "company, branch or store"},
    DocumentName{"channel", ValueType::kText,
                 [](const RuleSubject& s) { return OfText(s.document.channel()); }, "how it came"},
    DocumentName{"carrier", ValueType::kText,
                 [](const RuleSubject& s) { return OfText(s.document.carrier()); }, "of a shipment"},
    DocumentName{"tracking_number", ValueType::kText,
                 [](const RuleSubject& s) { return OfText(s.document.tracking_number()); }, "of a shipment"},
    DocumentName{"text", ValueType::kText, [](const RuleSubject& s) { return OfText(s.document.text()); },
                 "its text"},
    DocumentName{"entered_by", ValueType::kText,
                 [](const RuleSubject& s) { return OfText(s.document.entered_by()); }, "who entered it"},
    DocumentName{"changed_by", ValueType::kText,
                 [](const RuleSubject& s) { return OfText(s.document.changed_by()); }, "who changed it last"},
    DocumentName{"approved_by", ValueType::kText,
                 [](const RuleSubject& s) { return OfText(s.document.approved_by()); }, "who approved it"},
    DocumentName{"systems", ValueType::kInt, [](const RuleSubject& s) { return Value::Int(s.systems); },
                 "how many systems have it"},
    DocumentName{"ordered", ValueType::kDecimal, [](const RuleSubject& s) { return Value::Of(s.ordered); },
                 "of its chain, net, in its currency: what was ordered"},
    DocumentName{"shipped", ValueType::kDecimal, [](const RuleSubject& s) { return Value::Of(s.shipped); },
                 "what was shipped, at the orders' prices"},
    DocumentName{"invoiced", ValueType::kDecimal, [](const RuleSubject& s) { return Value::Of(s.invoiced); },
                 "what was invoiced, less credit notes"},
    DocumentName{"paid", ValueType::kDecimal, [](const RuleSubject& s) { return Value::Of(s.paid); },
                 "what was paid"},
    DocumentName{"quotes", ValueType::kInt, [](const RuleSubject& s) { return Value::Int(s.quotes); },
                 "how many quotes are in its chain"},
    DocumentName{"orders", ValueType::kInt, [](const RuleSubject& s) { return Value::Int(s.orders); },
                 "how many orders"},
    DocumentName{"shipments", ValueType::kInt, [](const RuleSubject& s) { return Value::Int(s.shipments); },
                 "how many shipments"},
    DocumentName{"invoices", ValueType::kInt, [](const RuleSubject& s) { return Value::Int(s.invoices); },
                 "how many invoices"},
    DocumentName{"payments", ValueType::kInt, [](const RuleSubject& s) { return Value::Int(s.payments); },
                 "how many payments"},
};

struct LineName {
  const char* name;
  ValueType type;
  Value (*get)(const v1::Line& line, const LineFacts& facts);
  const char* what;
};

constexpr std::array kLineNames = {
    LineName{"id", ValueType::kText, [](const v1::Line& l, const LineFacts&) { return OfText(l.id()); },
             "the line's number"},
    LineName{"sku", ValueType::kText,
             [](const v1::Line& l, const LineFacts&) { return OfText(l.product().sku()); },
             "the product's SKU"},
    LineName{"product", ValueType::kText,
             [](const v1::Line& l, const LineFacts&) { return OfText(l.product().name()); },
             "the product's name"},
    LineName{"quantity", ValueType::kDecimal,
             [](const v1::Line& l, const LineFacts&) { return OfNumber(l.quantity()); }, ""},
    LineName{"unit", ValueType::kText, [](const v1::Line& l, const LineFacts&) { return OfText(l.unit()); },
             "of the quantity"},
    LineName{"unit_price", ValueType::kDecimal,
             [](const v1::Line& l, const LineFacts&) { return OfNumber(l.unit_price().amount()); }, ""},
    LineName{"amount", ValueType::kDecimal,
             [](const v1::Line& l, const LineFacts&) { return OfNumber(l.amount().amount()); }, ""},
    LineName{"list_price", ValueType::kDecimal,
             [](const v1::Line& l, const LineFacts&) { return OfNumber(l.list_price().amount()); }, ""},
    LineName{"discount_percent", ValueType::kDecimal,
             [](const v1::Line& l, const LineFacts&) { return OfNumber(l.discount_percent()); }, ""},
    LineName{"shipped", ValueType::kDecimal,
             [](const v1::Line&, const LineFacts& f) { return OfNumber(f.shipped); },
             "of an order's line: the quantity that was shipped"},
    LineName{"invoiced", ValueType::kDecimal,
             [](const v1::Line&, const LineFacts& f) { return OfNumber(f.invoiced); },
             "of an order's line: the quantity that was invoiced"},
};

struct CustomerName {
  const char* name;
  Value (*get)(const transforms::CustomerFacts& facts);
  const char* what;
};

constexpr std::array kCustomerNames = {
    CustomerName{"name", [](const transforms::CustomerFacts& f) { return OfText(f.display_name); },
                 "its name"},
    CustomerName{"id", [](const transforms::CustomerFacts& f) { return OfText(f.name); }, "customers/…"},
    CustomerName{"kind", [](const transforms::CustomerFacts& f) { return OfText(f.kind); },
                 "PERSON or ORGANISATION"},
    CustomerName{"segment", [](const transforms::CustomerFacts& f) { return OfText(f.segment); }, ""},
    CustomerName{"country", [](const transforms::CustomerFacts& f) { return OfText(f.country); },
                 "of the first address"},
    CustomerName{"tax_id",
                 [](const transforms::CustomerFacts& f) {
                   return f.tax_ids.empty() ? Value() : Value::Text(*f.tax_ids.begin());
                 },
                 "the first, without blanks and signs"},
};

constexpr const char* kLines = "lines";
constexpr const char* kCustomer = "customer";

// What all rules are compiled against; lives as long as any of them.
struct Names {
  Schema document, customer;
  std::vector<Child> children;
  mapping::Compilation compilation;
  mapping::Scope row, scope;  // the document; around it the customer

  Names() {
    std::vector<Schema::Column> columns;
    for (const DocumentName& name : kDocumentNames) {
      columns.push_back({name.name, name.type});
    }
    document = Schema(columns);
    columns.clear();
    for (const LineName& name : kLineNames) {
      columns.push_back({name.name, name.type});
    }
    children.push_back({kLines, Schema(columns)});
    columns.clear();
    for (const CustomerName& name : kCustomerNames) {
      columns.push_back({name.name, ValueType::kText});
    }
    customer = Schema(columns);
    row.stream = "exceptions.rules";
    row.schema = &document;
    row.children = &children;
    scope.type = mapping::Scope::Type::kVariable;
    scope.outer = &row;
    scope.name = kCustomer;
    scope.value_type = {mapping::Kind::kRecord, nullptr, &customer};
  }
  Names(const Names&) = delete;
  Names& operator=(const Names&) = delete;
};

class CompiledRule final : public OwnRule {
 public:
  std::optional<Finding> Look(const RuleSubject& subject) const override {
    mapping::Context context;
    std::array<Value, kDocumentNames.size()> cells;
    for (std::size_t i = 0; i < cells.size(); ++i) {
      cells[i] = kDocumentNames[i].get(subject);
    }
    const Value lines = Lines(subject, context.arena);
    context.cells = cells.data();
    context.children = {&lines, 1};
    context.locals[0] = Customer(subject, context.arena);
    Value holds;
    if (!when->Eval(context, holds) || holds.type() != ValueType::kBool || !holds.AsBool()) {
      return std::nullopt;
    }
    Finding finding;
    Value amount;
    if (at_stake != nullptr && at_stake->Eval(context, amount) && !amount.IsNull()) {
      finding.at_stake = mapping::AsNumber(amount);
    }
    return finding;
  }

  std::shared_ptr<const Names> names;
  mapping::ExprPtr when, at_stake;

 private:
  Value Lines(const RuleSubject& subject, Arena& arena) const {
    const auto& lines = subject.document.lines();
    const auto count = static_cast<std::size_t>(lines.size());
    Value* records = arena.New<Value>(count);
    for (std::size_t i = 0; i < count; ++i) {
      Value* cells = arena.New<Value>(kLineNames.size());
      const LineFacts facts = i < subject.lines.size() ? subject.lines[i] : LineFacts();
      for (std::size_t c = 0; c < kLineNames.size(); ++c) {
        cells[c] = kLineNames[c].get(lines[static_cast<int>(i)], facts);
      }
      records[i] = Value::Record(&names->children[0].schema, cells);
    }
    return Value::List({records, count});
  }

  Value Customer(const RuleSubject& subject, Arena& arena) const {
    Value* cells = arena.New<Value>(kCustomerNames.size());
    for (std::size_t i = 0; i < kCustomerNames.size(); ++i) {
      cells[i] = subject.customer == nullptr ? Value() : kCustomerNames[i].get(*subject.customer);
    }
    return Value::Record(&names->customer, cells);
  }
};

bool IsMacro(const mapping::Ast& ast) {
  static constexpr std::array<std::string_view, 5> kMacros = {"all", "exists", "exists_one", "filter", "map"};
  return ast.type == mapping::Ast::Type::kCall && ast.method &&
         std::find(kMacros.begin(), kMacros.end(), ast.text) != kMacros.end();
}

// How many lists are walked inside of each other.
std::size_t Nested(const mapping::Ast& ast) {
  std::size_t inside = 0;
  for (const mapping::AstPtr& item : ast.items) {
    inside = std::max(inside, Nested(*item));
  }
  return inside + (IsMacro(ast) ? 1 : 0);
}

bool Mentions(const mapping::Ast& ast, std::string_view name) {
  return (ast.type == mapping::Ast::Type::kName && ast.text == name) ||
         std::any_of(ast.items.begin(), ast.items.end(),
                     [&](const mapping::AstPtr& item) { return Mentions(*item, name); });
}

class Compiler {
 public:
  Compiler(const std::string& file, config::Problems& problems)
      : names_(std::make_shared<Names>()), compiler_(names_->compilation, file, &problems) {}

  std::shared_ptr<const OwnRule> Compile(const config::v1::ExceptionRule& config, const config::Node& node) {
    auto rule = std::make_shared<CompiledRule>();
    rule->names = names_;
    rule->name = config.name();
    rule->unit = config.unit();
    rule->why = config.why();
    if (!names_seen_.insert(config.name()).second) {
      Report(node, "name", Code::kConfigDuplicate,
             fmt::format("name: a rule \"{}\" is there already; the name is the exceptions' own",
                         config.name()));
    }
    if (const auto severity = SeverityOf(config.severity())) {
      rule->severity = *severity;
    } else {
      Report(node, "severity", Code::kConfigValue,
             fmt::format("severity: \"{}\" is none of low, medium, high", config.severity()));
    }
    SetKind(config.on(), node, *rule);
    rule->when = Expression(node, "when", mapping::Kind::kBool, *rule);
    if (node.Find("at_stake") != nullptr) {
      rule->at_stake = Expression(node, "at_stake", mapping::Kind::kDecimal, *rule);
    }
    return rule->when == nullptr || (node.Find("at_stake") != nullptr && rule->at_stake == nullptr)
               ? nullptr
               : std::shared_ptr<const OwnRule>(std::move(rule));
  }

  void Report(const config::Node& node, const char* key, Code code, std::string message) {
    const config::Node* at = node.Find(key);
    compiler_.Report(at != nullptr ? at->at : node.at, code, "exceptions.rules: " + message);
  }

 private:
  void SetKind(const std::string& on, const config::Node& node, OwnRule& rule) {
    static constexpr std::array<std::pair<std::string_view, v1::Document::Kind>, 5> kKinds = {
        {{"quote", v1::Document::QUOTE},
         {"order", v1::Document::ORDER},
         {"shipment", v1::Document::SHIPMENT},
         {"invoice", v1::Document::INVOICE},
         {"payment", v1::Document::PAYMENT}}};
    for (const auto& [word, kind] : kKinds) {
      if (word == on) {
        rule.on = kind;
        return;
      }
    }
    Report(node, "on", Code::kConfigValue,
           fmt::format("on: \"{}\" is none of quote, order, shipment, invoice, payment", on));
  }

  // nullptr: the problems say why, or it is missing, which the reader of the file says.
  mapping::ExprPtr Expression(const config::Node& node, const char* key, mapping::Kind wanted,
                              OwnRule& rule) {
    const config::Node* at = node.Find(key);
    if (at == nullptr || at->unresolved) {
      return nullptr;
    }
    mapping::ExprPtr expr = compiler_.Compile(*at, names_->scope);
    if (expr == nullptr) {
      return nullptr;
    }
    const mapping::Kind kind = expr->type.kind;
    const bool fits = kind == wanted || (wanted == mapping::Kind::kDecimal && kind == mapping::Kind::kInt);
    if (!fits) {
      Report(node, key, Code::kMapType,
             fmt::format("{}: {} was expected, not {}", key,
                         wanted == mapping::Kind::kBool ? "true or false" : "a number", NameOf(expr->type)));
      return nullptr;
    }
    mapping::SyntaxError none;
    const mapping::AstPtr ast = mapping::Parse(at->scalar, none);  // it could be parsed before
    if (Nested(*ast) > kMostNested) {
      Report(node, key, Code::kLimit, fmt::format("{}: lists may be walked {} deep", key, kMostNested));
      return nullptr;
    }
    rule.text += (rule.text.empty() ? "" : "; at stake: ") + at->scalar;
    rule.needs_customer = rule.needs_customer || Mentions(*ast, kCustomer);
    rule.changes_with_time = rule.changes_with_time || Mentions(*ast, "as_of") || Mentions(*ast, "age_days");
    return expr;
  }

  std::shared_ptr<Names> names_;
  mapping::ExpressionCompiler compiler_;
  std::set<std::string> names_seen_;
};

void AddRow(std::string& text, std::string_view name, std::string_view type, std::string_view what) {
  text += fmt::format("| `{}` | {} | {} |\n", name, type, what);
}

}  // namespace

transforms::OwnRules CompileOwnRules(const config::v1::Exceptions& exceptions, const config::Node& node,
                                     const std::string& file, config::Problems& problems) {
  transforms::OwnRules rules;
  const config::Node* list = node.Find("rules");
  if (list == nullptr || !list->IsSequence()) {
    return rules;
  }
  Compiler compiler(file, problems);
  if (list->items.size() > kMostRules) {
    compiler.Report(node, "rules", Code::kLimit, fmt::format("at most {} rules", kMostRules));
    return rules;
  }
  for (std::size_t i = 0; i < list->items.size() && static_cast<int>(i) < exceptions.rules_size(); ++i) {
    if (auto rule = compiler.Compile(exceptions.rules(static_cast<int>(i)), list->items[i])) {
      rules.push_back(std::move(rule));
    }
  }
  return rules;
}

std::string RenderOwnRuleNames() {
  std::string text = "| name | type | what |\n|---|---|---|\n";
  for (const DocumentName& name : kDocumentNames) {
    AddRow(text, name.name, connectors::NameOf(name.type), name.what);
  }
  for (const CustomerName& name : kCustomerNames) {
    AddRow(text, std::string("customer.") + name.name, "text", name.what);
  }
  AddRow(text, kLines, "list", "its lines, each with the names below");
  for (const LineName& name : kLineNames) {
    AddRow(text, std::string("lines[].") + name.name, connectors::NameOf(name.type), name.what);
  }
  return text;
}

}  // namespace crossbill::runtime
