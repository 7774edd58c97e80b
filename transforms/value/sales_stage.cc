#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "crossbill/v1/unified_document.pb.h"
#include "transforms/sdk/dead_letter.h"
#include "transforms/sdk/prefetch.h"
#include "transforms/sdk/wire.h"
#include "transforms/value/sale.h"
#include "transforms/value/stages.h"

namespace crossbill::transforms {
namespace {

constexpr std::size_t kStepRecords = 4096;

// Without the provenance and the links, which are most of a unified document.
bool ReadWhatCounts(std::string_view bytes, v1::UnifiedDocument& document) {
  bool readable = true;
  WireReader reader(bytes);
  while (reader.Next()) {
    if (reader.IsBytes(v1::UnifiedDocument::kNameFieldNumber)) {
      document.set_name(std::string(reader.bytes()));
    } else if (reader.IsVarint(v1::UnifiedDocument::kKindFieldNumber)) {
      document.set_kind(static_cast<v1::Document::Kind>(reader.varint()));
    } else if (reader.IsBytes(v1::UnifiedDocument::kCustomerFieldNumber)) {
      document.set_customer(std::string(reader.bytes()));
    } else if (reader.IsBytes(v1::UnifiedDocument::kDocumentFieldNumber)) {
      const std::string_view part = reader.bytes();
      readable = document.mutable_document()->ParseFromArray(part.data(), static_cast<int>(part.size()));
    }
  }
  return readable && reader.ok();
}

// State: the document's name → the Sale that was sent of it, so that the key at which it stands can be left.
class SalesProcessor : public Processor {
 public:
  explicit SalesProcessor(bus::Topics topics) : topics_(std::move(topics)) {}

  Status Process(std::string_view /*topic*/, const bus::RecordView& record, Context& context) override {
    newest_ms_ = std::max(newest_ms_, record.timestamp_ms);
    std::optional<v1::Sale>& sale = batch_[std::string(record.key)];
    sale.reset();
    if (!record.value) {
      return Ok();
    }
    v1::UnifiedDocument document;
    if (!ReadWhatCounts(*record.value, document) || document.name() != record.key) {
      EmitDeadLetter(context, topics_.DeadLetters(), record, Code::kEventDecode,
                     "expected a UnifiedDocument under its name");
      return Ok();
    }
    sale = SaleOf(document);
    return Ok();
  }

  Status Flush(Context& context) override {
    CROSSBILL_RETURN_IF_ERROR(VisitPrefetched(
        batch_, context.state(),
        [](const auto& entry, std::vector<std::string>& keys) { keys.push_back(entry.first); },
        [&](const auto& entry) { return Send(entry.first, entry.second, context); }));
    batch_.clear();
    return Ok();
  }

 private:
  Status Send(const std::string& name, const std::optional<v1::Sale>& sale, Context& context) {
    CROSSBILL_TRY(const std::optional<std::string> stored, context.state().Get(name));
    v1::Sale before;
    if (stored && !before.ParseFromString(*stored)) {
      return Error(Code::kBusCorrupt, "the stored sale of " + name + " cannot be read");
    }
    const std::string bytes = sale ? sale->SerializeAsString() : std::string();
    if (stored ? sale && bytes == *stored : !sale) {
      return Ok();
    }
    if (stored && (!sale || KeyOfSale(before) != KeyOfSale(*sale))) {
      v1::Sale removal;
      removal.set_document(name);
      removal.set_customer(before.customer());
      removal.set_removed(true);
      Emit(removal, removal.SerializeAsString(), context);
    }
    if (!sale) {
      context.state().Delete(name);
      return Ok();
    }
    context.state().Put(name, bytes);
    Emit(*sale, bytes, context);
    return Ok();
  }

  void Emit(const v1::Sale& sale, const std::string& bytes, Context& context) {
    context.Emit(topics_.Sales(), {KeyOfSale(sale), bytes, {}, newest_ms_});
  }

  bus::Topics topics_;
  std::map<std::string, std::optional<v1::Sale>> batch_;  // the last that a name's records say
  std::int64_t newest_ms_ = 0;
};

}  // namespace

Stage SalesStage(const bus::Topics& topics) {
  Stage stage;
  stage.name = "sales";
  stage.step_records = kStepRecords;
  stage.inputs = {topics.Unified("order"), topics.Unified("invoice")};
  stage.make = [topics](std::int32_t) { return std::make_unique<SalesProcessor>(topics); };
  return stage;
}

}  // namespace crossbill::transforms
