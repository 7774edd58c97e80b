#include "transforms/sdk/output_event.h"

#include <array>
#include <string>

#include "base/id.h"
#include "bus/event_headers.h"

namespace crossbill::transforms {

void EmitOutput(Context& context, const OutputEvent& event) {
  std::string type(event.message);
  if (!event.value) {
    type += bus::kDeletedSuffix;
  }
  const std::string id = ShortId(Hash128Of({event.key, event.value.value_or(std::string_view())}), 26);
  const std::array<bus::HeaderView, 6> headers = {{{bus::kHeaderSpecVersion, "1.0"},
                                                   {bus::kHeaderId, id},
                                                   {bus::kHeaderType, type},
                                                   {bus::kHeaderSource, event.source},
                                                   {bus::kHeaderSubject, event.key},
                                                   {bus::kHeaderContentType, "application/protobuf"}}};
  bus::RecordView record;
  record.key = event.key;
  record.value = event.value;
  record.headers = headers;
  record.timestamp_ms = event.timestamp_ms;
  context.Emit(event.topic, record);
}

}  // namespace crossbill::transforms
