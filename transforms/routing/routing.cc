// The second stage of routing, partitioned by routing key: see README.md.
#include "transforms/routing/routing.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "crossbill/v1/internal.pb.h"
#include "transforms/routing/places.h"
#include "transforms/routing/routed.h"
#include "transforms/sdk/dead_letter.h"

namespace crossbill::transforms {
namespace {

class Router final : public Processor {
 public:
  explicit Router(const bus::Topics& topics)
      : routing_(topics.Routing()),
        assignments_(topics.Assignments()),
        reconcile_(topics.Reconcile()),
        dead_letters_(topics.DeadLetters()) {}

  void AddKeys(std::string_view /*topic*/, const bus::RecordView& record,
               std::vector<std::string>& keys) const override {
    keys.push_back(IsPartyKey(record.key) ? PartyPlaces::CustomerEntry(record.key)
                                          : StandingEntry(record.key));
  }

  Status Process(std::string_view topic, const bus::RecordView& record, Context& context) override {
    CROSSBILL_RETURN_IF_ERROR(Resume(context));
    newest_ms_ = std::max(newest_ms_, record.timestamp_ms);
    Outlet out(context, routing_, reconcile_, record.timestamp_ms);
    if (topic == assignments_) {
      return OnAssignment(record, context, out);
    }
    Routed routed;
    if (!record.value || !ReadRouted(*record.value, routed)) {
      return Refuse(context, record, "not a crossbill.v1.RoutedDocument");
    }
    if (IsPartyKey(record.key)) {
      return PartyPlaces::OnDocument(record.key, *record.value, routed, out);
    }
    if (IsReferenceKey(record.key) || IsClueKey(record.key)) {
      return routed.announcement ? references_.OnAnnouncement(record.key, routed, out)
                                 : references_.OnDocument(record.key, *record.value, routed, out);
    }
    return Refuse(context, record, "the key is no routing key (P|…, R|… or C|…)");
  }

  Status Flush(Context& context) override {
    CROSSBILL_RETURN_IF_ERROR(Resume(context));
    forwarded_ = false;
    if (context.settles()) {
      Outlet out(context, routing_, reconcile_, newest_ms_);
      CROSSBILL_RETURN_IF_ERROR(references_.Settle(out));
      forwarded_ = out.forwarded();
    }
    references_.Store(context.state());
    return Ok();
  }
  // What was sent on to the next place is work of this stage again: it is not at rest before that was read.
  bool owes() const override { return references_.owes() || forwarded_; }

 private:
  // Before anything else: what the last run left over.
  Status Resume(Context& context) {
    if (resumed_) {
      return Ok();
    }
    resumed_ = true;
    return references_.Resume(context.state());
  }

  Status OnAssignment(const bus::RecordView& record, Context& context, Outlet& out) {
    std::string customer;
    if (record.value) {
      v1::Assignment assignment;
      if (!assignment.ParseFromArray(record.value->data(), static_cast<int>(record.value->size()))) {
        return Refuse(context, record, "not a crossbill.v1.Assignment");
      }
      customer = assignment.customer();
    }
    return PartyPlaces::OnCustomer(record.key, customer, out);
  }

  Status Refuse(Context& context, const bus::RecordView& record, std::string_view why) const {
    EmitDeadLetter(context, dead_letters_, record, Code::kEventDecode, why);
    return Ok();
  }

  std::string routing_;
  std::string assignments_;
  std::string reconcile_;
  std::string dead_letters_;
  ReferencePlaces references_;
  bool resumed_ = false;
  bool forwarded_ = false;      // by the last flush
  std::int64_t newest_ms_ = 0;  // of the records read
};

}  // namespace

Stage RoutingStage(const bus::Topics& topics) {
  Stage stage;
  stage.name = "routing";
  stage.inputs = {topics.Routing(), topics.Assignments()};
  stage.make = [topics](std::int32_t) { return std::make_unique<Router>(topics); };
  return stage;
}

}  // namespace crossbill::transforms
