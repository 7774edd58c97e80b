#include "app/show.h"

#include <fmt/format.h>

#include "app/show_value.h"
#include "app/table.h"
#include "transforms/sdk/source_event.h"

namespace crossbill::app {
namespace {

std::string MoneyText(const v1::Money& money) {
  return money.amount().empty() ? "" : money.amount() + " " + money.currency();
}

template <class Provenance>
std::string ShowProvenance(const Provenance& provenance) {
  std::string text;
  for (const v1::FieldProvenance& field : provenance) {
    text += fmt::format("  {:<22} {:<36} {}, {}\n", field.field(), field.value(),
                        transforms::RecordKey(field.winner()), field.rule());
    for (const v1::SourceValue& other : field.others()) {
      const char* same = other.value() == field.value() ? "also: " : "not: ";
      text += fmt::format("  {:<22} {:<36} {}\n", "", same + other.value(),
                          transforms::RecordKey(other.source()));
    }
  }
  return text;
}

// A waterfall: each part, and the sum up to it.
std::string ShowParts(const google::protobuf::RepeatedPtrField<v1::EvidencePart>& parts) {
  std::string text;
  int sum = 0;
  for (const v1::EvidencePart& part : parts) {
    sum += part.weight();
    text += fmt::format("  {:<20} {:<24} {:>8} {:>8}   {} | {}\n", part.field(), part.level(),
                        BitsText(part.weight()), BitsText(sum), Visible(part.left_value()),
                        Visible(part.right_value()));
  }
  return text;
}

template <class Records>
std::string ShowRecords(const Records& records) {
  std::string text;
  for (const v1::SourceRef& record : records) {
    text += "  " + transforms::RecordKey(record) + "\n";
  }
  return text;
}

std::string DocumentLine(const v1::UnifiedDocument& unified) {
  const v1::Document& document = unified.document();
  std::string systems;
  for (const v1::SourceRef& record : unified.records()) {
    systems += (systems.empty() ? "" : " ") + record.system();
  }
  return fmt::format("  {:<10} {:<9} {:<18} {:>16}  {:<24} {}\n", document.date(),
                     v1::Document::Kind_Name(unified.kind()), document.number(), MoneyText(document.total()),
                     systems, unified.name());
}

}  // namespace

std::string ShowException(const v1::Exception& exception) {
  std::string text = fmt::format("  {:<10} {:<32} {}\n", exception.since(),
                                 v1::Exception::Type_Name(exception.type()), exception.detail());
  text += "             ";
  for (const v1::SourceRef& record : exception.records()) {
    text += transforms::RecordKey(record) + " ";
  }
  return text + "\n";
}

std::vector<std::string> ExceptionRow(const v1::Exception& exception) {
  return {exception.name(),
          exception.own_rule().empty() ? v1::Exception::Type_Name(exception.type()) : exception.own_rule(),
          v1::Exception::State_Name(exception.state()),
          v1::Exception::Severity_Name(exception.severity()),
          MoneyText(exception.at_stake()),
          exception.has_age_days() ? std::to_string(exception.age_days()) + " d" : "",
          exception.unit(),
          exception.detail()};
}

std::string ShowHistory(const v1::Exception& exception) {
  std::vector<std::vector<std::string>> rows = {{"ON", "AT", "WHAT", "BY", "WHY", "AT STAKE"}};
  for (const v1::ExceptionEvent& event : exception.history()) {
    rows.push_back({event.on(), event.at(), v1::ExceptionEvent::Kind_Name(event.kind()), Visible(event.by()),
                    Visible(event.why()), MoneyText(event.at_stake())});
  }
  return Table(rows);
}

std::string ShowExceptionDecision(const v1::ExceptionDecision& decision) {
  std::string text = fmt::format("{} {}  by {}", v1::ExceptionDecision::Verdict_Name(decision.verdict()),
                                 decision.exception(), Visible(decision.decided_by()));
  if (!decision.reason().empty()) {
    text += ": " + Visible(decision.reason());
  }
  if (!decision.until().empty()) {
    text += "; until " + decision.until();
  }
  if (decision.whatever_amount()) {
    text += "; whatever the amounts become";
  }
  return text +
         "\nIt has its effect when the process that runs has read it, or with the next `crossbill run`.";
}

std::string ShowCustomer(const CustomerPicture& picture) {
  const v1::Customer& customer = picture.customer;
  std::string text = fmt::format("{}  ({})\n", customer.display_name(), customer.name());
  text += "\nrecords\n" + ShowRecords(customer.records());
  if (!customer.relations().empty()) {
    text += "\nrelated customers\n";
  }
  for (const v1::Relation& relation : customer.relations()) {
    text += fmt::format("  {:<22} {:<26} {}\n", Visible(relation.kind()), relation.customer(),
                        transforms::RecordKey(relation.link().right()));
  }
  text += "\nvalues, and where they come from\n" + ShowProvenance(customer.provenance());
  text += ShowStanding(picture.standing);
  text += fmt::format("\ndocuments ({})\n", picture.documents.size());
  for (const v1::UnifiedDocument& document : picture.documents) {
    text += DocumentLine(document);
  }
  text += fmt::format("\nopen exceptions ({})\n", picture.exceptions.size());
  for (const v1::Exception& exception : picture.exceptions) {
    text += ShowException(exception);
  }
  return text;
}

std::string ShowDocument(const v1::UnifiedDocument& unified) {
  const v1::Document& document = unified.document();
  std::string text = fmt::format("{} {}  ({})\n", v1::Document::Kind_Name(unified.kind()), document.number(),
                                 unified.name());
  text +=
      fmt::format("  customer {}\n  date {}  total {}  gross {}  {}\n", unified.customer(), document.date(),
                  MoneyText(document.total()), MoneyText(document.gross()), document.status());
  for (const v1::Line& line : document.lines()) {
    const std::string& product = !line.product().sku().empty() ? line.product().sku() : line.product().id();
    text += fmt::format("  {:<8} {:<20} {:<28} {:>10} x {:>14} = {:>14}\n", line.id(), product,
                        line.product().name(), line.quantity(), MoneyText(line.unit_price()),
                        MoneyText(line.amount()));
  }
  text += "records\n" + ShowRecords(unified.records());
  if (unified.links_size() > 0) {
    text += "chain " + unified.chain() + "\n";
  }
  for (const v1::DocumentLink& link : unified.links()) {
    text +=
        fmt::format("  {:<22} {:<26} {}{}{}\n", link.relation(), link.document(), Visible(link.evidence()),
                    link.has_settled() ? ", settles " + MoneyText(link.settled()) : "",
                    link.state() == v1::DocumentLink::PROPOSED ? "  (a proposal)" : "");
  }
  if (unified.has_open()) {
    text += "  open " + MoneyText(unified.open()) + "\n";
  }
  return text;
}

std::string ShowHit(const v1::Customer& customer, const std::vector<std::string>& matched) {
  std::string systems;
  for (const v1::SourceRef& record : customer.records()) {
    systems += (systems.empty() ? "" : " ") + transforms::RecordKey(record);
  }
  return fmt::format("{}  {}\n    {}\n    found: {}", customer.name(), customer.display_name(), systems,
                     fmt::join(matched, ", "));
}

std::string ExplainCustomer(const v1::Customer& customer) {
  std::string text = fmt::format("{}  ({})\n{} records\n", customer.display_name(), customer.name(),
                                 customer.records_size());
  text += ShowRecords(customer.records()) + "\n";
  for (const v1::RecordLink& link : customer.links()) {
    text += ShowLink(link);
  }
  for (const v1::Relation& relation : customer.relations()) {
    text += fmt::format("\n{}, and not the same: {}\n{}", Visible(relation.kind()), relation.customer(),
                        ShowLink(relation.link(), "~"));
  }
  text += "\nvalues, and where they come from\n" + ShowProvenance(customer.provenance());
  for (const std::string& previous : customer.previous_names()) {
    text += "was also " + previous + "\n";
  }
  return text;
}

std::string BitsText(int weight) {
  return fmt::format("{}{}.{:02d}", weight < 0 ? "-" : "+", std::abs(weight) / 100, std::abs(weight) % 100);
}

std::string ShowLink(const v1::RecordLink& link, const char* between) {
  const std::string pair = fmt::format("{}  {}  {}", transforms::RecordKey(link.left()), between,
                                       transforms::RecordKey(link.right()));
  if (!link.decision().empty() && link.parts().empty()) {
    return fmt::format("{}   {}\n", pair, link.decision());
  }
  return fmt::format("{}   {} bits, by {}\n", pair, BitsText(link.weight()), link.rule()) +
         ShowParts(link.parts());
}

std::string ShowMatch(const v1::ResolvePartyResponse::Match& match) {
  std::string text = fmt::format("{}  {}  ({})\n  {} bits with {}, {} in the mean of {} records",
                                 match.customer().name(), Visible(match.customer().display_name()),
                                 v1::ResolvePartyResponse::Verdict_Name(match.verdict()),
                                 BitsText(match.weight()), transforms::RecordKey(match.record()),
                                 BitsText(match.mean_weight()), match.customer().records_size());
  if (!match.probability().empty()) {
    text += ", probability " + match.probability();
  }
  return text + "\n" + ShowParts(match.parts());
}

std::string ShowSteps(const v1::Customer& customer) {
  std::string text = fmt::format("{}  ({})\n", customer.display_name(), customer.name());
  std::vector<std::vector<std::string>> groups;
  for (const v1::SourceRef& record : customer.records()) {
    groups.push_back({transforms::RecordKey(record)});
  }
  int number = 0;
  for (const v1::MergeStep& step : customer.steps()) {
    const auto left = static_cast<std::size_t>(step.left()), right = static_cast<std::size_t>(step.right());
    if (left >= groups.size() || right >= groups.size()) {
      break;
    }
    text +=
        fmt::format("\n{}. {}: {} bits in the mean of {} pair{}{}\n", ++number,
                    step.pairs() == 1 ? "two records" : "two groups", BitsText(step.weight()), step.pairs(),
                    step.pairs() == 1 ? "" : "s", step.confirmed() ? ", confirmed by a person" : "");
    text += fmt::format("   {}\n   {}\n", fmt::join(groups[left], " "), fmt::join(groups[right], " "));
    groups[left].insert(groups[left].end(), groups[right].begin(), groups[right].end());
    groups[right].clear();
    if (number <= customer.links_size()) {
      text += "   the strongest: " + ShowLink(customer.links(number - 1));
    }
  }
  return number == 0 ? text + "one record\n" : text;
}

std::string ShowDecision(const v1::Decision& decision) {
  return fmt::format("{}  {}{}", decision.name(), Visible(decision.request()),
                     decision.undone() ? ": undone" : "");
}

std::string ShowReview(const v1::Review& review) {
  return fmt::format("  {}  {}\n  {}  {}\n{}", review.left_customer(), Visible(review.left_name()),
                     review.right_customer(), Visible(review.right_name()), ShowLink(review.link()));
}

std::string ShowDocumentDecision(const v1::DocumentDecision& decision) {
  const auto state = [&]() -> std::string {
    switch (decision.state()) {
      case v1::DocumentDecision::UNDONE:
        return "It is undone";
      case v1::DocumentDecision::NOT_THERE:
        return "It waits: its records are not all there";
      case v1::DocumentDecision::TWO_CUSTOMERS:
        return "It waits: the documents stand at two customers, or at none (`crossbill decide "
               "confirm|merge`)";
      case v1::DocumentDecision::OVERRULED:
        return "It has no effect: another decision says that they are different documents, or is newer";
      case v1::DocumentDecision::OTHER_KINDS:
        return "It has no effect: it cannot be about documents of these kinds";
      default:
        return "It has its effect when the process that runs has read it, or with the next `crossbill run`";
    }
  }();
  return fmt::format("{}  {}\n{}.", decision.name(), Visible(decision.request()), state);
}

std::string ShowProposal(const v1::AllocationProposal& proposal) {
  std::string text =
      fmt::format("{}  {}  {}   at stake: {}\n  {}\n", proposal.document(), Visible(proposal.number()),
                  proposal.date(), MoneyText(proposal.open()), proposal.customer());
  text += ShowRecords(proposal.records());
  for (const v1::AllocationProposal::Candidate& candidate : proposal.candidates()) {
    text += fmt::format("    {}  {}  {}   open: {}   {}\n", candidate.document(), Visible(candidate.number()),
                        candidate.date(), MoneyText(candidate.open()), Visible(candidate.evidence()));
  }
  return text;
}

std::string ShowNearMatches(const v1::NearMatchQuestion& question) {
  const auto show = [](const v1::NearMatchQuestion::Side& side) {
    return fmt::format("{}  {}  {}   total: {}", side.document(), Visible(side.number()), side.date(),
                       MoneyText(side.total()));
  };
  std::string text = fmt::format("{}\n  {}\n", show(question.document()), question.customer());
  text += ShowRecords(question.document().records());
  for (const v1::NearMatchQuestion::Side& candidate : question.candidates()) {
    text += fmt::format("    {}   {}\n", show(candidate), Visible(candidate.evidence()));
  }
  return text;
}

std::string ExplainDocument(const v1::UnifiedDocument& document) {
  std::string text = ShowDocument(document) + "\nwhy one document\n";
  for (const v1::SameDocument& match : document.matches()) {
    text += fmt::format("  {}  =  {}   {}: {}\n", transforms::RecordKey(match.left()),
                        transforms::RecordKey(match.right()), match.rule(), Visible(match.evidence()));
  }
  return text + "\nvalues, and where they come from\n" + ShowProvenance(document.provenance());
}

std::string ExplainException(const v1::Exception& exception,
                             const std::vector<v1::UnifiedDocument>& documents) {
  std::string text =
      fmt::format("{}  {}  ({})\n{}\n\n", v1::Exception::Type_Name(exception.type()),
                  v1::Exception::State_Name(exception.state()), exception.name(), exception.detail());
  const auto line = [&](const char* what, const std::string& value) {
    if (!value.empty()) {
      text += fmt::format("  {:<12} {}\n", what, value);
    }
  };
  line("rule", exception.rule());
  line("since", exception.since());
  line("expected", MoneyText(exception.expected()));
  line("", exception.expected_text());
  line("found", MoneyText(exception.found()));
  line("", exception.found_text());
  line("at stake", MoneyText(exception.at_stake()));
  line("org unit", exception.org_unit());
  line("unit", exception.unit());
  line("severity", v1::Exception::Severity_Name(exception.severity()));
  line("own rule", exception.own_rule());
  line("policy", exception.policy());
  line("age",
       exception.has_age_days() ? fmt::format("{} days ({})", exception.age_days(), exception.age()) : "");
  line("resolved on", exception.resolved_on());
  line("resolution", Visible(exception.resolution()));
  line("customer", exception.customer());
  text += "\nrecords\n" + ShowRecords(exception.records());
  if (!exception.history().empty()) {
    text += "\nhistory\n" + ShowHistory(exception);
  }
  for (const v1::UnifiedDocument& document : documents) {
    text += "\n" + ExplainDocument(document);
  }
  return text;
}

}  // namespace crossbill::app
