#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

#include "config/reader.h"
#include "connectors/sdk/sql_spec.h"

namespace crossbill::connectors {
namespace {

using json = nlohmann::ordered_json;
constexpr std::string_view kPhases[] = {"rows", "null_cursor", "null_key", "orphans"};
constexpr std::int64_t kDayMicros = 86400LL * 1000000;

json ToJsonValue(const SqlKey& key) {
  return std::visit([](const auto& v) { return json(v); }, key);
}

std::optional<SqlKey> FromJsonValue(const json& value) {
  if (value.is_string()) {
    return SqlKey(value.get<std::string>());
  }
  if (value.is_number_integer()) {
    return SqlKey(value.get<std::int64_t>());
  }
  return value.is_number() ? std::optional<SqlKey>(value.get<double>()) : std::nullopt;
}

Error NoPosition(std::string_view text) {
  return {Code::kSourceChanged,
          "the stored position \"" + std::string(text.substr(0, 200)) + "\" is none of this connector"};
}

bool AllDigits(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

// "2026-10-31", "20261031": whole days.
std::optional<std::string> DateMinus(const std::string& text, std::int64_t micros) {
  const bool compact = text.size() == 8 && AllDigits(text);
  const std::string iso = compact ? text.substr(0, 4) + "-" + text.substr(4, 2) + "-" + text.substr(6) : text;
  const auto date = Date::Parse(iso);
  if (!date.ok()) {
    return std::nullopt;
  }
  std::string out = date->PlusDays(-static_cast<int>((micros + kDayMicros - 1) / kDayMicros)).ToString();
  if (compact) {
    std::erase(out, '-');
  }
  return out;
}

// A date, 'T' or a blank, a time, a fraction or none, an offset or none: the same form comes back.
std::optional<std::string> TimeMinus(const std::string& text, std::int64_t micros) {
  if (text.size() < 19 || (text[10] != ' ' && text[10] != 'T')) {
    return std::nullopt;
  }
  const std::size_t tail = text.find_first_not_of("0123456789.", 19);
  const std::string fraction = text.substr(19, tail == std::string::npos ? tail : tail - 19);
  const std::string offset = tail == std::string::npos ? "" : text.substr(tail);
  const auto time = Timestamp::Parse(text.substr(0, 19) + "Z");
  if (!time.ok()) {
    return std::nullopt;
  }
  std::string out =
      Timestamp(time->micros() - micros).ToString();  // whole seconds: the fraction is kept as it was
  out.resize(19);
  out[10] = text[10];
  return out + fraction + offset;
}

}  // namespace

std::string SqlKeyText(const SqlKey& key) {
  if (const auto* text = std::get_if<std::string>(&key)) {
    return *text;
  }
  return ToJsonValue(key).dump();
}

std::string SqlPosition::ToJson() const {
  json out;
  out["pass"] = pass;
  if (phase != Phase::kRows) {
    out["phase"] = kPhases[static_cast<int>(phase)];
  }
  if (!after.empty()) {
    for (const SqlKey& key : after) {
      out["after"].push_back(ToJsonValue(key));
    }
  }
  if (from) {
    out["from"] = ToJsonValue(*from);
  }
  if (high) {
    out["high"] = ToJsonValue(*high);
  }
  if (skip != 0) {
    out["skip"] = skip;
  }
  if (!child.empty()) {
    out["child"] = child;
  }
  return out.dump(-1, ' ', false, json::error_handler_t::replace);
}

Result<SqlPosition> SqlPosition::FromJson(std::string_view text) {
  SqlPosition position;
  if (text.empty()) {
    return position;
  }
  const json in = json::parse(text, nullptr, false);
  if (!in.is_object() || !in.contains("pass") || !in["pass"].is_number_integer()) {
    return NoPosition(text);
  }
  position.pass = in["pass"].get<std::int64_t>();
  if (in.contains("phase")) {
    const auto* found = std::find(std::begin(kPhases), std::end(kPhases),
                                  in["phase"].is_string() ? in["phase"].get<std::string>() : "");
    if (found == std::end(kPhases)) {
      return NoPosition(text);
    }
    position.phase = static_cast<Phase>(found - kPhases);
  }
  if (in.contains("after")) {
    for (const json& value : in["after"]) {
      const auto key = FromJsonValue(value);
      if (!key) {
        return NoPosition(text);
      }
      position.after.push_back(*key);
    }
  }
  position.from = in.contains("from") ? FromJsonValue(in["from"]) : std::nullopt;
  position.high = in.contains("high") ? FromJsonValue(in["high"]) : std::nullopt;
  position.skip = in.contains("skip") && in["skip"].is_number_integer() ? in["skip"].get<std::int64_t>() : 0;
  position.child = in.contains("child") && in["child"].is_string() ? in["child"].get<std::string>() : "";
  return position;
}

SqlPosition SqlPosition::NextPass(const std::string& lookback) const {
  SqlPosition next;
  next.pass = pass + 1;
  next.high = high;
  if (high) {
    next.from = MinusLookback(*high, lookback);  // nothing: from the beginning, which loses no row
  }
  return next;
}

std::optional<SqlKey> MinusLookback(const SqlKey& value, const std::string& lookback) {
  if (const auto* number = std::get_if<std::int64_t>(&value)) {
    std::int64_t less = 0;
    if (AllDigits(lookback)) {
      std::from_chars(lookback.data(), lookback.data() + lookback.size(), less);
    }
    return SqlKey(*number - less);
  }
  if (std::holds_alternative<double>(value)) {
    return value;
  }
  const std::string& text = std::get<std::string>(value);
  const auto millis = config::ParseDuration(lookback);
  const std::int64_t micros = millis.ok() ? *millis * 1000 : 0;
  const std::int64_t seconds_up = (micros + 999999) / 1000000 * 1000000;
  if (auto time = TimeMinus(text, seconds_up)) {
    return SqlKey(*time);
  }
  if (auto date = DateMinus(text, micros)) {
    return SqlKey(*date);
  }
  return micros == 0 ? std::optional<SqlKey>(value) : std::nullopt;
}

}  // namespace crossbill::connectors
