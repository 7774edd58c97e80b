#include "transforms/reconcile/exception_lives.h"

#include <vector>

#include "base/id.h"
#include "transforms/reconcile/exception_life.h"

namespace crossbill::transforms {
namespace {

constexpr std::size_t kMostInAFlush = 4096;
constexpr std::size_t kDateChars = 10;

std::string LifeKey(const std::string& name) { return "l/" + name; }
std::string UntilKey(const std::string& name) { return "u/" + name; }
std::string ResolvedKey(const std::string& date, const std::string& name) { return "r/" + date + "/" + name; }

bool IsEmpty(const v1::ExceptionLife& life) {
  return !life.found() && !life.has_decision() && life.state() == v1::Exception::STATE_UNSPECIFIED;
}

}  // namespace

Result<std::optional<v1::ExceptionLife>> ExceptionLives::Load(bus::StateStore& state,
                                                              const std::string& name) {
  CROSSBILL_TRY(const std::optional<std::string> stored, state.Get(LifeKey(name)));
  if (!stored) {
    return std::optional<v1::ExceptionLife>();
  }
  v1::ExceptionLife life;
  if (!life.ParseFromString(*stored)) {
    return Error(Code::kBusCorrupt, "what is stored of " + name + " cannot be read");
  }
  return std::optional(std::move(life));
}

void ExceptionLives::Store(bus::StateStore& state, const std::string& name, const v1::ExceptionLife& life) {
  if (IsEmpty(life)) {
    state.Delete(LifeKey(name));
  } else {
    state.Put(LifeKey(name), life.SerializeAsString());
  }
}

Status ExceptionLives::Find(bus::StateStore& state, const std::string& name, std::string_view finding) {
  CROSSBILL_TRY(std::optional<v1::ExceptionLife> life, Load(state, name));
  v1::ExceptionLife& taken = life ? *life : life.emplace();
  TakeFinding(taken, finding);
  Store(state, name, taken);
  owed_.Add(name);
  return Ok();
}

Result<bool> ExceptionLives::Lose(bus::StateStore& state, const std::string& name,
                                  std::string_view settled_by) {
  CROSSBILL_TRY(std::optional<v1::ExceptionLife> life, Load(state, name));
  if (!life) {
    return false;
  }
  LoseFinding(*life, settled_by);
  Store(state, name, *life);
  owed_.Add(name);
  return true;
}

Status ExceptionLives::Decide(Context& context, const v1::ExceptionDecision& decision) {
  const std::string& name = decision.exception();
  CROSSBILL_TRY(std::optional<v1::ExceptionLife> life, Load(context.state(), name));
  v1::ExceptionLife& taken = life ? *life : life.emplace();
  TakeDecision(taken, decision, context.as_of());
  if (!decision.until().empty()) {
    context.state().Put(UntilKey(name), "");
  }
  Store(context.state(), name, taken);
  owed_.Add(name);
  return Ok();
}

// What another date may change: decisions that hold until a day, and what is kept no longer.
Status ExceptionLives::MarkDue(Context& context) {
  if (as_of_ == context.as_of()) {
    return Ok();
  }
  bus::StateStore& state = context.state();
  if (!as_of_) {
    CROSSBILL_RETURN_IF_ERROR(owed_.Resume(state));
  }
  as_of_ = context.as_of();
  const std::string_view until = "u/", resolved = "r/";
  CROSSBILL_RETURN_IF_ERROR(state.Scan(until, [&](std::string_view key, std::string_view) {
    owed_.Add(key.substr(until.size()));
    return true;
  }));
  const std::string kept_from = as_of_->PlusDays(-keep_days_).ToString();
  return state.Scan(resolved, [&](std::string_view key, std::string_view) {
    key.remove_prefix(resolved.size());
    if (key.substr(0, kDateChars) >= kept_from) {
      return false;
    }
    owed_.Add(key.substr(kDateChars + 1));
    return true;
  });
}

Status ExceptionLives::Flush(Context& context, std::int64_t at_ms, Writer& writer) {
  CROSSBILL_RETURN_IF_ERROR(MarkDue(context));
  if (context.settles()) {
    std::vector<std::string> names;
    for (std::string first; !owed_.empty() && names.size() < kMostInAFlush;) {
      std::string name = owed_.Next();
      if (name == first) {
        break;
      }
      if (names.empty()) {
        first = name;
      }
      names.push_back(std::move(name));
    }
    for (const std::string& name : names) {
      CROSSBILL_RETURN_IF_ERROR(Settle(context, name, at_ms, writer));
    }
  }
  owed_.Store(context.state());
  return Ok();
}

Status ExceptionLives::Settle(Context& context, const std::string& name, std::int64_t at_ms, Writer& writer) {
  bus::StateStore& state = context.state();
  CROSSBILL_TRY(std::optional<v1::ExceptionLife> life, Load(state, name));
  if (!life) {
    owed_.Done(state, name);
    return Ok();
  }
  const std::string resolved_before = life->resolved_on();
  if (!Advance(*life, context.as_of(), at_ms)) {
    Store(state, name, *life);  // once more in the next round
    return Ok();
  }
  owed_.Done(state, name);
  if (GoesOn(*life) && life->has_decision()) {
    v1::ExceptionDecision decision = life->decision();
    decision.set_exception(life->settled_by());
    writer.Forward(decision);
  }
  Forget(*life, context.as_of(), keep_days_);
  const std::optional<std::string> value = Render(*life);
  const std::string hash = value ? Hash128Of(*value).ToHex() : std::string();
  if (hash != life->published()) {
    writer.Write(name, value);
    life->set_published(hash);
  }
  if (resolved_before != life->resolved_on()) {
    if (!resolved_before.empty()) {
      state.Delete(ResolvedKey(resolved_before, name));
    }
    if (!life->resolved_on().empty()) {
      state.Put(ResolvedKey(life->resolved_on(), name), "");
    }
  }
  if (!life->decision().until().empty()) {
    state.Put(UntilKey(name), "");
  } else {
    state.Delete(UntilKey(name));
  }
  Store(state, name, *life);
  return Ok();
}

}  // namespace crossbill::transforms
