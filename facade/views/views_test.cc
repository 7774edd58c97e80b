#include "facade/views/views.h"

#include <gmock/gmock.h>

#include "facade/views/test_views.h"

namespace crossbill::facade {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::vector<std::string> NamesOf(Views& views, const Views::DocumentFilter& filter) {
  return Must(views.ListDocuments(filter, 100, "")).names;
}

v1::Exception MakeException(const std::string& name, v1::Exception::Type type, v1::Exception::State state,
                            const std::string& customer) {
  v1::Exception exception;
  exception.set_name(name);
  exception.set_type(type);
  exception.set_state(state);
  exception.set_customer(customer);
  return exception;
}

TEST(Views, GivesCustomersByNameAndBySourceRecord) {
  TestViews t;
  v1::Customer customer = MakeCustomer("customers/a", "Alpha");
  AddRecord(customer, "erp", "kna1", "00/42");
  t.Put(customer);
  EXPECT_EQ(Must(t.views().GetCustomer("customers/a")).display_name(), "Alpha");
  EXPECT_EQ(Must(t.views().GetCustomer("erp/kna1/00/42")).name(), "customers/a");
  EXPECT_EQ(t.views().GetCustomer("erp/kna1/00").error().code(), Code::kNotFound);
  EXPECT_EQ(t.views().GetCustomer("customers/b").error().code(), Code::kNotFound);
}

TEST(Views, ARecordThatMovesIsFoundUnderItsNewCustomerOnly) {
  TestViews t;
  v1::Customer a = MakeCustomer("customers/a", "Alpha");
  AddRecord(a, "erp", "kna1", "1");
  t.Put(a);
  v1::Customer b = MakeCustomer("customers/b", "Beta");
  AddRecord(b, "erp", "kna1", "1");
  t.Put(b);
  a.clear_records();
  t.Put(a);
  EXPECT_EQ(Must(t.views().GetCustomer("erp/kna1/1")).name(), "customers/b");
  t.RemoveCustomer("customers/b");
  EXPECT_EQ(t.views().GetCustomer("erp/kna1/1").error().code(), Code::kNotFound);
}

TEST(Views, KeysMayBeNamesOrIdsOnly) {
  TestViews t;
  t.Put(t.topics().Unified("customer"), "a", MakeCustomer("customers/a", "Alpha").SerializeAsString());
  EXPECT_TRUE(t.views().GetCustomer("customers/a").ok());
  t.Put(t.topics().Unified("customer"), "a", std::nullopt);
  EXPECT_FALSE(t.views().GetCustomer("customers/a").ok());
}

TEST(Views, MergedNamesResolveThroughChains) {
  TestViews t;
  t.Put(MakeCustomer("customers/a", "A"));
  t.Put(MakeCustomer("customers/b", "B"));
  t.Put(MakeCustomer("customers/c", "C"));
  v1::Customer gone = MakeCustomer("customers/c", "C");
  gone.set_merged_into("customers/b");
  t.Put(gone);
  gone = MakeCustomer("customers/b", "B");
  gone.set_merged_into("customers/a");
  t.Put(gone);
  EXPECT_EQ(Must(t.views().GetCustomer("customers/c")).name(), "customers/a");
  EXPECT_THAT(Must(t.views().ListCustomers(10, "")).names, ElementsAre("customers/a"));
}

TEST(Views, PreviousNamesResolveAfterTheTombstone) {
  TestViews t;
  v1::Customer a = MakeCustomer("customers/a", "A");
  a.add_previous_names("customers/b");
  t.Put(a);
  v1::Customer gone = MakeCustomer("customers/b", "B");
  gone.set_merged_into("customers/a");
  t.Put(gone);
  t.RemoveCustomer("customers/b");
  EXPECT_EQ(Must(t.views().GetCustomer("customers/b")).name(), "customers/a");
  // Split again: the name lives.
  t.Put(MakeCustomer("customers/b", "B"));
  EXPECT_EQ(Must(t.views().GetCustomer("customers/b")).name(), "customers/b");
}

TEST(Views, ACircleOfMergesIsAnErrorAndNoEndlessLoop) {
  TestViews t;
  for (const auto& [from, to] :
       {std::pair("customers/a", "customers/b"), std::pair("customers/b", "customers/a")}) {
    v1::Customer gone = MakeCustomer(from, "");
    gone.set_merged_into(to);
    t.Put(gone);
  }
  EXPECT_EQ(t.views().GetCustomer("customers/a").error().code(), Code::kViewsCorrupt);
}

TEST(Views, DocumentsOfACustomerComeNewestFirst) {
  TestViews t;
  t.Put(MakeDocument("orders/1", v1::Document::ORDER, "customers/a", "2024-01-31"));
  t.Put(MakeDocument("invoices/1", v1::Document::INVOICE, "customers/a", "2024-02-01"));
  t.Put(MakeDocument("payments/1", v1::Document::PAYMENT, "customers/a", ""));
  t.Put(MakeDocument("orders/2", v1::Document::ORDER, "customers/b", "2025-01-01"));
  EXPECT_THAT(NamesOf(t.views(), {"customers/a", 0, ""}),
              ElementsAre("invoices/1", "orders/1", "payments/1"));
  EXPECT_THAT(NamesOf(t.views(), {"customers/a", v1::Document::ORDER, ""}), ElementsAre("orders/1"));
  EXPECT_THAT(NamesOf(t.views(), {"", v1::Document::ORDER, ""}), ElementsAre("orders/1", "orders/2"));
  EXPECT_THAT(NamesOf(t.views(), {"", 0, ""}),
              ElementsAre("invoices/1", "orders/1", "orders/2", "payments/1"));
  // Another customer and another date: nothing stays behind.
  t.Put(MakeDocument("orders/1", v1::Document::ORDER, "customers/b", "2026-01-31"));
  EXPECT_THAT(NamesOf(t.views(), {"customers/a", 0, ""}), ElementsAre("invoices/1", "payments/1"));
  EXPECT_THAT(NamesOf(t.views(), {"customers/b", 0, ""}), ElementsAre("orders/1", "orders/2"));
  t.RemoveDocument("orders/1", v1::Document::ORDER);
  EXPECT_THAT(NamesOf(t.views(), {"customers/b", 0, ""}), ElementsAre("orders/2"));
}

TEST(Views, DocumentsOfAChain) {
  TestViews t;
  v1::UnifiedDocument order = MakeDocument("orders/1", v1::Document::ORDER, "customers/a", "2024-01-31");
  order.set_chain("chains/1");
  t.Put(order);
  v1::UnifiedDocument invoice = MakeDocument("invoices/1", v1::Document::INVOICE, "", "2024-01-31");
  invoice.set_chain("chains/1");
  t.Put(invoice);
  EXPECT_THAT(NamesOf(t.views(), {"", 0, "chains/1"}), ElementsAre("invoices/1", "orders/1"));
  EXPECT_THAT(NamesOf(t.views(), {"customers/a", 0, "chains/1"}), ElementsAre("orders/1"));
  order.set_chain("chains/2");
  t.Put(order);
  EXPECT_THAT(NamesOf(t.views(), {"", 0, "chains/1"}), ElementsAre("invoices/1"));
}

TEST(Views, ExceptionsByCustomerDocumentStateAndType) {
  TestViews t;
  v1::Exception one =
      MakeException("exceptions/1", v1::Exception::OVERPAID, v1::Exception::OPEN, "customers/a");
  one.add_documents("invoices/1");
  t.Put(one);
  t.Put(MakeException("exceptions/2", v1::Exception::PRICE_MISMATCH, v1::Exception::RESOLVED, "customers/a"));
  const auto names = [&](const Views::ExceptionFilter& filter) {
    return Must(t.views().ListExceptions(filter, 10, "")).names;
  };
  EXPECT_THAT(names({"", "", {}, 0}), ElementsAre("exceptions/1", "exceptions/2"));
  EXPECT_THAT(names({"customers/a", "", {}, v1::Exception::OPEN}), ElementsAre("exceptions/1"));
  EXPECT_THAT(names({"", "invoices/1", {}, 0}), ElementsAre("exceptions/1"));
  EXPECT_THAT(names({"customers/a", "invoices/1", {}, 0}), ElementsAre("exceptions/1"));
  EXPECT_THAT(names({"customers/b", "invoices/1", {}, 0}), IsEmpty());
  EXPECT_THAT(names({"", "", {v1::Exception::PRICE_MISMATCH}, 0}), ElementsAre("exceptions/2"));
  EXPECT_THAT(names({"", "", {}, v1::Exception::RESOLVED}), ElementsAre("exceptions/2"));
  one.set_state(v1::Exception::RESOLVED);
  t.Put(one);
  EXPECT_THAT(names({"", "", {}, v1::Exception::OPEN}), IsEmpty());
  EXPECT_THAT(names({"", "", {}, v1::Exception::RESOLVED}), ElementsAre("exceptions/1", "exceptions/2"));
}

TEST(Views, PagesAreStableWhileRecordsComeAndGo) {
  TestViews t;
  for (const char* name : {"customers/b", "customers/d", "customers/f"}) {
    t.Put(MakeCustomer(name, "x"));
  }
  const Page first = Must(t.views().ListCustomers(2, ""));
  EXPECT_THAT(first.names, ElementsAre("customers/b", "customers/d"));
  t.Put(MakeCustomer("customers/a", "x"));  // before the position: not told
  t.Put(MakeCustomer("customers/e", "x"));  // after it: told
  t.RemoveCustomer("customers/d");          // the position itself
  const Page second = Must(t.views().ListCustomers(2, first.next));
  EXPECT_THAT(second.names, ElementsAre("customers/e", "customers/f"));
  EXPECT_EQ(second.next, "");
}

TEST(Views, ChangesAreToldOnceAndInOrder) {
  TestViews t;
  const std::uint64_t before = t.views().last_change();
  t.Put(MakeCustomer("customers/a", "A"));
  t.Put(MakeCustomer("customers/a", "A"));  // the same: no change
  t.Put(MakeCustomer("customers/b", "B"));
  t.RemoveCustomer("customers/a");
  t.RemoveCustomer("customers/zz");  // was never there
  const auto changes = Must(t.views().ChangesAfter(before, 10));
  ASSERT_EQ(changes.size(), 3u);
  EXPECT_EQ(changes[0].name, "customers/a");
  EXPECT_FALSE(changes[0].removed);
  EXPECT_EQ(changes[2].name, "customers/a");
  EXPECT_TRUE(changes[2].removed);
  EXPECT_EQ(changes[2].sequence, t.views().last_change());
  EXPECT_THAT(Must(t.views().ChangesAfter(t.views().last_change(), 10)), IsEmpty());
  EXPECT_EQ(t.views().ChangesAfter(t.views().last_change() + 1, 10).error().code(), Code::kResumeToken);
}

TEST(Views, OldChangesAreTrimmedAndAskedForIsAnError) {
  TestViews t;
  const std::string topic = t.topics().Unified("customer");
  bus::Batch batch;
  batch.sources = {{topic, 0}};
  std::vector<std::string> values;
  const std::uint64_t count = Views::kFeedRetention + 100;
  for (std::uint64_t i = 0; i < count; ++i) {
    values.push_back(MakeCustomer("customers/a", std::to_string(i)).SerializeAsString());
  }
  for (std::uint64_t i = 0; i < count; ++i) {
    batch.records.push_back({0, static_cast<std::int64_t>(i), {"customers/a", values[i], {}, 0}});
  }
  ASSERT_TRUE(t.views().Apply(t.topics(), batch).ok());
  EXPECT_EQ(t.views().last_change(), count);
  EXPECT_EQ(t.views().ChangesAfter(99, 10).error().code(), Code::kResumeToken);
  EXPECT_EQ(Must(t.views().ChangesAfter(100, 1)).front().sequence, 101u);
  t.Reopen();
  EXPECT_EQ(t.views().last_change(), count);
  EXPECT_EQ(t.views().ChangesAfter(99, 10).error().code(), Code::kResumeToken);
}

TEST(Views, RecordsThatCannotBeReadAreToldAndLeftOut) {
  TestViews t;
  t.Put(t.topics().Unified("customer"), "customers/a", "\xff\xff not a message");
  t.Put(t.topics().Unified("customer"), "customers/b", MakeCustomer("customers/c", "C").SerializeAsString());
  t.Put(MakeCustomer("customers/d", "D"));
  EXPECT_THAT(Must(t.views().ListCustomers(10, "")).names, ElementsAre("customers/d"));
  const auto problems = Must(t.views().Problems(10));
  ASSERT_EQ(problems.size(), 2u);
  EXPECT_THAT(problems[0], HasSubstr("crossbill.unified.customer/0 offset 0"));
  EXPECT_THAT(problems[1], HasSubstr("customers/c"));
}

TEST(Views, OtherTopicsAreRefused) {
  TestViews t;
  t.Put(MakeCustomer("customers/a", "A"));
  const Status applied = t.views().Apply(bus::Topics("other", 1), bus::Batch());
  ASSERT_FALSE(applied.ok());
  EXPECT_EQ(applied.error().code(), Code::kViewsStale);
  EXPECT_THAT(applied.error().message(), HasSubstr("crossbill.*"));
}

TEST(Views, IsReadBesideTheWriter) {
  TestViews t;
  EXPECT_EQ(Views::Open(t.path() + "-none", true).error().code(), Code::kNothingYet);
  t.Put(MakeCustomer("customers/a", "A"));
  const auto reader = Must(Views::Open(t.path(), true));
  EXPECT_EQ(Must(reader->GetCustomer("customers/a")).display_name(), "A");
  EXPECT_FALSE(reader->Apply(t.topics(), bus::Batch()).ok());
  EXPECT_EQ(Views::Open(t.path(), false).error().code(), Code::kBusLocked);
}

}  // namespace
}  // namespace crossbill::facade
