#include <algorithm>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "transforms/sdk/dead_letter.h"
#include "transforms/sdk/owed_keys.h"
#include "transforms/value/sale.h"
#include "transforms/value/sale_book.h"
#include "transforms/value/stages.h"
#include "transforms/value/worth.h"

namespace crossbill::transforms {
namespace {

constexpr std::size_t kStepRecords = 4096;
constexpr std::size_t kCustomersAFlush = 2048;  // so that a transaction stays small
constexpr std::string_view kMetaAsOf = "m/as_of";
constexpr std::string_view kMetaOptions = "m/options";

// State: the book of sales; "o" customer: to be counted anew; "m": what it was counted with.
class ValueProcessor : public Processor {
 public:
  ValueProcessor(bus::Topics topics, ValueOptions options)
      : topics_(std::move(topics)), options_(std::move(options)) {}

  Status Process(std::string_view /*topic*/, const bus::RecordView& record, Context& context) override {
    newest_ms_ = std::max(newest_ms_, record.timestamp_ms);
    v1::Sale sale;
    const bool parsed = record.value &&
                        sale.ParseFromArray(record.value->data(), static_cast<int>(record.value->size())) &&
                        !sale.document().empty();
    if (!parsed) {
      EmitDeadLetter(context, topics_.DeadLetters(), record, Code::kEventDecode,
                     "expected a Sale under its customer's key");
      return Ok();
    }
    if (!IsCustomer(record.key)) {
      return Ok();  // nobody's
    }
    touched_.insert(std::string(record.key));
    book_.Use(context.state());
    return sale.removed() ? book_.Remove(record.key, sale.document())
                          : book_.Put(record.key, sale, *record.value);
  }

  Status Flush(Context& context) override {
    book_.Use(context.state());
    CROSSBILL_RETURN_IF_ERROR(MarkStale(context));
    for (const std::string& customer : touched_) {
      owed_.Add(customer);
    }
    touched_.clear();
    for (std::size_t done = 0; context.settles() && !owed_.empty() && done < kCustomersAFlush; ++done) {
      CROSSBILL_RETURN_IF_ERROR(Count(owed_.Next(), context));
    }
    owed_.Store(context.state());
    return Ok();
  }

  bool owes() const override { return !owed_.empty(); }

 private:
  Status MarkStale(Context& context);
  Status Count(const std::string& customer, Context& context);

  bus::Topics topics_;
  ValueOptions options_;
  SaleBook book_{options_};
  std::set<std::string> touched_;  // since the last flush
  OwedKeys owed_{"o"};
  std::optional<Date> as_of_;  // of the last flush; nothing: not looked yet
  std::int64_t newest_ms_ = 0;
};

// Customers whose figures may be others without a sale: by other options, or another date.
Status ValueProcessor::MarkStale(Context& context) {
  if (as_of_ == context.as_of()) {
    return Ok();
  }
  bus::StateStore& state = context.state();
  if (!as_of_) {
    CROSSBILL_RETURN_IF_ERROR(owed_.Resume(state));
  }
  CROSSBILL_TRY(const std::optional<std::string> stored, state.Get(kMetaAsOf));
  CROSSBILL_TRY(const std::optional<std::string> options, state.Get(kMetaOptions));
  const std::string now = context.as_of().ToString();
  const std::string options_now = FingerprintOf(options_).ToHex();
  if (stored && (options != options_now || now != *stored)) {
    const bool all = options != options_now || now < *stored;
    CROSSBILL_TRY(const std::vector<std::string> stale, all ? book_.All() : book_.DueUntil(context.as_of()));
    for (const std::string& customer : stale) {
      owed_.Add(customer);
    }
  }
  if (stored != now) {
    state.Put(kMetaAsOf, now);
  }
  if (options != options_now) {
    state.Put(kMetaOptions, options_now);
  }
  as_of_ = context.as_of();
  return Ok();
}

Status ValueProcessor::Count(const std::string& customer, Context& context) {
  CROSSBILL_TRY(const KnownCustomer before, book_.Known(customer));
  KnownCustomer now = before;
  CROSSBILL_TRY(const SaleBook::Counted counted, book_.Count(customer, now, context.as_of()));
  const Worth& worth = counted.worth;
  const std::string bytes = worth.empty() ? std::string() : worth.value.SerializeAsString();
  now.due = worth.next_due ? worth.next_due->ToString() : std::string();
  now.sent = worth.empty() ? std::string() : Hash128Of(bytes).ToHex();
  if (now.sent != before.sent) {
    bus::RecordView record;
    record.key = customer;
    if (!worth.empty()) {
      record.value = bytes;
    }
    record.timestamp_ms = newest_ms_;
    context.Emit(topics_.Worths(), record);
  }
  if (counted.has_sales) {
    book_.SetKnown(customer, before, now);
  } else {
    book_.Forget(customer, before);
  }
  owed_.Done(context.state(), customer);
  return Ok();
}

}  // namespace

Stage ValueStage(const bus::Topics& topics, const ValueOptions& options) {
  Stage stage;
  stage.name = "value";
  stage.step_records = kStepRecords;
  stage.inputs = {topics.Sales()};
  stage.make = [topics, options](std::int32_t) { return std::make_unique<ValueProcessor>(topics, options); };
  return stage;
}

}  // namespace crossbill::transforms
