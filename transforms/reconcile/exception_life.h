// What becomes of one exception: findings that come and go, and what people decide of it, to its state and
// its history. Which state it is in is a function of the newest finding, the newest decision and the as-of
// date; the history and that it once was found are what happened. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/date.h"
#include "crossbill/v1/internal.pb.h"

namespace crossbill::transforms {

// Somebody claims it, or another value of it.
void TakeFinding(v1::ExceptionLife& life, std::string_view finding);
// Nobody does any more; `settled_by`: the document that settled it, or the exception that it goes on as; may
// be empty.
void LoseFinding(v1::ExceptionLife& life, std::string_view settled_by);
// The newest decision counts, whenever it comes.
void TakeDecision(v1::ExceptionLife& life, const v1::ExceptionDecision& decision, Date as_of);

// The finding is what the decision was about, and it still holds at the date.
bool Holds(const v1::ExceptionDecision& decision, const v1::Exception& finding, Date as_of);

// Records joined its documents or left them: it is found under the name that `settled_by` says.
bool GoesOn(const v1::ExceptionLife& life);

// A round is over: nothing is on its way. `at_ms`: the time of the newest record, 0 when there is none.
// False: a finding that was lost gets one more round, since it may be on its way to another place.
bool Advance(v1::ExceptionLife& life, Date as_of, std::int64_t at_ms);
// What is to be published; nothing where there is nothing (more) to say.
std::optional<std::string> Render(const v1::ExceptionLife& life);
// It is over for so long that it is forgotten: what stays is the decision, for when it is found again.
bool Forget(v1::ExceptionLife& life, Date as_of, int keep_days);

inline constexpr int kMostHistory = 100;

}  // namespace crossbill::transforms
