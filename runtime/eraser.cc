#include "runtime/eraser.h"

#include <algorithm>

#include "transforms/erasure/write_erasures.h"

namespace crossbill::runtime {
namespace {

bool IsPending(const v1::Erasure& audit) { return audit.completed_at().empty(); }

}  // namespace

bool Eraser::HasWork(const transforms::Erasures& erasures) {
  return std::any_of(erasures.audits().begin(), erasures.audits().end(),
                     [](const auto& audit) { return IsPending(audit.second); });
}

Result<bool> Eraser::Step(const transforms::Erasures& erasures, const transforms::Ends& ends,
                          facade::Views* views) {
  CROSSBILL_TRY(const std::size_t published,
                transforms::PublishReplacements(bus_, topics_, erasures, clock_));
  if (published > 0) {
    return true;
  }
  CROSSBILL_RETURN_IF_ERROR(transforms::ThinOut(bus_, topics_, erasures, ends));
  CROSSBILL_RETURN_IF_ERROR(Scrub(erasures, views));
  CROSSBILL_RETURN_IF_ERROR(Complete());
  return false;
}

Status Eraser::Follow(const transforms::Erasures& erasures, facade::Views* views) {
  bool completed = false;
  for (const auto& [name, audit] : erasures.audits()) {
    if (IsPending(audit)) {
      pending_.insert(name);
    } else {
      completed = pending_.erase(name) > 0 || completed;
    }
  }
  return completed ? Scrub(erasures, views) : Ok();
}

Status Eraser::Scrub(const transforms::Erasures& erasures, facade::Views* views) {
  CROSSBILL_RETURN_IF_ERROR(bus_.Scrub());
  const auto forgotten = [&](std::string_view record) { return erasures.IsDropped(record); };
  return views != nullptr ? views->Scrub(forgotten) : Ok();
}

Status Eraser::Complete() {
  return transforms::WriteErasures(bus_, topics_, gate_, clock_, [&]() -> Result<transforms::ErasureEntries> {
    CROSSBILL_TRY(const transforms::Erasures known, transforms::ReadErasures(bus_, topics_, secret_));
    transforms::ErasureEntries entries;
    for (const auto& [name, audit] : known.audits()) {
      if (IsPending(audit)) {
        entries.emplace_back(name, audit);
        entries.back().second.set_completed_at(clock_.Now().ToString());
        log_.Info("an erasure is completed", {{"erasure", name}});
      }
    }
    return entries;
  });
}

}  // namespace crossbill::runtime
