#include "transforms/sdk/dead_letter.h"

#include <algorithm>
#include <string>

#include "crossbill/v1/dead_letter.pb.h"
#include "transforms/sdk/source_event.h"

namespace crossbill::transforms {
namespace {

constexpr std::size_t kMaxRaw = 64 * 1024;

}  // namespace

void EmitDeadLetter(Context& context, std::string_view dead_letters, const bus::RecordView& record, Code code,
                    std::string_view why) {
  EmitDeadLetter(context, dead_letters, record, context.origin(), code, why);
}

void EmitDeadLetter(Context& context, std::string_view dead_letters, const bus::RecordView& record,
                    const Origin& origin, Code code, std::string_view why) {
  v1::DeadLetter letter;
  SourceKey parts;
  if (SplitSourceKey(record.key, parts)) {
    letter.set_system(std::string(parts.system));
    letter.set_stream(std::string(parts.stream));
    letter.set_key(std::string(parts.key));
  }
  letter.set_code(std::string(InfoOf(code).id));
  letter.set_why(std::string(why));
  if (record.value) {
    letter.set_raw(std::string(record.value->substr(0, std::min(record.value->size(), kMaxRaw))));
  }
  letter.set_topic(std::string(origin.topic));
  letter.set_partition(origin.partition);
  letter.set_offset(origin.offset);
  const std::string key =
      letter.topic() + "/" + std::to_string(origin.partition) + "/" + std::to_string(origin.offset);
  const std::string value = letter.SerializeAsString();
  bus::RecordView out;
  out.key = key;
  out.value = value;
  out.timestamp_ms = record.timestamp_ms;
  context.Emit(dead_letters, out);
}

}  // namespace crossbill::transforms
