#include "transforms/routing/mentions.h"

#include <algorithm>
#include <vector>

#include "base/decimal.h"
#include "crossbill/v1/common.pb.h"
#include "transforms/routing/clues.h"
#include "transforms/sdk/references.h"

namespace crossbill::transforms {
namespace {

constexpr int kMostReferences = 8;

// As amounts are compared; nothing for none and for zero, on which everybody agrees.
std::string AmountOf(std::string_view text) {
  const auto amount = Decimal::Parse(text);
  return text.empty() || !amount.ok() || *amount == Decimal() ? "" : amount->Normalised().ToString();
}

}  // namespace

std::string NumbersOf(const DocumentFacts& facts) {
  std::vector<Mention> mentions;
  for (const std::string_view reference : facts.references) {
    AddMentions(v1::Reference::OTHER, FieldOf(reference, v1::Reference::kNumberFieldNumber), {}, mentions);
  }
  std::string numbers = NormaliseNumber(facts.number);
  if (numbers.size() < kLeastNumber) {
    numbers.clear();
  }
  numbers += '\n';
  int count = 0;
  for (const Mention& mention : mentions) {
    if (mention.number.size() >= kLeastNumber && count < kMostReferences &&
        !HasLine(numbers, mention.number)) {
      numbers += mention.number + '\n';
      ++count;
    }
  }
  return numbers == "\n" ? "" : numbers;
}

void MentionOutlet::Tell(const Routed& routed, std::string_view party, const DocumentFacts& facts,
                         const Numbers& numbers, std::int64_t timestamp_ms, Context& context) {
  if (numbers.before.empty() && numbers.now.empty()) {
    return;
  }
  mention_.Clear();
  v1::SourceRef& source = *mention_.mutable_source();
  source.set_system(std::string(routed.system));
  source.set_stream(std::string(routed.stream));
  source.set_key(std::string(routed.key));
  std::string_view rest = numbers.before, number;
  mention_.set_removed(true);
  while (TakeLine(rest, number)) {
    if (!HasLine(numbers.now, number)) {
      Send(number, timestamp_ms, context);
    }
  }
  mention_.set_removed(false);
  mention_.set_kind(static_cast<v1::Document::Kind>(routed.kind));
  mention_.set_party(std::string(party));
  mention_.set_currency(std::string(facts.currency));
  mention_.set_net(AmountOf(facts.total));
  mention_.set_gross(AmountOf(facts.gross));
  mention_.set_own(true);
  for (rest = numbers.now; TakeLine(rest, number); mention_.set_own(false)) {
    Send(number, timestamp_ms, context);
  }
}

void MentionOutlet::Send(std::string_view number, std::int64_t timestamp_ms, Context& context) {
  if (number.empty()) {
    return;
  }
  bytes_.clear();
  mention_.AppendToString(&bytes_);
  bus::RecordView record;
  record.key = number;
  record.value = bytes_;
  record.timestamp_ms = timestamp_ms;
  context.Emit(topic_, record);
}

}  // namespace crossbill::transforms
