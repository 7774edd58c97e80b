#include "app/dead_letter_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <fstream>

#include "app/json.h"
#include "app/table.h"
#include "base/text.h"

namespace crossbill::app {
namespace {

using runtime::Letter;
using runtime::Remapped;

constexpr std::size_t kWhyWidth = 80;

std::string TimeText(std::int64_t ms) { return Timestamp(ms * 1000).ToString(); }

std::string Indented(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at <= text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    out += "  " + Visible(text.substr(at, end - at)) + "\n";
    at = end + 1;
  }
  return out;
}

// As text where it is one, else as a hex dump.
std::string BytesText(std::string_view bytes) {
  if (IsValidUtf8(bytes)) {
    return Indented(bytes);
  }
  constexpr std::size_t kWidth = 16;
  std::string out;
  for (std::size_t at = 0; at < bytes.size(); at += kWidth) {
    std::string hex, text;
    for (const char c : bytes.substr(at, kWidth)) {
      const auto byte = static_cast<unsigned char>(c);
      hex += fmt::format("{:02x} ", byte);
      text += byte >= 0x20 && byte < 0x7f ? c : '.';
    }
    out += fmt::format("  {:08x}  {:<48} {}\n", at, hex, text);
  }
  return out;
}

std::string StateText(const Letter& letter) {
  std::string text = std::string(runtime::NameOf(letter.state));
  text += letter.state_since.empty() ? "" : " since " + letter.state_since;
  return text + ", failed " + (letter.attempt() == 1 ? "once" : std::to_string(letter.attempt()) + " times");
}

std::string StageText(const v1::DeadLetter& message) {
  std::string text = message.stage().empty() ? "not known" : message.stage();
  text += message.field().empty() ? "" : ", field " + message.field();
  return text + (message.configured_at().empty() ? "" : ", " + message.configured_at());
}

const CodeInfo* CodeOf(const std::string& id) {
  struct Search {
    const std::string& id;
    const CodeInfo* found = nullptr;
  } search{id};
  ForEachCode(
      [](const CodeInfo& info, void* context) {
        auto& wanted = *static_cast<Search*>(context);
        wanted.found = info.id == wanted.id ? &InfoOf(info.code) : wanted.found;
      },
      &search);
  return search.found;
}

// The line of the configuration that "connectors/erp.yaml:31:9" points to; "" when it cannot be read.
std::string ConfiguredLine(const runtime::ProjectConfig& project, const std::string& at) {
  const std::size_t column = at.rfind(':');
  const std::size_t line = column == std::string::npos || column == 0 ? column : at.rfind(':', column - 1);
  if (line == std::string::npos) {
    return "";
  }
  int number = 0;
  std::from_chars(at.data() + line + 1, at.data() + column, number);
  std::ifstream in(project.PathOf(at.substr(0, line)));
  std::string text;
  for (int i = 0; i < number; ++i) {
    if (!std::getline(in, text)) {
      return "";
    }
  }
  return fmt::format("  {:>10} | {}\n", number, text);
}

std::string ConfigurationText(const Letter& letter, const runtime::ProjectConfig& project) {
  const v1::DeadLetter& message = letter.message;
  std::string today = project.hash();
  if (message.topic().empty()) {
    const runtime::ConnectorConfig* connector = nullptr;
    runtime::Remapper(project).StreamOf(message, &connector);
    today = connector == nullptr ? "" : connector->hash;
  }
  if (message.configuration().empty()) {
    return "not known: an older version put it aside";
  }
  return message.configuration() == today ? "the same as when it failed" : "changed since it failed";
}

std::string TodayText(const Letter& letter, const Remapped& today) {
  switch (today.outcome) {
    case Remapped::Outcome::kEvents: {
      std::string text = "fixed by today's configuration: yes\n";
      text += "  `crossbill deadletter replay " + letter.id + "` publishes:\n";
      for (const Remapped::Event& event : today.events) {
        text += "    " + std::string(event.message) + " " + Visible(event.key) + " " +
                ValueToJson(event.message, event.bytes) + "\n";
      }
      return text;
    }
    case Remapped::Outcome::kLeftOut:
      return "fixed by today's configuration: yes, its `when:` leaves the row out; a replay publishes "
             "nothing\n";
    case Remapped::Outcome::kFails:
      return "fixed by today's configuration: no\n  " + std::string(InfoOf(today.error->code()).id) + " " +
             Visible(today.error->message()) + (today.field.empty() ? "" : ", field " + today.field) +
             (today.configured_at.empty() ? "" : ", " + today.configured_at) + "\n";
    case Remapped::Outcome::kUndecided:
      break;
  }
  return "fixed by today's configuration: cannot be told\n  " + Visible(today.error->message()) + "\n";
}

// Only the stage itself knows; what can be told is whether the value is what the topic has.
std::string RecordText(const Letter& letter, const bus::Topics& topics) {
  std::string text = "fixed by today's configuration: shows when it is put back\n";
  for (const bus::TopicInfo& info : topics.All()) {
    if (info.spec.name == letter.message.topic() && !info.message.empty()) {
      const bool good = !ValueToJson(info.message, letter.message.raw()).starts_with("{\"undecoded\"");
      text += "  its value " + std::string(good ? "can" : "cannot") + " be decoded as " + info.message + "\n";
    }
  }
  return text;
}

}  // namespace

std::string SourceJson(const v1::DeadLetter& letter) {
  std::string json = "{\"system\":" + Quoted(letter.system()) + ",\"stream\":" + Quoted(letter.stream());
  if (!letter.file().empty()) {
    json += ",\"file\":" + Quoted(letter.file());
  }
  if (letter.line() > 0) {
    json += ",\"line\":" + std::to_string(letter.line());
  }
  if (letter.record() > 0) {
    json += ",\"record\":" + std::to_string(letter.record());
  }
  if (!letter.key().empty()) {
    json += ",\"key\":" + Quoted(letter.key());
  }
  return json + "}";
}

std::string LetterLine(const Letter& letter) {
  const v1::DeadLetter& message = letter.message;
  return "{\"id\":" + Quoted(letter.id) + ",\"place\":" + Quoted(letter.place) +
         ",\"source\":" + SourceJson(message) + ",\"code\":" + Quoted(message.code()) +
         ",\"why\":" + Quoted(message.why()) + ",\"at\":" + Quoted(TimeText(letter.put_aside_ms)) +
         ",\"attempt\":" + std::to_string(letter.attempt()) +
         ",\"state\":" + Quoted(runtime::NameOf(letter.state)) + "}\n";
}

std::string LetterTable(const std::vector<Letter>& letters) {
  std::vector<std::vector<std::string>> rows = {{"ID", "PLACE", "CODE", "AT", "ATTEMPT", "STATE", "WHY"}};
  for (const Letter& letter : letters) {
    rows.push_back({letter.id, Shortened(letter.place, kWhyWidth), letter.message.code(),
                    TimeText(letter.put_aside_ms / 1000 * 1000), std::to_string(letter.attempt()),
                    std::string(runtime::NameOf(letter.state)), Shortened(letter.message.why(), kWhyWidth)});
  }
  return Table(rows);
}

std::string LetterJson(const Letter& letter) {
  std::string line = LetterLine(letter);
  line.resize(line.size() - 2);
  return line + ",\"letter\":" + ToJson(letter.message) + "}\n";
}

std::string ShowLetter(const Letter& letter) {
  const v1::DeadLetter& message = letter.message;
  std::string text = fmt::format("dead letter {}: {}\n", letter.id, StateText(letter));
  const auto add = [&](std::string_view name, const std::string& value) {
    if (!value.empty()) {
      text += fmt::format("  {:<14} {}\n", name, Visible(value));
    }
  };
  add("place", letter.place);
  add("read by", message.read_by());
  add("put aside", TimeText(letter.put_aside_ms));
  add("code", message.code());
  add("why", message.why());
  add("stage", StageText(message));
  add("was to be", message.kind());
  add("configuration", message.configuration());
  add("number", message.sequence() > 0 ? std::to_string(message.sequence()) : "");
  add("record's key", message.record_key());
  for (const v1::RecordHeader& header : message.headers()) {
    add("header", header.name() + ": " + header.value());
  }
  const std::string cut =
      message.raw_size() > 0 ? fmt::format(", the first of {}", message.raw_size()) : std::string();
  text += fmt::format("original bytes ({}{}):\n", message.raw().size(), cut) + BytesText(message.raw());
  if (!message.row().empty()) {
    text += "the row as the mapping saw it:\n" + BytesText(message.row());
  }
  return text;
}

std::string ExplainLetter(const Letter& letter, const runtime::ProjectConfig& project,
                          const bus::Topics& topics, const Remapped* today) {
  const v1::DeadLetter& message = letter.message;
  std::string text =
      fmt::format("dead letter {}: {}\n  {}\n", letter.id, Visible(letter.place), StateText(letter));
  text += "stage: " + StageText(message) + "\n" + ConfiguredLine(project, message.configured_at());
  text += message.code() + ": " + Visible(message.why()) + "\n";
  if (const CodeInfo* info = CodeOf(message.code())) {
    text += fmt::format("  it means: {}\n  to do: {}\n", info->what, info->remedy);
  }
  text += "configuration: " + ConfigurationText(letter, project) + "\n";
  return text + (today == nullptr ? RecordText(letter, topics) : TodayText(letter, *today));
}

}  // namespace crossbill::app
