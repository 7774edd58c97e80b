#include "runtime/value_options.h"

#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <vector>

#include "config/reader.h"
#include "crossbill/config/v1/project.pb.h"

namespace crossbill::runtime {
namespace {

constexpr int kWhole = 10'000;  // hundredths of a percent
constexpr int kMostDays = 36'500;

Error Wrong(std::string_view key, const std::string& what) {
  return Error(Code::kConfigValue, fmt::format("value.{}: {}", key, what));
}

Result<std::string> CurrencyOf(std::string_view key, const std::string& code) {
  const auto currency = Currency::Parse(code);
  if (!currency.ok()) {
    return Wrong(key, "\"" + code + "\" is no ISO 4217 currency");
  }
  return std::string(currency->code());
}

Result<Decimal> RateOf(std::string_view key, const std::string& text) {
  const auto rate = Decimal::Parse(text);
  if (!rate.ok() || *rate <= Decimal()) {
    return Wrong(key, "\"" + text + "\" is no rate: expected a number above zero, such as 0.92");
  }
  return *rate;
}

Result<int> PartOf(std::string_view key, const std::string& text, int otherwise) {
  if (text.empty()) {
    return otherwise;
  }
  const auto part = config::ParsePercent(text);
  if (!part.ok() || *part < 0 || *part > kWhole) {
    return Wrong(key, "\"" + text + "\" is not between 0% and 100%");
  }
  return static_cast<int>(*part);
}

Result<int> DaysOf(std::string_view key, int days, int otherwise) {
  if (days < 0 || days > kMostDays) {
    return Wrong(key, fmt::format("{} is not between 1 and {} days", days, kMostDays));
  }
  return days == 0 ? otherwise : days;
}

Result<std::optional<Decimal>> BoundOf(std::string_view key, const std::string& text) {
  if (text.empty()) {
    return std::optional<Decimal>();
  }
  const auto bound = Decimal::Parse(text);
  if (!bound.ok() || *bound <= Decimal()) {
    return Wrong(key, "\"" + text + "\" is no amount above zero");
  }
  return std::optional<Decimal>(*bound);
}

std::vector<std::string> Columns(std::string line) {
  if (!line.empty() && line.back() == '\r') {
    line.pop_back();
  }
  std::vector<std::string> columns(1);
  for (const char c : line) {
    if (c == ',') {
      columns.emplace_back();
    } else if (c != ' ' && c != '"') {
      columns.back() += c;
    }
  }
  return columns;
}

Status AddRate(const std::string& where, const std::string& line, transforms::Rates& rates) {
  const std::vector<std::string> columns = Columns(line);
  if (columns.size() != 3) {
    return Wrong(where, "expected currency,from,rate");
  }
  CROSSBILL_TRY(const std::string currency, CurrencyOf(where, columns[0]));
  std::optional<Date> from;
  if (!columns[1].empty()) {
    const auto date = Date::Parse(columns[1]);
    if (!date.ok()) {
      return Wrong(where, "\"" + columns[1] + "\" is not a date such as 2026-10-31");
    }
    from = *date;
  }
  CROSSBILL_TRY(const Decimal rate, RateOf(where, columns[2]));
  rates.Add(currency, from, rate);
  return Ok();
}

Status ReadRatesFile(const std::string& name, const std::string& directory, transforms::Rates& rates) {
  const std::filesystem::path path = std::filesystem::path(directory) / name;
  std::ifstream file(path);
  if (!file) {
    return Error(Code::kConfigFile, "value.rates_file: cannot be read", path.string());
  }
  std::string line;
  for (int number = 1; std::getline(file, line); ++number) {
    if (!line.empty() && !line.starts_with("currency") && !line.starts_with("#") && line != "\r") {
      CROSSBILL_RETURN_IF_ERROR(AddRate(fmt::format("rates_file: {}:{}", name, number), line, rates));
    }
  }
  return Ok();
}

Status ReadRates(const config::v1::Value& value, const std::string& directory,
                 transforms::ValueOptions& options) {
  if (!value.currency().empty()) {
    CROSSBILL_TRY(options.currency, CurrencyOf("currency", value.currency()));
  } else if (!value.rates().empty() || !value.rates_file().empty()) {
    return Wrong("currency", "is missing: rates are what one unit is in this currency");
  }
  for (const auto& [code, text] : value.rates()) {
    CROSSBILL_TRY(const std::string currency, CurrencyOf("rates", code));
    CROSSBILL_TRY(const Decimal rate, RateOf("rates." + code, text));
    options.rates.Add(currency, std::nullopt, rate);
  }
  return value.rates_file().empty() ? Ok() : ReadRatesFile(value.rates_file(), directory, options.rates);
}

}  // namespace

Result<transforms::ValueOptions> ReadValueOptions(const config::v1::Value& value,
                                                  const std::string& directory) {
  transforms::ValueOptions options;
  if (value.sales() == "invoices") {
    options.sales = transforms::SalesBy::kInvoices;
  } else if (!value.sales().empty() && value.sales() != "orders") {
    return Wrong("sales", "\"" + value.sales() + "\" is neither orders nor invoices");
  }
  CROSSBILL_RETURN_IF_ERROR(ReadRates(value, directory, options));
  CROSSBILL_TRY(options.dormant_days, DaysOf("dormant_days", value.dormant_days(), options.dormant_days));
  CROSSBILL_TRY(options.class_a, PartOf("class_a", value.class_a(), options.class_a));
  CROSSBILL_TRY(options.class_b, PartOf("class_b", value.class_b(), options.class_b));
  if (options.class_b < options.class_a) {
    return Wrong("class_b", "is less than class_a: both are counted from the first customer on");
  }
  CROSSBILL_TRY(options.buying_power, BoundOf("buying_power", value.buying_power()));
  CROSSBILL_TRY(options.contribution, BoundOf("contribution", value.contribution()));
  CROSSBILL_TRY(options.affinity_days, DaysOf("affinity_days", value.affinity_days(), options.affinity_days));
  if (value.least_sales() < 0) {
    return Wrong("least_sales", "is less than zero");
  }
  options.least_sales = value.least_sales() > 0 ? value.least_sales() : options.least_sales;
  CROSSBILL_TRY(options.least_support, PartOf("least_support", value.least_support(), options.least_support));
  CROSSBILL_TRY(options.least_confidence,
                PartOf("least_confidence", value.least_confidence(), options.least_confidence));
  if (!value.least_lift().empty()) {
    CROSSBILL_TRY(options.least_lift, RateOf("least_lift", value.least_lift()));
  }
  return options;
}

}  // namespace crossbill::runtime
