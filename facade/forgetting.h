// Forgetting persons, and allowing them again: what has to go is found in the read model and on the topics,
// and told on <prefix>.internal.erasure; the stages and the eraser (runtime) do the rest. Takes as long as
// reading the source topics. Any thread.
#pragma once

#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/secret.h"
#include "bus/bus.h"
#include "bus/topics.h"
#include "crossbill/v1/erasure.pb.h"
#include "facade/views/views.h"
#include "transforms/erasure/erasure_gate.h"
#include "transforms/erasure/erasures.h"

namespace crossbill::v1 {
class ForgetRequest;
class ForgetResponse;
}  // namespace crossbill::v1

namespace crossbill::facade {

class Forgetting {
 public:
  Forgetting(bus::Bus& bus, bus::Topics topics, Views& views, Secret secret, transforms::ErasureGate& gate,
             const Clock& clock)
      : bus_(bus),
        topics_(std::move(topics)),
        views_(views),
        secret_(std::move(secret)),
        gate_(gate),
        clock_(clock) {}

  // kNotFound: no such customer or record. kRequestField: the reason says who it is.
  Result<v1::ForgetResponse> Forget(const v1::ForgetRequest& request);
  // By the erasure's name, or a record that was forgotten; gives the audit entry.
  Result<v1::Erasure> Allow(const std::string& name, const std::string& by);

 private:
  struct Plan;

  Status TakeRecords(const v1::ForgetRequest& request, Plan& plan);
  Status TakeDocuments(const std::string& customer, Plan& plan);
  Status ReadParties(Plan& plan);
  Status FindStaying(Plan& plan);
  Status LookAtTopics(Plan& plan);
  v1::ForgetResponse Tell(const Plan& plan, const v1::ForgetRequest& request) const;
  Status Write(const Plan& plan, v1::Erasure& audit);
  // With new hashes where there are none yet: `made` is then the entry of their key.
  Result<transforms::Erasures> Known(std::optional<v1::Erasure>& made);

  bus::Bus& bus_;
  const bus::Topics topics_;
  Views& views_;
  const Secret secret_;
  transforms::ErasureGate& gate_;
  const Clock& clock_;
  std::mutex mutex_;  // one at a time
};

}  // namespace crossbill::facade
