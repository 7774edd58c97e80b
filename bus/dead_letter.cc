#include "bus/dead_letter.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include "base/date.h"
#include "base/id.h"
#include "base/text.h"
#include "bus/event_headers.h"
#include "crossbill/v1/dead_letter.pb.h"

namespace crossbill::bus {
namespace {

constexpr std::size_t kMaxHeaderText = 2000;

std::string FilePlace(const v1::DeadLetter& letter) {
  return letter.file() + ":" + std::to_string(letter.record() > 0 ? letter.record() : letter.line());
}

std::string TopicPlace(const v1::DeadLetter& letter) {
  return letter.topic() + "/" + std::to_string(letter.partition()) + "/" + std::to_string(letter.offset());
}

std::string SourceOf(const v1::DeadLetter& letter) {
  if (!letter.topic().empty()) {
    return TopicPlace(letter);
  }
  return letter.file().empty() ? letter.key() : FilePlace(letter);
}

// Connect's word for what was being done: bytes made into values, or values into others.
std::string_view ConnectStage(const v1::DeadLetter& letter) {
  return letter.stage() == "map" ? "TRANSFORMATION" : "VALUE_CONVERTER";
}

// What others wrote may be no UTF-8, and a message with such a text could not be read again. The bytes as
// they were stand in the fields for bytes.
void MakeTextsValid(google::protobuf::Message& message) {
  const google::protobuf::Reflection& reflection = *message.GetReflection();
  std::vector<const google::protobuf::FieldDescriptor*> fields;
  reflection.ListFields(message, &fields);
  for (const auto* field : fields) {
    if (field->message_type() != nullptr) {
      const int count = field->is_repeated() ? reflection.FieldSize(message, field) : 1;
      for (int i = 0; i < count; ++i) {
        MakeTextsValid(field->is_repeated() ? *reflection.MutableRepeatedMessage(&message, field, i)
                                            : *reflection.MutableMessage(&message, field));
      }
    } else if (field->type() == google::protobuf::FieldDescriptor::TYPE_STRING) {  // none of them is a list
      const std::string text = reflection.GetString(message, field);
      if (!IsValidUtf8(text)) {
        reflection.SetString(&message, field, Printable(text, text.size() * 4));
      }
    }
  }
}

}  // namespace

std::string PlaceOf(const v1::DeadLetter& letter) {
  if (!letter.topic().empty()) {
    return TopicPlace(letter);
  }
  return letter.system() + "/" + letter.stream() + "/" + SourceOf(letter);
}

std::string LetterId(std::string_view place, const v1::DeadLetter& letter) {
  return ShortId(Hash128Of({"dead letter", place, std::to_string(letter.sequence()), letter.raw()}));
}

void SetRaw(v1::DeadLetter& letter, std::string_view bytes) {
  letter.set_raw(std::string(bytes.substr(0, kMaxLetterBytes)));
  if (bytes.size() > kMaxLetterBytes) {
    letter.set_raw_size(static_cast<std::int64_t>(bytes.size()));
  }
}

DeadLetterRecord::DeadLetterRecord(v1::DeadLetter letter, std::string place, const FailedPart& part,
                                   std::int64_t timestamp_ms)
    : key_(std::move(place)), timestamp_ms_(timestamp_ms) {
  MakeTextsValid(letter);
  value_ = letter.SerializeAsString();
  const std::string attempt = std::to_string(letter.attempt());
  const std::string id = LetterId(key_, letter);
  Add(kHeaderSpecVersion, "1.0");
  Add(kHeaderId, id + "." + attempt);
  Add(kHeaderType, "crossbill.v1.DeadLetter");
  Add(kHeaderSource, letter.system() + "/" + letter.stream());
  Add(kHeaderSubject, letter.key());
  Add(kHeaderTime, Timestamp(timestamp_ms * 1000).ToString());
  Add(kHeaderContentType, "application/protobuf");
  if (!letter.topic().empty()) {
    Add("__connect.errors.topic", letter.topic());
    Add("__connect.errors.partition", std::to_string(letter.partition()));
    Add("__connect.errors.offset", std::to_string(letter.offset()));
  }
  Add("__connect.errors.connector.name", part.connector);
  Add("__connect.errors.task.id", part.task);
  Add("__connect.errors.stage", ConnectStage(letter));
  Add("__connect.errors.class.name", part.class_name);
  Add("__connect.errors.exception.class.name", "crossbill." + letter.code());
  Add("__connect.errors.exception.message", letter.why());
  Add(kHeaderErrorCode, letter.code());
  Add(kHeaderErrorSource, SourceOf(letter));
  Add(kHeaderConfigHash, letter.configuration());
  Add(kHeaderAttempt, attempt);
  for (const auto& [name, text] : texts_) {
    headers_.push_back({name, text});
  }
}

// Headers are text for people, and short: the whole of it stands in the value.
void DeadLetterRecord::Add(std::string_view name, std::string_view text) {
  const bool as_is = text.size() <= kMaxHeaderText && IsValidUtf8(text);
  texts_.emplace_back(name, as_is ? std::string(text) : Printable(text, kMaxHeaderText));
}

RecordView DeadLetterRecord::View() const {
  RecordView view;
  view.key = key_;
  view.value = value_;
  view.headers = headers_;
  view.timestamp_ms = timestamp_ms_;
  return view;
}

}  // namespace crossbill::bus
