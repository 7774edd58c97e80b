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
#include "transforms/value/stages.h"
#include "transforms/value/worth.h"

namespace crossbill::transforms {
namespace {

constexpr std::size_t kStepRecords = 4096;
constexpr std::size_t kCustomersAFlush = 2048;  // so that a transaction stays small
constexpr std::string_view kMetaAsOf = "m/as_of";
constexpr std::string_view kMetaOptions = "m/options";

// State: "s" customer \0 document → Sale; "k" customer → the next due date and a hash of what was sent; "t"
// date customer → nothing, the index of due dates; "o" customer: to be counted anew.
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
    const std::string key = SaleKey(record.key, sale.document());
    if (sale.removed()) {
      context.state().Delete(key);
    } else {
      context.state().Put(key, *record.value);
    }
    touched_.insert(std::string(record.key));
    return Ok();
  }

  Status Flush(Context& context) override {
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
  // What is known of a customer beside the sales.
  struct Known {
    std::string due;   // a date, or nothing
    std::string sent;  // a hash; empty: nothing is sent
  };

  static std::string SaleKey(std::string_view customer, std::string_view document) {
    std::string key = "s" + std::string(customer) + '\0';
    key += document;
    return key;
  }

  Status MarkStale(Context& context);
  Status Count(const std::string& customer, Context& context);
  static Result<std::vector<v1::Sale>> SalesOf(const std::string& customer, bus::StateStore& state);
  static Result<Known> KnownOf(const std::string& customer, bus::StateStore& state);
  static void Remember(const std::string& customer, const Known& before, const Known& now, bool gone,
                       bus::StateStore& state);
  static Result<std::vector<std::string>> Due(bus::StateStore& state, std::optional<Date> until);

  bus::Topics topics_;
  ValueOptions options_;
  std::set<std::string> touched_;  // since the last flush
  OwedKeys owed_{"o"};
  std::optional<Date> as_of_;  // of the last flush; nothing: not looked yet
  std::int64_t newest_ms_ = 0;
};

// All customers, or those that are due until a date.
Result<std::vector<std::string>> ValueProcessor::Due(bus::StateStore& state, std::optional<Date> until) {
  std::vector<std::string> customers;
  const std::string last = until ? until->ToString() : std::string();
  CROSSBILL_RETURN_IF_ERROR(
      state.Scan(until ? "t" : "k", [&](std::string_view key, std::string_view /*value*/) {
        if (!until) {
          customers.emplace_back(key.substr(1));
          return true;
        }
        if (key.substr(1, last.size()) > last) {
          return false;
        }
        customers.emplace_back(key.substr(1 + last.size()));
        return true;
      }));
  return customers;
}

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
    CROSSBILL_TRY(const std::vector<std::string> stale,
                  Due(state, all ? std::nullopt : std::optional<Date>(context.as_of())));
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

Result<std::vector<v1::Sale>> ValueProcessor::SalesOf(const std::string& customer, bus::StateStore& state) {
  std::vector<v1::Sale> sales;
  bool readable = true;
  CROSSBILL_RETURN_IF_ERROR(
      state.Scan(SaleKey(customer, {}), [&](std::string_view /*key*/, std::string_view value) {
        readable = sales.emplace_back().ParseFromArray(value.data(), static_cast<int>(value.size()));
        return readable;
      }));
  if (!readable) {
    return Error(Code::kBusCorrupt, "a stored sale of " + customer + " cannot be read");
  }
  return sales;
}

Result<ValueProcessor::Known> ValueProcessor::KnownOf(const std::string& customer, bus::StateStore& state) {
  CROSSBILL_TRY(const std::optional<std::string> stored, state.Get("k" + customer));
  Known known;
  if (stored) {
    const std::size_t blank = stored->find(' ');
    known.due = stored->substr(0, blank);
    known.sent = blank == std::string::npos ? std::string() : stored->substr(blank + 1);
  }
  return known;
}

void ValueProcessor::Remember(const std::string& customer, const Known& before, const Known& now, bool gone,
                              bus::StateStore& state) {
  if (before.due != now.due && !before.due.empty()) {
    state.Delete("t" + before.due + customer);
  }
  if (before.due != now.due && !now.due.empty()) {
    state.Put("t" + now.due + customer, {});
  }
  if (gone) {
    state.Delete("k" + customer);
  } else {
    state.Put("k" + customer, now.due + " " + now.sent);
  }
}

Status ValueProcessor::Count(const std::string& customer, Context& context) {
  bus::StateStore& state = context.state();
  CROSSBILL_TRY(const std::vector<v1::Sale> sales, SalesOf(customer, state));
  CROSSBILL_TRY(const Known before, KnownOf(customer, state));
  const Worth worth = WorthOf(customer, sales, options_, context.as_of());
  const std::string bytes = worth.empty() ? std::string() : worth.value.SerializeAsString();
  const Known now{worth.next_due ? worth.next_due->ToString() : std::string(),
                  worth.empty() ? std::string() : Hash128Of(bytes).ToHex()};
  if (now.sent != before.sent) {
    bus::RecordView record;
    record.key = customer;
    if (!worth.empty()) {
      record.value = bytes;
    }
    record.timestamp_ms = newest_ms_;
    context.Emit(topics_.Worths(), record);
  }
  Remember(customer, before, now, sales.empty(), state);
  owed_.Done(state, customer);
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
