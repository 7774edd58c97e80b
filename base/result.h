// Result<T>: a value or an Error; Status: success or an Error. Both must be looked at ([[nodiscard]]).
// Thread rule: values; no sharing. Errors carry a code of the catalogue (base/errors.def), a message for
// people, and where it happened (file:line:column, table and key, byte offset), which grows as an error
// travels up.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace crossbill {

enum class Code : std::uint16_t {
#define CROSSBILL_ERROR(number, name, retry, grpc, exit, what, remedy) name = number,
#include "base/errors.def"
#undef CROSSBILL_ERROR
};

enum class Retry { Never, Backoff, Reconnect };

// What the catalogue says of a code. The strings live as long as the program.
struct CodeInfo {
  Code code;
  std::string_view id;    // "CB1101"
  std::string_view name;  // "kConfigUnknownKey"
  Retry retry;
  std::string_view grpc;  // "INVALID_ARGUMENT"
  int exit_code;
  std::string_view what;
  std::string_view remedy;
};

const CodeInfo& InfoOf(Code code);
// Calls visit(const CodeInfo&) for the whole catalogue, in order of numbers.
void ForEachCode(void (*visit)(const CodeInfo&, void*), void* context);

class [[nodiscard]] Error {
 public:
  Error(Code code, std::string message, std::string where = {})
      : code_(code), message_(std::move(message)), where_(std::move(where)) {}

  Code code() const { return code_; }
  const std::string& message() const { return message_; }
  const std::string& where() const { return where_; }
  Retry retry() const { return InfoOf(code_).retry; }

  // Puts an outer place in front: "crm.yaml:3:1" before "streams[0].map".
  Error At(std::string_view place) &&;
  // "connectors/crm.yaml:3:5: error CB1101: unknown key "tabel"; did you mean "table"?"
  std::string ToString() const;

 private:
  Code code_;
  std::string message_;
  std::string where_;
};

template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}      // NOLINT: implicit by design
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}  // NOLINT: implicit by design

  bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }
  // Asking for what is not there is a defect of ours and aborts.
  T& value() & {
    Require(ok());
    return *std::get_if<0>(&state_);
  }
  const T& value() const& {
    Require(ok());
    return *std::get_if<0>(&state_);
  }
  T&& value() && {
    Require(ok());
    return std::move(*std::get_if<0>(&state_));
  }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }
  const Error& error() const& {
    Require(!ok());
    return *std::get_if<1>(&state_);
  }
  Error&& error() && {
    Require(!ok());
    return std::move(*std::get_if<1>(&state_));
  }

 private:
  static void Require(bool condition) {
    if (!condition) {
      std::abort();
    }
  }
  std::variant<T, Error> state_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}  // NOLINT: implicit by design
  bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }
  const Error& error() const& {
    if (ok()) {
      std::abort();
    }
    return *std::get_if<1>(&state_);
  }
  Error&& error() && {
    if (ok()) {
      std::abort();
    }
    return std::move(*std::get_if<1>(&state_));
  }

 private:
  std::variant<std::monostate, Error> state_;
};

using Status = Result<void>;
inline Status Ok() { return {}; }

// A condition that only a defect of ours can break: always checked, says where, aborts. Never for data.
[[noreturn]] void CheckFailed(const char* condition, const char* file, int line);

}  // namespace crossbill

#define CROSSBILL_CHECK(condition)                              \
  do {                                                          \
    if (!(condition)) {                                         \
      ::crossbill::CheckFailed(#condition, __FILE__, __LINE__); \
    }                                                           \
  } while (false)

#define CROSSBILL_CONCAT_(a, b) a##b
#define CROSSBILL_CONCAT(a, b) CROSSBILL_CONCAT_(a, b)
// CROSSBILL_TRY(auto x, F()): x is the value, or the error is returned.
#define CROSSBILL_TRY(declaration, expression)                            \
  auto CROSSBILL_CONCAT(crossbill_try_, __LINE__) = (expression);         \
  if (!CROSSBILL_CONCAT(crossbill_try_, __LINE__).ok()) {                 \
    return std::move(CROSSBILL_CONCAT(crossbill_try_, __LINE__)).error(); \
  }                                                                       \
  declaration = std::move(CROSSBILL_CONCAT(crossbill_try_, __LINE__)).value()
// For a Status.
#define CROSSBILL_RETURN_IF_ERROR(expression)      \
  do {                                             \
    auto crossbill_status_ = (expression);         \
    if (!crossbill_status_.ok()) {                 \
      return std::move(crossbill_status_).error(); \
    }                                              \
  } while (false)
