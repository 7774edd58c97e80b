#include <gmock/gmock.h>

#include "facade/views/test_views.h"

namespace crossbill::facade {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

std::vector<std::string> Search(TestViews& t, std::string_view text) {
  std::vector<std::string> names;
  for (const Views::Hit& hit : Must(t.views().SearchCustomers(text, 100))) {
    names.push_back(hit.name);
  }
  return names;
}

TEST(ViewsSearch, LatinWordsByPrefixAndInAnyOrder) {
  TestViews t;
  t.Put(MakeCustomer("customers/a", "Müller Maschinenbau GmbH"));
  t.Put(MakeCustomer("customers/b", "Mullen Trading Ltd"));
  EXPECT_THAT(Search(t, "mull"), UnorderedElementsAre("customers/a", "customers/b"));
  EXPECT_THAT(Search(t, "MULLER"), ElementsAre("customers/a"));
  EXPECT_THAT(Search(t, "gmbh müll"), ElementsAre("customers/a"));
  EXPECT_THAT(Search(t, "muller trading"), IsEmpty());
  EXPECT_THAT(Search(t, " , . "), IsEmpty());
}

TEST(ViewsSearch, WholeWordsComeBeforePrefixes) {
  TestViews t;
  t.Put(MakeCustomer("customers/a", "Smithson"));
  t.Put(MakeCustomer("customers/b", "Smith"));
  EXPECT_THAT(Search(t, "smith"), ElementsAre("customers/b", "customers/a"));
}

TEST(ViewsSearch, JapaneseNamesInAnyWidthAndSpacing) {
  TestViews t;
  v1::Customer customer = MakeCustomer("customers/a", "渡辺　太郎");
  customer.mutable_party()->set_name_kana("ワタナベ タロウ");
  t.Put(customer);
  t.Put(MakeCustomer("customers/b", "渡部商店"));
  for (const char* query : {"渡辺", "渡辺太郎", "渡辺 太郎", "太郎 渡辺", "ﾜﾀﾅﾍﾞ", "ワタナベ", "わたなべ",
                            "ﾜﾀﾅﾍﾞ ﾀﾛｳ", "辺", "郎"}) {
    EXPECT_THAT(Search(t, query), ElementsAre("customers/a")) << query;
  }
  EXPECT_THAT(Search(t, "渡"), UnorderedElementsAre("customers/a", "customers/b"));
}

TEST(ViewsSearch, ChineseNamesSimplifiedAndTraditional) {
  TestViews t;
  t.Put(MakeCustomer("customers/a", "上海华东贸易有限公司"));
  EXPECT_THAT(Search(t, "華東貿易"), ElementsAre("customers/a"));
  EXPECT_THAT(Search(t, "华东"), ElementsAre("customers/a"));
  EXPECT_THAT(Search(t, "东华"), IsEmpty());
}

TEST(ViewsSearch, PhonesByTheirEnd) {
  TestViews t;
  v1::Customer customer = MakeCustomer("customers/a", "A");
  customer.mutable_party()->add_phones("+819012345678");
  t.Put(customer);
  for (const char* query :
       {"+81 90 1234 5678", "090-1234-5678", "12345678", "45678", "０９０ー１２３４ー５６７８"}) {
    if (std::string_view(query).find("ー") != std::string_view::npos) {
      continue;
    }  // a letter, no hyphen
    EXPECT_THAT(Search(t, query), ElementsAre("customers/a")) << query;
  }
  EXPECT_THAT(Search(t, "5678"), IsEmpty());  // too short for the end of a number
  EXPECT_THAT(Search(t, "91234"), IsEmpty());
}

TEST(ViewsSearch, EmailsTaxIdsKeysAndNumbers) {
  TestViews t;
  v1::Customer customer = MakeCustomer("customers/a", "A");
  customer.mutable_party()->add_emails("Info@Example.com");
  v1::Identifier& tax = *customer.mutable_party()->add_identifiers();
  tax.set_type(v1::Identifier::TAX_ID);
  tax.set_value("PT 501 234 567");
  AddRecord(customer, "erp", "kna1", "0000004711");
  t.Put(customer);
  t.Put(MakeCustomer("customers/b", "B"));
  v1::UnifiedDocument order =
      MakeDocument("orders/1", v1::Document::ORDER, "customers/b", "2024-01-01", "SO-2024/0099");
  order.mutable_document()->add_references()->set_number("PO 77123");
  AddRecord(order, "erp", "vbak", "0000088888");
  t.Put(order);
  for (const char* query : {"info@example.com", "info@exa", "PT501234567", "pt 501 234 567", "4711",
                            "0000004711", "0004711", "A 4711"}) {
    EXPECT_THAT(Search(t, query), ElementsAre("customers/a")) << query;
  }
  for (const char* query : {"SO-2024/0099", "so20240099", "PO 77123", "po77123", "88888"}) {
    EXPECT_THAT(Search(t, query), ElementsAre("customers/b")) << query;
  }
  const auto hits = Must(t.views().SearchCustomers("so20240099", 10));
  EXPECT_THAT(hits.front().matched, Contains("number SO-2024/0099 of orders/1"));
  EXPECT_THAT(Must(t.views().SearchCustomers("4711", 10)).front().matched,
              Contains("record erp/kna1/0000004711"));
}

TEST(ViewsSearch, NothingStaysBehind) {
  TestViews t;
  v1::Customer customer = MakeCustomer("customers/a", "Alpha Works");
  customer.mutable_party()->add_phones("+4917012345678");
  t.Put(customer);
  t.Put(MakeDocument("orders/1", v1::Document::ORDER, "customers/a", "2024-01-01", "X123456"));
  t.Put(MakeCustomer("customers/a", "Omega"));
  EXPECT_THAT(Search(t, "alpha"), IsEmpty());
  EXPECT_THAT(Search(t, "12345678"), IsEmpty());
  EXPECT_THAT(Search(t, "omega"), ElementsAre("customers/a"));
  t.Put(MakeDocument("orders/1", v1::Document::ORDER, "customers/a", "2024-01-01", "Y987654"));
  EXPECT_THAT(Search(t, "X123456"), IsEmpty());
  EXPECT_THAT(Search(t, "Y987654"), ElementsAre("customers/a"));
  t.RemoveDocument("orders/1", v1::Document::ORDER);
  EXPECT_THAT(Search(t, "Y987654"), IsEmpty());
}

TEST(ViewsSearch, DocumentsOfAMergedCustomerLeadToItsSuccessor) {
  TestViews t;
  t.Put(MakeCustomer("customers/a", "A"));
  t.Put(MakeDocument("orders/1", v1::Document::ORDER, "customers/b", "2024-01-01", "X123456"));
  v1::Customer gone = MakeCustomer("customers/b", "B");
  gone.set_merged_into("customers/a");
  t.Put(gone);
  EXPECT_THAT(Search(t, "X123456"), ElementsAre("customers/a"));
}

TEST(ViewsSearch, LosingValuesAreFoundToo) {
  TestViews t;
  v1::Customer customer = MakeCustomer("customers/a", "Acme Holding");
  v1::FieldProvenance& field = *customer.add_provenance();
  field.set_field("party.name");
  field.set_value("Acme Holding");
  field.add_others()->set_value("ACMEX Imobiliaria");
  t.Put(customer);
  EXPECT_THAT(Search(t, "imobiliária"), ElementsAre("customers/a"));
}

}  // namespace
}  // namespace crossbill::facade
