#include "base/log.h"

#include <cstdio>
#include <map>
#include <mutex>

#include "base/utf8.h"

namespace crossbill {
namespace {

constexpr std::int64_t kQuietMicros = 10'000'000;
constexpr std::size_t kMostKeys = 1000;

std::string_view NameOf(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug:
      return "debug";
    case LogLevel::kInfo:
      return "info";
    case LogLevel::kWarn:
      return "warn";
    case LogLevel::kError:
      return "error";
  }
  return "error";
}

void AppendEscape(std::string& out, unsigned char c) {
  constexpr char kHex[] = "0123456789abcdef";
  switch (c) {
    case '"':
      out += "\\\"";
      return;
    case '\\':
      out += "\\\\";
      return;
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    default:
      break;
  }
  out += "\\u00";
  out += kHex[c >> 4];
  out += kHex[c & 15];
}

// JSON text in quotes; what is not UTF-8 becomes U+FFFD, so that a line can always be read.
void AppendQuoted(std::string& out, std::string_view text) {
  out += '"';
  for (std::size_t at = 0; at < text.size();) {
    const char32_t c = NextCodePoint(text, at);
    if (c < 0x20 || c == '"' || c == '\\' || c == 0x7F) {
      AppendEscape(out, static_cast<unsigned char>(c));
    } else {
      AppendCodePoint(out, c);
    }
  }
  out += '"';
}

bool NeedsQuotes(std::string_view text) {
  return text.empty() || text.find_first_of(" \"=\n\r\t\\") != std::string_view::npos;
}

class LineLog final : public Log {
 public:
  LineLog(const Clock& clock, bool json, LogLevel least, std::function<void(std::string_view)> sink)
      : clock_(clock), json_(json), least_(least), sink_(std::move(sink)) {}

  void Write(LogLevel level, std::string_view message, std::initializer_list<Field> fields) override {
    if (level < least_) {
      return;
    }
    const std::lock_guard lock(mutex_);
    std::int64_t held_back = 0;
    if (level == LogLevel::kError && IsRepeated(message, fields, held_back)) {
      return;
    }
    line_.clear();
    if (json_) {
      WriteJson(level, message, fields, held_back);
    } else {
      WriteText(level, message, fields, held_back);
    }
    sink_(line_);
  }

 private:
  struct Seen {
    std::int64_t at;
    std::int64_t held_back;
  };

  // Only errors with a code are limited: others are written once by those who write them.
  bool IsRepeated(std::string_view message, std::initializer_list<Field> fields, std::int64_t& held_back) {
    std::string key;
    for (const auto& [name, value] : fields) {
      if (name == "code") {
        key.insert(0, std::string(value) + '\n');
      } else if (name == "where" || name == "key") {
        key.append(value).append("\n");
      }
    }
    if (key.empty() || !key.starts_with("CB")) {
      return false;
    }
    key.append(message);
    const std::int64_t now = clock_.MonotonicMicros();
    const auto found = seen_.find(key);
    if (found != seen_.end() && now - found->second.at < kQuietMicros) {
      ++found->second.held_back;
      return true;
    }
    if (found != seen_.end()) {
      held_back = found->second.held_back;
      found->second = {now, 0};
      return false;
    }
    if (seen_.size() >= kMostKeys) {
      Forget(now);
    }
    seen_.emplace(std::move(key), Seen{now, 0});
    return false;
  }

  void Forget(std::int64_t now) {
    std::erase_if(seen_, [now](const auto& entry) { return now - entry.second.at >= kQuietMicros; });
    if (seen_.size() >= kMostKeys) {
      seen_.clear();
    }
  }

  Timestamp Now() const {
    const std::int64_t millis = clock_.Now().millis();
    return Timestamp(millis * 1000);
  }

  void WriteJson(LogLevel level, std::string_view message, std::initializer_list<Field> fields,
                 std::int64_t held_back) {
    line_ += "{\"time\":\"";
    Now().AppendTo(line_);
    line_.append("\",\"level\":\"").append(NameOf(level)).append("\",\"message\":");
    AppendQuoted(line_, message);
    for (const auto& [name, value] : fields) {
      line_ += ',';
      AppendQuoted(line_, name);
      line_ += ':';
      AppendQuoted(line_, value);
    }
    if (held_back > 0) {
      line_.append(",\"repeated\":").append(std::to_string(held_back));
    }
    line_ += "}\n";
  }

  void WriteText(LogLevel level, std::string_view message, std::initializer_list<Field> fields,
                 std::int64_t held_back) {
    Now().AppendTo(line_);
    line_ += ' ';
    line_.append(NameOf(level)).append(NameOf(level).size() == 4 ? "  " : " ");
    for (const char c : message) {
      line_ += c == '\n' || c == '\r' ? ' ' : c;
    }
    for (const auto& [name, value] : fields) {
      line_.append(" ").append(name).append("=");
      if (NeedsQuotes(value)) {
        AppendQuoted(line_, value);
      } else {
        line_ += value;
      }
    }
    if (held_back > 0) {
      line_.append(" repeated=").append(std::to_string(held_back));
    }
    line_ += '\n';
  }

  const Clock& clock_;
  const bool json_;
  const LogLevel least_;
  const std::function<void(std::string_view)> sink_;
  std::mutex mutex_;
  std::string line_;                               // guarded by mutex_
  std::map<std::string, Seen, std::less<>> seen_;  // guarded by mutex_
};

class NullLog final : public Log {
 public:
  void Write(LogLevel, std::string_view, std::initializer_list<Field>) override {}
};

}  // namespace

void Log::Failed(std::string_view doing, const Error& error) {
  const CodeInfo& info = InfoOf(error.code());
  if (error.where().empty()) {
    Write(LogLevel::kError, doing, {{"code", info.id}, {"error", error.message()}, {"remedy", info.remedy}});
  } else {
    Write(LogLevel::kError, doing,
          {{"code", info.id}, {"where", error.where()}, {"error", error.message()}, {"remedy", info.remedy}});
  }
}

std::unique_ptr<Log> MakeLog(const Clock& clock, bool json, LogLevel least,
                             std::function<void(std::string_view)> sink) {
  return std::make_unique<LineLog>(clock, json, least, std::move(sink));
}

std::unique_ptr<Log> MakeStderrLog(const Clock& clock, bool json, LogLevel least) {
  return MakeLog(clock, json, least,
                 [](std::string_view line) { std::fwrite(line.data(), 1, line.size(), stderr); });
}

std::unique_ptr<Log> MakeNullLog() { return std::make_unique<NullLog>(); }

}  // namespace crossbill
