#include "bus/progress.h"

#include <algorithm>

namespace crossbill::bus {
namespace {

constexpr std::string_view kHead = "{\"at\":\"";
constexpr std::string_view kMiddle = "\",\"owes\":";

}  // namespace

std::string ToJson(const Progress& progress) {
  std::string json(kHead);
  json += progress.at;  // a date or a time: nothing to escape
  json += kMiddle;
  json += progress.owes ? "true}" : "false}";
  return json;
}

Result<Progress> ParseProgress(std::string_view json) {
  const std::size_t middle = json.find(kMiddle);
  const std::string_view owes = middle == std::string_view::npos ? "" : json.substr(middle + kMiddle.size());
  if (!json.starts_with(kHead) || (owes != "true}" && owes != "false}")) {
    return Error(Code::kBusCorrupt, "a progress record is damaged: " + std::string(json.substr(0, 80)));
  }
  return Progress{std::string(json.substr(kHead.size(), middle - kHead.size())), owes == "true}"};
}

Status SendProgress(Producer& producer, std::string_view topic, std::string_view worker,
                    const Progress& progress) {
  const std::string json = ToJson(progress);
  return producer.Send(topic, 0, {worker, json, {}, 0});
}

Result<std::map<std::string, Progress, std::less<>>> ReadProgress(Bus& bus, std::string_view topic) {
  std::map<std::string, Progress, std::less<>> all;
  Status read = ReadCompacted(bus, topic, [&](const RecordView& record) -> Status {
    if (record.value) {
      CROSSBILL_TRY(all[std::string(record.key)], ParseProgress(*record.value));
    }
    return Ok();
  });
  if (!read.ok() &&
      read.error().code() != Code::kBusTopic) {  // before the first run nobody has said anything
    return std::move(read).error();
  }
  return all;
}

}  // namespace crossbill::bus
