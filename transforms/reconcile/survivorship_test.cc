#include "transforms/reconcile/survivorship.h"

#include <gtest/gtest.h>

#include "base/text.h"
#include "transforms/reconcile/fixture.h"

namespace crossbill::transforms {
namespace {

const v1::FieldProvenance* Find(const v1::UnifiedDocument& document, std::string_view field) {
  for (const v1::FieldProvenance& provenance : document.provenance()) {
    if (provenance.field() == field) {
      return &provenance;
    }
  }
  return nullptr;
}

TEST(Survivorship, AuthorityWinsAndTheLoserIsNamed) {
  const World world = Reconcile({
      Doc(kOrder, "crm", "1")
          .Number("SO-1")
          .On("2026-01-07")
          .Total("278", "EUR")
          .Ref(v1::Reference::ORDER, "4500001")
          .Text("urgent"),
      Doc(kOrder, "erp", "1").Number("4500001").On("2026-01-05").Total("261", "EUR"),
  });
  const v1::UnifiedDocument& order = world.Of("crm/1");
  EXPECT_EQ(order.document().number(), "4500001");
  EXPECT_EQ(order.document().total().amount(), "261");
  EXPECT_EQ(order.document().text(), "urgent");
  const v1::FieldProvenance* total = Find(order, "total");
  ASSERT_NE(total, nullptr);
  EXPECT_EQ(total->value(), "261 EUR");
  EXPECT_EQ(total->winner().system(), "erp");
  EXPECT_EQ(total->rule(), "authority");
  ASSERT_EQ(total->others_size(), 1);
  EXPECT_EQ(total->others(0).source().system(), "crm");
  EXPECT_EQ(total->others(0).value(), "278 EUR");
  EXPECT_EQ(Find(order, "text")->rule(), "only one");
  EXPECT_EQ(Find(order, "currency")->others_size(), 0) << "where all agree nothing lost";
  EXPECT_FALSE(order.document().has_source());
}

TEST(Survivorship, EveryFieldThatIsThereHasItsWinner) {
  const World world = Reconcile({Doc(kOrder, "crm", "1")
                                     .Number("SO-1")
                                     .On("2026-01-07")
                                     .Total("278", "EUR")
                                     .Line("A", "1", "278")
                                     .Ref(v1::Reference::QUOTE, "Q-1")});
  for (const char* field : {"number", "date", "currency", "total", "lines", "references"}) {
    ASSERT_NE(Find(world.Of("crm/1"), field), nullptr) << field;
    EXPECT_EQ(Find(world.Of("crm/1"), field)->rule(), "only one");
  }
}

TEST(Survivorship, NewestThenLongestAmongEquals) {
  const Doc old = Doc(kOrder, "oms", "1")
                      .Number("W-100001")
                      .On("2026-01-07")
                      .Total("5", "EUR")
                      .Text("a much longer text")
                      .ChangedAt("2026-01-01T00:00:00Z");
  const Doc young = Doc(kOrder, "web", "1")
                        .Number("W-100001")
                        .On("2026-01-07")
                        .Total("5", "EUR")
                        .Text("newer")
                        .ChangedAt("2026-02-01T00:00:00Z");
  EXPECT_EQ(Reconcile({old, young}).Of("oms/1").document().text(), "newer");
  const Doc same_age = Doc(kOrder, "web", "1")
                           .Number("W-100001")
                           .On("2026-01-07")
                           .Total("5", "EUR")
                           .Text("short")
                           .ChangedAt("2026-01-01T00:00:00Z");
  const World world = Reconcile({same_age, old});
  EXPECT_EQ(world.Of("oms/1").document().text(), "a much longer text");
  EXPECT_EQ(Find(world.Of("oms/1"), "text")->rule(), "longest");
}

TEST(Survivorship, ReferencesOfAllRecordsAreKept) {
  const World world = Reconcile({
      Doc(kOrder, "crm", "1")
          .Number("SO-1")
          .On("2026-01-07")
          .Ref(v1::Reference::ORDER, "4500001")
          .Ref(v1::Reference::QUOTE, "Q-1"),
      Doc(kOrder, "erp", "1").Number("4500001").On("2026-01-05").Ref(v1::Reference::CUSTOMER_PO, "PO-1"),
  });
  EXPECT_EQ(world.Of("crm/1").document().references_size(), 3);
}

TEST(Survivorship, LongValuesAreCutAtACharacter) {
  std::string text;
  for (int i = 0; i < 100; ++i) {
    text += "発注";
  }
  const World world = Reconcile({Doc(kOrder, "crm", "1").Number("SO-1").Text(text)});
  const v1::FieldProvenance* provenance = Find(world.Of("crm/1"), "text");
  EXPECT_LT(provenance->value().size(), 210u);
  EXPECT_TRUE(IsValidUtf8(provenance->value()));
  EXPECT_EQ(world.Of("crm/1").document().text(), text);
}

}  // namespace
}  // namespace crossbill::transforms
