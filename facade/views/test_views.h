// For the tests of the facade: a read model in a temporary folder, filled as the updater would fill it.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "crossbill/v1/customer.pb.h"
#include "crossbill/v1/exception.pb.h"
#include "crossbill/v1/party.pb.h"
#include "crossbill/v1/unified_document.pb.h"
#include "facade/views/views.h"
#include "transforms/identity/comparer.h"

namespace crossbill::facade {

class TestFolder {
 public:
  TestFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "crossbill-views-XXXXXX").string();
    path_ = mkdtemp(pattern.data());
  }
  TestFolder(const TestFolder&) = delete;
  TestFolder& operator=(const TestFolder&) = delete;
  ~TestFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

// The value or the end of the test.
template <class T>
T Must(Result<T> result) {
  if (!result.ok()) {
    ADD_FAILURE() << result.error().ToString();
    std::abort();
  }
  return std::move(*result);
}

inline v1::Customer MakeCustomer(const std::string& name, const std::string& display_name) {
  v1::Customer customer;
  customer.set_name(name);
  customer.set_display_name(display_name);
  return customer;
}

template <class Message>
void AddRecord(Message& message, const std::string& system, const std::string& stream,
               const std::string& key) {
  v1::SourceRef& record = *message.add_records();
  record.set_system(system);
  record.set_stream(stream);
  record.set_key(key);
}

inline v1::UnifiedDocument MakeDocument(const std::string& name, v1::Document::Kind kind,
                                        const std::string& customer, const std::string& date,
                                        const std::string& number = "") {
  v1::UnifiedDocument document;
  document.set_name(name);
  document.set_kind(kind);
  document.set_customer(customer);
  document.mutable_document()->set_date(date);
  document.mutable_document()->set_number(number);
  return document;
}

class TestViews {
 public:
  explicit TestViews(std::shared_ptr<const transforms::Comparer> comparer = nullptr)
      : comparer_(std::move(comparer)) {
    Reopen();
  }

  // As after a crash: nothing is closed in order but the lock.
  void Reopen() {
    views_.reset();
    views_ = Must(Views::Open(path(), false, comparer_));
  }
  void Reopen(std::shared_ptr<const transforms::Comparer> comparer) {
    comparer_ = std::move(comparer);
    Reopen();
  }

  // One record of a topic; nothing: a tombstone.
  void Put(const std::string& topic, const std::string& key, const std::optional<std::string>& value) {
    bus::Batch batch;
    batch.sources = {{topic, 0}};
    batch.records.push_back(
        {0, offset_, {key, value ? std::optional<std::string_view>(*value) : std::nullopt, {}, 0}});
    batch.next_offsets[{topic, 0}] = ++offset_;
    const Status applied = views_->Apply(topics_, batch);
    ASSERT_TRUE(applied.ok()) << applied.error().ToString();
  }
  void Put(const v1::Customer& customer) {
    Put(topics_.Unified("customer"), customer.name(), customer.SerializeAsString());
  }
  void Put(const v1::UnifiedDocument& document) {
    Put(TopicOf(document.kind()), document.name(), document.SerializeAsString());
  }
  void Put(const v1::Exception& exception) {
    Put(topics_.Exceptions(), exception.name(), exception.SerializeAsString());
  }
  // Of the record "system/stream/key".
  void PutParty(const std::string& record, const v1::Party& party) {
    Put(topics_.Source("party"), record, party.SerializeAsString());
  }
  void RemoveParty(const std::string& record) { Put(topics_.Source("party"), record, std::nullopt); }
  void RemoveCustomer(const std::string& name) { Put(topics_.Unified("customer"), name, std::nullopt); }
  void RemoveDocument(const std::string& name, v1::Document::Kind kind) {
    Put(TopicOf(kind), name, std::nullopt);
  }

  std::string TopicOf(v1::Document::Kind kind) const {
    switch (kind) {
      case v1::Document::QUOTE:
        return topics_.Unified("quote");
      case v1::Document::ORDER:
        return topics_.Unified("order");
      case v1::Document::SHIPMENT:
        return topics_.Unified("shipment");
      case v1::Document::INVOICE:
        return topics_.Unified("invoice");
      case v1::Document::PAYMENT:
        return topics_.Unified("payment");
      default:
        return topics_.Unified("interaction");
    }
  }

  Views& views() { return *views_; }
  const bus::Topics& topics() const { return topics_; }
  std::string path() const { return folder_.path() + "/views"; }

 private:
  std::shared_ptr<const transforms::Comparer> comparer_;
  TestFolder folder_;
  bus::Topics topics_{"crossbill", 1};
  std::unique_ptr<Views> views_;
  std::int64_t offset_ = 0;
};

}  // namespace crossbill::facade
