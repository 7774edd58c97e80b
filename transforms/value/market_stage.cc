#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "transforms/sdk/dead_letter.h"
#include "transforms/sdk/output_event.h"
#include "transforms/sdk/owed_keys.h"
#include "transforms/value/baskets.h"
#include "transforms/value/market.h"
#include "transforms/value/sale.h"
#include "transforms/value/stages.h"

namespace crossbill::transforms {
namespace {

constexpr std::size_t kStepRecords = 8192;
constexpr std::size_t kCustomersAFlush = 4096;
constexpr char kOwn = 'v';        // a customer's own figures, as they came
constexpr char kPublished = 'w';  // with the segments, as they were published
constexpr char kPublishedMarket = 'P';
constexpr std::string_view kMetaAsOf = "m/as_of";
constexpr std::string_view kMetaOptions = "m/options";

// State, beside that of Market and Baskets: "v" customer and "w" customer → CustomerValue; "P" market →
// MarketFigures, as they were published; "o" customer: to be looked at anew; "O" market: the same.
class MarketProcessor : public Processor {
 public:
  MarketProcessor(bus::Topics topics, ValueOptions options)
      : topics_(topics), options_(options), baskets_(std::move(topics), std::move(options)) {}

  Status Process(std::string_view topic, const bus::RecordView& record, Context& context) override;
  Status Flush(Context& context) override;
  bool owes() const override { return !owed_.empty() || !owed_markets_.empty(); }

 private:
  Status MarkStale(Context& context);
  static Result<std::optional<v1::CustomerValue>> ValueAt(char space, const std::string& customer,
                                                          bus::StateStore& state);
  Result<Market*> MarketOf(const std::string& name, bus::StateStore& state);
  Status TakeIn(const std::string& customer, const std::optional<v1::CustomerValue>& value, Context& context);
  Status TakeFigures(const std::string& customer, const v1::CustomerValue& value, int times,
                     bus::StateStore& state);
  Status Settle(const std::string& name, Context& context);
  Status Look(const std::string& customer, Context& context);
  void TellIfChanged(const std::string& customer, const v1::SalesFigures& figures,
                     const std::optional<v1::CustomerValue>& before, Context& context);
  void StoreMarkets(bus::StateStore& state);
  void Emit(const std::string& topic, const std::string& key, std::optional<std::string_view> value,
            std::string_view message, Context& context) {
    EmitOutput(context, {topic, key, value, message, "crossbill/market", newest_ms_});
  }

  bus::Topics topics_;
  ValueOptions options_;
  Baskets baskets_;
  std::map<std::string, std::optional<v1::CustomerValue>> pending_;
  std::map<std::string, Market> markets_;  // those that were looked at: there are few
  OwedKeys owed_{"o"};
  OwedKeys owed_markets_{"O"};
  std::optional<Date> as_of_;
  std::int64_t newest_ms_ = 0;
};

Status MarketProcessor::Process(std::string_view topic, const bus::RecordView& record, Context& context) {
  newest_ms_ = std::max(newest_ms_, record.timestamp_ms);
  const auto parse = [&](auto& message) {
    return record.value &&
           message.ParseFromArray(record.value->data(), static_cast<int>(record.value->size()));
  };
  if (topic == topics_.Sales()) {
    v1::Sale sale;
    if (!parse(sale) || sale.document().empty()) {
      EmitDeadLetter(context, topics_.DeadLetters(), record, Code::kEventDecode, "expected a Sale");
      return Ok();
    }
    // One document may stand under two keys for a moment: each is its own.
    std::string key = sale.document() + '\0';
    key += record.key;
    const bool removed = sale.removed();
    baskets_.Take(key, removed ? std::nullopt : std::optional<v1::Sale>(std::move(sale)));
    return Ok();
  }
  std::optional<v1::CustomerValue>& value = pending_[std::string(record.key)];
  value.reset();
  if (record.value && !parse(value.emplace())) {
    value.reset();
    EmitDeadLetter(context, topics_.DeadLetters(), record, Code::kEventDecode,
                   "expected a CustomerValue under its customer's name");
  }
  return Ok();
}

Status MarketProcessor::MarkStale(Context& context) {
  if (as_of_ == context.as_of()) {
    return Ok();
  }
  bus::StateStore& state = context.state();
  if (!as_of_) {
    CROSSBILL_RETURN_IF_ERROR(owed_.Resume(state));
    CROSSBILL_RETURN_IF_ERROR(owed_markets_.Resume(state));
  }
  CROSSBILL_TRY(const std::optional<std::string> stored, state.Get(kMetaAsOf));
  CROSSBILL_TRY(const std::optional<std::string> options, state.Get(kMetaOptions));
  const std::string now = context.as_of().ToString();
  const std::string options_now = FingerprintOf(options_).ToHex();
  const bool others = options && options != options_now;
  if (others) {  // all customers and all markets
    for (const auto& [prefix, owed] : {std::pair{"v", &owed_}, std::pair{"M", &owed_markets_}}) {
      CROSSBILL_RETURN_IF_ERROR(
          state.Scan(prefix, [to = owed](std::string_view key, std::string_view /*value*/) {
            to->Add(key.substr(1));
            return true;
          }));
    }
    CROSSBILL_RETURN_IF_ERROR(baskets_.BeginAnew(state));
  } else if (stored && now != *stored) {
    CROSSBILL_RETURN_IF_ERROR(baskets_.MoveTo(state, context.as_of(), now < *stored));
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

// What stands in the state under a customer; nothing: the customer is not known there.
Result<std::optional<v1::CustomerValue>> MarketProcessor::ValueAt(char space, const std::string& customer,
                                                                  bus::StateStore& state) {
  CROSSBILL_TRY(const std::optional<std::string> stored, state.Get(space + customer));
  std::optional<v1::CustomerValue> value;
  if (stored && !value.emplace().ParseFromString(*stored)) {
    return Error(Code::kBusCorrupt, "the stored value of " + customer + " cannot be read");
  }
  return value;
}

Result<Market*> MarketProcessor::MarketOf(const std::string& name, bus::StateStore& state) {
  const auto found = markets_.find(name);
  if (found != markets_.end()) {
    return &found->second;
  }
  CROSSBILL_TRY(Market market, Market::Load(state, name));
  return &markets_.emplace(name, std::move(market)).first->second;
}

Status MarketProcessor::TakeFigures(const std::string& customer, const v1::CustomerValue& value, int times,
                                    bus::StateStore& state) {
  for (const v1::SalesFigures& figures : value.figures()) {
    const std::string name = MarketName(figures.org_unit(), figures.currency());
    CROSSBILL_TRY(Market* const market, MarketOf(name, state));
    market->Take(state, customer, figures, times);
    owed_markets_.Add(name);
  }
  return Ok();
}

// A customer's new figures take the place of the old ones.
Status MarketProcessor::TakeIn(const std::string& customer, const std::optional<v1::CustomerValue>& value,
                               Context& context) {
  bus::StateStore& state = context.state();
  CROSSBILL_TRY(const std::optional<v1::CustomerValue> before, ValueAt(kOwn, customer, state));
  if (before) {
    CROSSBILL_RETURN_IF_ERROR(TakeFigures(customer, *before, -1, state));
  }
  if (value) {
    CROSSBILL_RETURN_IF_ERROR(TakeFigures(customer, *value, 1, state));
    state.Put(kOwn + customer, value->SerializeAsString());
  } else {
    state.Delete(kOwn + customer);
  }
  owed_.Add(customer);
  return Ok();
}

// The bounds as they are now; who lies between an old and a new one is looked at anew.
Status MarketProcessor::Settle(const std::string& name, Context& context) {
  bus::StateStore& state = context.state();
  CROSSBILL_TRY(Market* const market, MarketOf(name, state));
  CROSSBILL_TRY(const std::vector<std::string> customers, market->MoveBounds(state, options_));
  for (const std::string& customer : customers) {
    owed_.Add(customer);
  }
  market->Store(state);
  owed_markets_.Done(state, name);
  CROSSBILL_TRY(const std::optional<std::string> before, state.Get(kPublishedMarket + name));
  const std::string bytes = market->empty() ? std::string() : market->figures().SerializeAsString();
  if (bytes == before.value_or("")) {
    return Ok();
  }
  if (bytes.empty()) {
    state.Delete(kPublishedMarket + name);
  } else {
    state.Put(kPublishedMarket + name, bytes);
  }
  Emit(topics_.Markets(), name, bytes.empty() ? std::nullopt : std::optional<std::string_view>(bytes),
       "crossbill.v1.MarketFigures", context);
  return Ok();
}

Status MarketProcessor::Look(const std::string& customer, Context& context) {
  bus::StateStore& state = context.state();
  CROSSBILL_TRY(std::optional<v1::CustomerValue> value, ValueAt(kOwn, customer, state));
  CROSSBILL_TRY(const std::optional<v1::CustomerValue> before, ValueAt(kPublished, customer, state));
  owed_.Done(state, customer);
  if (!value) {
    if (before) {
      state.Delete(kPublished + customer);
      Emit(topics_.Value(), customer, std::nullopt, "crossbill.v1.CustomerValue", context);
    }
    return Ok();
  }
  for (v1::SalesFigures& figures : *value->mutable_figures()) {
    CROSSBILL_TRY(Market* const market, MarketOf(MarketName(figures.org_unit(), figures.currency()), state));
    *figures.mutable_segment() = SegmentOf(figures, market->figures());
    TellIfChanged(customer, figures, before, context);
  }
  const std::string bytes = value->SerializeAsString();
  if (!before || bytes != before->SerializeAsString()) {
    state.Put(kPublished + customer, bytes);
    Emit(topics_.Value(), customer, bytes, "crossbill.v1.CustomerValue", context);
  }
  return Ok();
}

void MarketProcessor::TellIfChanged(const std::string& customer, const v1::SalesFigures& figures,
                                    const std::optional<v1::CustomerValue>& before, Context& context) {
  v1::SegmentChange change;
  for (int i = 0; before && i < before->figures_size(); ++i) {
    const v1::SalesFigures& known = before->figures(i);
    if (known.org_unit() == figures.org_unit() && known.currency() == figures.currency()) {
      *change.mutable_before() = known.segment();
    }
  }
  if (change.has_before() && change.before().SerializeAsString() == figures.segment().SerializeAsString()) {
    return;
  }
  change.set_customer(customer);
  change.set_org_unit(figures.org_unit());
  change.set_currency(figures.currency());
  *change.mutable_after() = figures.segment();
  change.set_as_of(context.as_of().ToString());
  Emit(topics_.Segments(), customer, change.SerializeAsString(), "crossbill.v1.SegmentChange", context);
}

Status MarketProcessor::Flush(Context& context) {
  CROSSBILL_RETURN_IF_ERROR(MarkStale(context));
  for (const auto& [customer, value] : pending_) {
    CROSSBILL_RETURN_IF_ERROR(TakeIn(customer, value, context));
  }
  pending_.clear();
  CROSSBILL_RETURN_IF_ERROR(baskets_.Flush(context, newest_ms_));
  while (context.settles() && !owed_markets_.empty()) {
    CROSSBILL_RETURN_IF_ERROR(Settle(owed_markets_.Next(), context));
  }
  for (std::size_t done = 0; context.settles() && !owed_.empty() && done < kCustomersAFlush; ++done) {
    CROSSBILL_RETURN_IF_ERROR(Look(owed_.Next(), context));
  }
  owed_markets_.Store(context.state());
  owed_.Store(context.state());
  StoreMarkets(context.state());
  return Ok();
}

// What the owed ones come to is not known yet, but what was taken in is.
void MarketProcessor::StoreMarkets(bus::StateStore& state) {
  for (const auto& [name, market] : markets_) {
    if (owed_markets_.Has(name)) {
      market.Store(state);
    }
  }
  std::erase_if(markets_, [](const auto& entry) { return entry.second.empty(); });
}

}  // namespace

Stage MarketStage(const bus::Topics& topics, const ValueOptions& options) {
  Stage stage;
  stage.name = "market";
  stage.single = true;
  stage.step_records = kStepRecords;
  stage.inputs = {topics.Worths(), topics.Sales()};
  stage.make = [topics, options](std::int32_t) { return std::make_unique<MarketProcessor>(topics, options); };
  return stage;
}

}  // namespace crossbill::transforms
