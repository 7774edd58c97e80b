#include "runtime/stages.h"

#include <algorithm>
#include <thread>

#include "crossbill/config/v1/project.pb.h"
#include "runtime/exception_config.h"
#include "runtime/on_threads.h"
#include "runtime/project.h"
#include "runtime/runner.h"
#include "transforms/evidence/evidence.h"
#include "transforms/identity/identity.h"
#include "transforms/reconcile/publish.h"
#include "transforms/reconcile/reconcile.h"
#include "transforms/routing/routing.h"
#include "transforms/value/stages.h"

namespace crossbill::runtime {
namespace {

constexpr unsigned kMostThreads = 4;  // of identity, which is one task of many

}  // namespace

bus::Topics TopicsOf(const ProjectConfig& project) {
  return bus::Topics(project.project().prefix(), project.project().partitions());
}

std::vector<transforms::Stage> StagesOf(const ProjectConfig& project, const bus::Topics& topics) {
  std::vector<transforms::Stage> stages =
      StagesOf(project.project(), project.comparer(), topics, project.own_rules(), project.value());
  for (transforms::Stage& stage : stages) {
    stage.configuration = project.hash();
  }
  return stages;
}

std::vector<transforms::Stage> StagesOf(const config::v1::Project& project,
                                        std::shared_ptr<const transforms::Comparer> comparer,
                                        const bus::Topics& topics, const transforms::OwnRules& own_rules,
                                        const transforms::ValueOptions& value) {
  const config::v1::Matching& matching = project.matching();
  transforms::IdentityOptions identity;
  identity.comparer = std::move(comparer);
  identity.authority.assign(matching.authority().begin(), matching.authority().end());
  identity.erasure_key = Secret(project.erasure_key());
  identity.for_each_part = OnThreads(std::clamp(std::thread::hardware_concurrency(), 1U, kMostThreads));
  transforms::ReconcileOptions reconcile;
  reconcile.authority = identity.authority;
  if (matching.shipped_not_invoiced_days() > 0) {
    reconcile.shipped_not_invoiced_days = matching.shipped_not_invoiced_days();
  }
  if (matching.same_document_days() > 0) {
    reconcile.same_document_days = matching.same_document_days();
  }
  if (matching.crowd() > 0) {
    reconcile.crowd = static_cast<std::size_t>(matching.crowd());
  }
  if (const auto tolerance = Decimal::Parse(matching.price_tolerance()); tolerance.ok()) {
    reconcile.price_tolerance = *tolerance;
  }
  if (const auto tolerance = Decimal::Parse(matching.amount_tolerance()); tolerance.ok()) {
    reconcile.amount_tolerance = *tolerance;
  }
  reconcile.policies = PoliciesOf(project.exceptions());
  reconcile.rules = own_rules;
  transforms::PublishOptions publish;
  publish.keep_resolved_days = KeepResolvedDays(project.exceptions());
  std::vector<transforms::Stage> stages = {transforms::IntakeStage(topics),
                                           transforms::IdentityStage(topics, identity),
                                           transforms::EvidenceStage(topics),
                                           transforms::RoutingStage(topics),
                                           transforms::ReconcileStage(topics, reconcile),
                                           transforms::PublishStage(topics, publish),
                                           transforms::SalesStage(topics),
                                           transforms::ValueStage(topics, value),
                                           transforms::MarketStage(topics, value)};
  for (transforms::Stage& stage : stages) {
    if (!stage.single) {  // they share the transactions of their partition, and read different topics
      stage.group = "transforms";
    }
  }
  return stages;
}

}  // namespace crossbill::runtime
