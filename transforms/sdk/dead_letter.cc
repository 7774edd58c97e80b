#include "transforms/sdk/dead_letter.h"

#include <charconv>
#include <string>
#include <utility>

#include "bus/dead_letter.h"
#include "crossbill/v1/dead_letter.pb.h"
#include "transforms/sdk/source_event.h"

namespace crossbill::transforms {
namespace {

// "topic/partition/offset", and of several records at one offset which of them.
std::string PlaceOf(const v1::DeadLetter& letter, const Origin& origin) {
  return bus::PlaceOf(letter) + (origin.index > 0 ? "." + std::to_string(origin.index) : std::string());
}

// A record that was put back has the number of this try.
std::int32_t AttemptOf(const bus::RecordView& record) {
  const std::string_view text = record.Header(bus::kHeaderAttempt);
  std::int32_t attempt = 1;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), attempt);
  return failure == std::errc() && attempt > 0 ? attempt : 1;
}

void KeepRecord(const bus::RecordView& record, v1::DeadLetter& letter) {
  if (record.value) {
    bus::SetRaw(letter, *record.value);
  }
  letter.set_tombstone(!record.value);
  letter.set_record_key(std::string(record.key));
  for (const bus::HeaderView& header : record.headers) {
    v1::RecordHeader& kept = *letter.add_headers();
    kept.set_name(std::string(header.name));
    kept.set_value(std::string(header.value));
  }
}

}  // namespace

void EmitDeadLetter(Context& context, std::string_view dead_letters, const bus::RecordView& record, Code code,
                    std::string_view why) {
  EmitDeadLetter(context, dead_letters, record, context.origin(), code, why);
}

void EmitDeadLetter(Context& context, std::string_view dead_letters, const bus::RecordView& record,
                    const Origin& origin, Code code, std::string_view why) {
  const TaskLabel label = context.label();
  v1::DeadLetter letter;
  SourceKey parts;
  if (SplitSourceKey(record.key, parts)) {
    letter.set_system(std::string(parts.system));
    letter.set_stream(std::string(parts.stream));
    letter.set_key(std::string(parts.key));
  }
  letter.set_code(std::string(InfoOf(code).id));
  letter.set_why(std::string(why));
  letter.set_stage(label.stage);
  letter.set_attempt(AttemptOf(record));
  letter.set_configuration(label.configuration);
  letter.set_topic(std::string(origin.topic));
  letter.set_partition(origin.partition);
  letter.set_offset(origin.offset);
  KeepRecord(record, letter);
  const std::string_view first = record.Header(bus::kHeaderLetter);
  std::string place = first.empty() ? PlaceOf(letter, origin) : std::string(first);
  const std::string class_name = "crossbill.transform." + label.stage;
  const bus::DeadLetterRecord out(letter, std::move(place), {label.stage, label.task, class_name},
                                  record.timestamp_ms);
  context.Emit(dead_letters, out.View());
}

}  // namespace crossbill::transforms
