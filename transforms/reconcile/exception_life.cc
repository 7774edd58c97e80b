#include "transforms/reconcile/exception_life.h"

#include <algorithm>
#include <utility>

#include "base/decimal.h"

namespace crossbill::transforms {
namespace {

using v1::Exception;
using v1::ExceptionDecision;
using v1::ExceptionEvent;
using v1::ExceptionLife;

// A finding that is gone is waited for in so many rounds.
constexpr int kRoundsToMiss = 1;

bool SameMoney(const v1::Money& a, const v1::Money& b) {
  if (a.currency() != b.currency()) {
    return false;
  }
  const auto left = Decimal::Parse(a.amount());
  const auto right = Decimal::Parse(b.amount());
  return left.ok() && right.ok() ? *left == *right : a.amount() == b.amount();
}

std::string Text(const v1::Money& money) {
  return money.amount().empty() ? "unknown" : money.amount() + " " + money.currency();
}

std::string Instant(std::int64_t ms) { return ms == 0 ? std::string() : Timestamp(ms * 1000).ToString(); }

// Which of two decisions counts.
auto PlaceOf(const ExceptionDecision& decision) {
  const auto time = Timestamp::Parse(decision.decided_at());
  return std::pair(time.ok() ? time->micros() : 0, decision.name());
}

ExceptionEvent::Kind KindOf(ExceptionDecision::Verdict verdict) {
  switch (verdict) {
    case ExceptionDecision::ACKNOWLEDGE:
      return ExceptionEvent::ACKNOWLEDGED;
    case ExceptionDecision::RESOLVE:
      return ExceptionEvent::RESOLVED;
    default:
      return ExceptionEvent::REOPENED;
  }
}

ExceptionEvent EventOf(const ExceptionDecision& decision, Date as_of) {
  ExceptionEvent event;
  event.set_kind(KindOf(decision.verdict()));
  event.set_on(as_of.ToString());
  event.set_at(decision.decided_at());
  event.set_by(decision.decided_by());
  event.set_why(decision.reason());
  return event;
}

bool IsOf(const ExceptionEvent& event, const ExceptionDecision& decision) {
  return event.kind() == KindOf(decision.verdict()) && event.at() == decision.decided_at() &&
         event.why() == decision.reason();
}

bool Knows(const ExceptionLife& life, const ExceptionEvent& event) {
  return std::any_of(life.history().begin(), life.history().end(), [&](const ExceptionEvent& each) {
    return each.kind() == event.kind() && each.at() == event.at() && each.by() == event.by() &&
           each.why() == event.why();
  });
}

void Add(ExceptionLife& life, ExceptionEvent event) {
  *life.add_history() = std::move(event);
  if (life.history_size() > kMostHistory) {
    life.mutable_history()->DeleteSubrange(0, life.history_size() - kMostHistory);
  }
}

// The state that the history ends in.
Exception::State Told(const ExceptionLife& life) {
  if (life.history().empty()) {
    return Exception::STATE_UNSPECIFIED;
  }
  switch (life.history(life.history_size() - 1).kind()) {
    case ExceptionEvent::ACKNOWLEDGED:
      return Exception::ACKNOWLEDGED;
    case ExceptionEvent::RESOLVED:
      return Exception::RESOLVED;
    default:
      return Exception::OPEN;
  }
}

// The history ends with its being resolved by itself; but it is found, and a person's word alone closes it.
bool HasToNamePerson(const ExceptionLife& life, Exception::State state) {
  return state == Exception::RESOLVED && life.found() &&
         !IsOf(life.history(life.history_size() - 1), life.decision());
}

Exception FindingOf(const ExceptionLife& life) {
  Exception finding;
  finding.ParseFromString(life.finding());  // it was read before
  return finding;
}

Exception::State StateOf(const ExceptionLife& life, const Exception& finding, Date as_of) {
  if (!life.found()) {
    return Exception::RESOLVED;
  }
  if (!life.has_decision() || !Holds(life.decision(), finding, as_of)) {
    return Exception::OPEN;
  }
  return life.decision().verdict() == ExceptionDecision::RESOLVE ? Exception::RESOLVED
                                                                 : Exception::ACKNOWLEDGED;
}

// Why a decision does not hold any more, or a finding is back.
std::string WhyReopened(const ExceptionLife& life, const Exception& finding, Date as_of) {
  if (!life.was_found() || !life.has_decision()) {
    return "found again";
  }
  const ExceptionDecision& decision = life.decision();
  if (!decision.until().empty() && decision.until() < as_of.ToString()) {
    return "the decision held until " + decision.until();
  }
  if (!SameMoney(decision.at_stake(), finding.at_stake())) {
    return "at stake was " + Text(decision.at_stake()) + ", is " + Text(finding.at_stake());
  }
  return "what was found changed";
}

// The history's next step, when the state is another than it tells.
void Tell(ExceptionLife& life, const Exception& finding, Exception::State state, Date as_of,
          std::int64_t at_ms) {
  ExceptionEvent event;
  event.set_on(as_of.ToString());
  event.set_at(Instant(at_ms));
  *event.mutable_at_stake() = finding.at_stake();
  const Exception::State told = Told(life);
  if (state == Exception::RESOLVED && !life.found()) {
    event.set_kind(ExceptionEvent::RESOLVED);
    const std::string& by = life.settled_by();
    if (GoesOn(life)) {
      event.set_why("goes on as " + by);
    } else {
      event.set_document(by);
      event.set_why(by.empty() ? "not found any more" : "settled by " + by);
    }
    return Add(life, std::move(event));
  }
  if (told == Exception::RESOLVED || state == Exception::OPEN) {
    event.set_kind(ExceptionEvent::REOPENED);
    event.set_why(WhyReopened(life, finding, as_of));
    Add(life, std::move(event));
  }
  if (state != Exception::OPEN) {
    Add(life, EventOf(life.decision(), as_of));
  }
}

// The first finding comes before all that was decided of it.
void TellOpened(ExceptionLife& life, const Exception& finding, Date as_of, std::int64_t at_ms) {
  ExceptionEvent event;
  event.set_kind(ExceptionEvent::OPENED);
  event.set_on(as_of.ToString());
  event.set_at(Instant(at_ms));
  event.set_why(finding.rule());
  *event.mutable_at_stake() = finding.at_stake();
  Add(life, std::move(event));
  for (int i = life.history_size() - 1; i > 0; --i) {
    life.mutable_history()->SwapElements(i, i - 1);
  }
}

}  // namespace

void TakeFinding(ExceptionLife& life, std::string_view finding) {
  life.set_finding(std::string(finding));
  life.set_found(true);
  life.set_missed(0);
  life.clear_settled_by();
}

void LoseFinding(ExceptionLife& life, std::string_view settled_by) {
  life.set_found(false);
  life.set_missed(0);
  life.set_settled_by(std::string(settled_by));
}

void TakeDecision(ExceptionLife& life, const ExceptionDecision& decision, Date as_of) {
  ExceptionEvent event = EventOf(decision, as_of);
  const bool newer = !life.has_decision() || PlaceOf(life.decision()) < PlaceOf(decision);
  if (newer) {
    *life.mutable_decision() = decision;
    Add(life, std::move(event));
  } else if (!Knows(life, event)) {
    Add(life, std::move(event));
    if (life.history_size() > 1) {  // it was outweighed before it came
      life.mutable_history()->SwapElements(life.history_size() - 1, life.history_size() - 2);
    }
  }
}

bool Holds(const ExceptionDecision& decision, const Exception& finding, Date as_of) {
  if (decision.verdict() != ExceptionDecision::ACKNOWLEDGE &&
      decision.verdict() != ExceptionDecision::RESOLVE) {
    return false;
  }
  if (!decision.until().empty() && decision.until() < as_of.ToString()) {
    return false;
  }
  return decision.whatever_amount() ||
         (SameMoney(decision.expected(), finding.expected()) &&
          SameMoney(decision.found(), finding.found()) && decision.found_text() == finding.found_text() &&
          SameMoney(decision.at_stake(), finding.at_stake()));
}

bool GoesOn(const ExceptionLife& life) {
  return !life.found() && life.settled_by().starts_with("exceptions/");
}

bool Advance(ExceptionLife& life, Date as_of, std::int64_t at_ms) {
  const bool published = life.state() != Exception::STATE_UNSPECIFIED;
  if (!life.found() && !published) {
    life.clear_finding();  // it came and went within a round
    return true;
  }
  if (!life.found() && life.was_found() && life.missed() < kRoundsToMiss) {
    life.set_missed(life.missed() + 1);
    return false;
  }
  const Exception finding = FindingOf(life);
  const Exception::State state = StateOf(life, finding, as_of);
  if (!published) {
    TellOpened(life, finding, as_of, at_ms);
  }
  if (Told(life) != state || HasToNamePerson(life, state)) {
    Tell(life, finding, state, as_of, at_ms);
  }
  if (state != Exception::RESOLVED) {
    life.clear_resolved_on();
  } else if (life.resolved_on().empty()) {
    life.set_resolved_on(as_of.ToString());
  }
  life.set_state(state);
  life.set_was_found(life.found());
  return true;
}

std::optional<std::string> Render(const ExceptionLife& life) {
  if (life.state() == Exception::STATE_UNSPECIFIED) {
    return std::nullopt;
  }
  Exception exception = FindingOf(life);
  exception.set_state(life.state());
  exception.set_gone(!life.was_found());
  exception.set_resolved_on(life.resolved_on());
  if (!GoesOn(life)) {
    exception.set_settled_by(life.settled_by());
  }
  *exception.mutable_history() = life.history();
  if (life.has_decision() && life.decision().verdict() != ExceptionDecision::REOPEN) {
    *exception.mutable_decision() = life.decision();
  }
  if (life.state() == Exception::RESOLVED) {
    const ExceptionEvent& last = life.history(life.history_size() - 1);
    exception.set_resolution(last.by().empty() ? last.why() : "by " + last.by() + ": " + last.why());
  }
  return exception.SerializeAsString();
}

bool Forget(ExceptionLife& life, Date as_of, int keep_days) {
  if (life.found() || life.state() != Exception::RESOLVED) {
    return false;
  }
  const auto resolved = Date::Parse(life.resolved_on());
  if (!resolved.ok() || resolved->PlusDays(keep_days) >= as_of) {
    return false;
  }
  ExceptionLife left;
  if (life.has_decision()) {
    *left.mutable_decision() = life.decision();
  }
  left.set_published(life.published());
  life = std::move(left);
  return true;
}

}  // namespace crossbill::transforms
