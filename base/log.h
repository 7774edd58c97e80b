// Structured logging: one JSON object a line on stderr, or short text for people on a terminal. Passed in,
// never global. Nothing is logged per record; repeated errors are limited to one a code and key in ten
// seconds. Any thread.
#pragma once

#include <functional>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "base/clock.h"
#include "base/result.h"

namespace crossbill {

enum class LogLevel { kDebug, kInfo, kWarn, kError };

class Log {
 public:
  using Field = std::pair<std::string_view, std::string_view>;
  virtual ~Log() = default;
  virtual void Write(LogLevel level, std::string_view message, std::initializer_list<Field> fields) = 0;

  void Info(std::string_view message, std::initializer_list<Field> fields = {}) {
    Write(LogLevel::kInfo, message, fields);
  }
  void Warn(std::string_view message, std::initializer_list<Field> fields = {}) {
    Write(LogLevel::kWarn, message, fields);
  }
  void Failed(std::string_view doing, const Error& error);  // kError with code and where
};

std::unique_ptr<Log> MakeStderrLog(const Clock& clock, bool json, LogLevel least);
// The same to another place: `sink` is given whole lines with their '\n', one at a time.
std::unique_ptr<Log> MakeLog(const Clock& clock, bool json, LogLevel least,
                             std::function<void(std::string_view)> sink);
std::unique_ptr<Log> MakeNullLog();

}  // namespace crossbill
