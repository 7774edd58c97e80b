// Whole mappings: rows in, messages out.
#include "connectors/mapping/mapper.h"

#include <gmock/gmock.h>
#include <google/protobuf/util/json_util.h>

#include "connectors/mapping/test_support.h"
#include "crossbill/v1/invoice.pb.h"
#include "crossbill/v1/order.pb.h"
#include "crossbill/v1/party.pb.h"

namespace crossbill::mapping {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

template <class Message>
std::string Json(std::string_view bytes) {
  Message message;
  EXPECT_TRUE(message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())));
  std::string canonical;
  message.SerializeToString(&canonical);
  EXPECT_EQ(canonical, bytes) << "not the canonical serialisation";
  std::string json;
  google::protobuf::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  EXPECT_TRUE(google::protobuf::util::MessageToJsonString(message, &json, options).ok());
  return json;
}

constexpr char kErpOrders[] = R"yaml(
publish: order
key: [vbeln]
map:
  number: trim_zeros(vbeln)
  customer.id: trim_zeros(kunnr)
  references: [{type: CUSTOMER_PO, number: bstnk}]
  ordered_on: date(audat, "%Y%m%d")
  total: money(netwr, waerk)
  lines:
    each: lines
    map: {id: trim_zeros(posnr), product.sku: trim_zeros(matnr), quantity: decimal(kwmeng), unit_price: money(netpr, waerk)}
require:
  - {that: "size(lines) > 0", else: dead_letter, why: "an order without lines"}
)yaml";

Stream ErpOrders() {
  Stream stream;
  stream.schema = TextSchema({"vbeln", "kunnr", "bstnk", "audat", "netwr", "waerk"});
  stream.children.push_back({"lines", TextSchema({"posnr", "matnr", "kwmeng", "netpr"})});
  return stream;
}

TEST(MapperTest, MapsAnErpOrderWithLines) {
  Stream s = ErpOrders();
  s.Compile(kErpOrders);
  ASSERT_NE(s.mapper, nullptr) << s.problems.ToString();
  const MapResult& result =
      s.Map({"0000000042", "0000001001", "PO-77", "20241104", "1250.00", "CNY"},
            {{{"000010", "000000000000004711", "3.000", "400.00"}, {"000020", "A-1", "1", "50.00"}}});
  ASSERT_EQ(result.rejections.size(), 0u) << result.rejections[0].error.message();
  ASSERT_EQ(result.events.size(), 1u);
  EXPECT_EQ(result.events[0].key, "0000000042");
  EXPECT_EQ(s.mapper->MessageOf(0), "crossbill.v1.Order");
  EXPECT_EQ(
      Json<v1::Order>(result.events[0].bytes),
      R"({"source":{"system":"erp","stream":"orders","key":"0000000042"},"number":"42",)"
      R"("references":[{"type":"CUSTOMER_PO","number":"PO-77"}],"customer":{"id":"1001"},"ordered_on":"2024-11-04",)"
      R"("total":{"amount":"1250.00","currency":"CNY"},"lines":[)"
      R"({"id":"10","product":{"sku":"4711"},"quantity":"3.000","unit_price":{"amount":"400.00","currency":"CNY"}},)"
      R"({"id":"20","product":{"sku":"A-1"},"quantity":"1","unit_price":{"amount":"50.00","currency":"CNY"}}]})");
}

TEST(MapperTest, LeavesOutWhatIsEmpty) {
  Stream s = ErpOrders();
  s.Compile(kErpOrders);
  ASSERT_NE(s.mapper, nullptr) << s.problems.ToString();
  const MapResult& result =
      s.Map({"0000000042", nullptr, "", "", nullptr, nullptr}, {{{"000010", nullptr, nullptr, nullptr}}});
  ASSERT_EQ(result.events.size(), 1u);
  EXPECT_EQ(
      Json<v1::Order>(result.events[0].bytes),
      R"({"source":{"system":"erp","stream":"orders","key":"0000000042"},"number":"42","lines":[{"id":"10"}]})");
}

TEST(MapperTest, RejectsWithFieldValueAndPlace) {
  Stream s = ErpOrders();
  s.Compile(kErpOrders);
  ASSERT_NE(s.mapper, nullptr) << s.problems.ToString();
  const MapResult& bad = s.Map({"0000000042", "1", "", "20241104", "1", "CNY"},
                               {{{"1", "A", "1", "1"}, {"2", "B", "three", "1"}}});
  ASSERT_EQ(bad.events.size(), 0u);
  ASSERT_EQ(bad.rejections.size(), 1u);
  EXPECT_EQ(bad.rejections[0].error.message(),
            "lines[1].quantity: \"three\" is not a decimal number (from column \"kwmeng\")");
  EXPECT_EQ(bad.rejections[0].error.code(), Code::kMapValue);
  EXPECT_EQ(bad.rejections[0].field, "lines[1].quantity");
  EXPECT_EQ(bad.rejections[0].key, "0000000042");
  EXPECT_EQ(bad.rejections[0].configured_at, "connectors/erp.yaml:12:76");

  const MapResult& initial = s.Map({"1", "1", "", "00000000", "1", "CNY"}, {{{"1", "A", "1", "1"}}});
  ASSERT_EQ(initial.rejections.size(), 1u);
  EXPECT_EQ(initial.rejections[0].error.message(),
            "ordered_on: \"00000000\" is not a date of the form \"%Y%m%d\" (from column \"audat\")");

  const MapResult& no_lines = s.Map({"7", "1", "", "20241104", "1", "CNY"}, {{}});
  ASSERT_EQ(no_lines.rejections.size(), 1u);
  EXPECT_EQ(no_lines.rejections[0].error.code(), Code::kMapRequire);
  EXPECT_EQ(no_lines.rejections[0].error.message(), "an order without lines");

  const MapResult& no_key = s.Map({"", "1", "", "20241104", "1", "CNY"}, {{}});
  ASSERT_EQ(no_key.rejections.size(), 1u);
  EXPECT_EQ(no_key.rejections[0].error.code(), Code::kMapKey);
  EXPECT_EQ(no_key.rejections[0].error.message(), "the key \"vbeln\" is empty");
}

// Finance: era dates and Western ones in one column, separators of thousands, a decimal comma in the lines.
TEST(MapperTest, MapsAFinanceInvoice) {
  Stream s;
  s.schema =
      TextSchema({"invoice_no", "doc_type", "debtor_no", "invoice_date", "currency", "net", "reference"});
  s.children.push_back({"lines", TextSchema({"pos", "item_no", "qty", "unit_price"})});
  s.Compile(R"yaml(
publish: invoice
key: [invoice_no]
lookups: {doc_type: {IN: INVOICE, CN: CREDIT_NOTE}}
map:
  number: invoice_no
  type: lookup("doc_type", doc_type)
  customer: {id: debtor_no}
  issued_on: date(invoice_date, ["%E", "%d.%m.%Y"])
  currency: currency
  total: money(decimal(net), currency)
  references:
    - {type: ORDER, number: 'regex_extract(reference, r"AB (\d+)")'}
    - {type: SHIPMENT, number: 'trim_zeros(regex_extract(reference, r"RE (\d+)"))'}
  lines:
    each: lines
    map: {id: pos, product.sku: item_no, quantity: 'decimal(qty, ",")', unit_price: 'money(decimal(unit_price, ","), currency)'}
)yaml");
  ASSERT_NE(s.mapper, nullptr) << s.problems.ToString();
  const MapResult& era =
      s.Map({"F1", "IN", "D1", "令和6年11月4日", "JPY", "6,545", ""}, {{{"1", "KE-1", "1", "6545"}}});
  ASSERT_EQ(era.events.size(), 1u) << era.rejections[0].error.message();
  EXPECT_EQ(
      Json<v1::Invoice>(era.events[0].bytes),
      R"({"source":{"system":"erp","stream":"orders","key":"F1"},"number":"F1","customer":{"id":"D1"},"issued_on":"2024-11-04",)"
      R"("currency":"JPY","total":{"amount":"6545","currency":"JPY"},"lines":[{"id":"1","product":{"sku":"KE-1"},"quantity":"1",)"
      R"("unit_price":{"amount":"6545","currency":"JPY"}}],"type":"INVOICE"})");
  const MapResult& west =
      s.Map({"F5", "CN", "D1", "13.11.2024", "CNY", "2,848.59", "RE 0090000005 / AB 4500008"},
            {{{"1", "X", "2,5", "20,38"}}});
  ASSERT_EQ(west.events.size(), 1u) << west.rejections[0].error.message();
  const std::string json = Json<v1::Invoice>(west.events[0].bytes);
  EXPECT_THAT(
      json,
      HasSubstr(
          R"("references":[{"type":"ORDER","number":"4500008"},{"type":"SHIPMENT","number":"90000005"}])"));
  EXPECT_THAT(json, HasSubstr(R"("quantity":"2.5","unit_price":{"amount":"20.38","currency":"CNY"})"));
  EXPECT_THAT(json, HasSubstr(R"("issued_on":"2024-11-13")"));
  EXPECT_THAT(json, HasSubstr(R"("type":"CREDIT_NOTE")"));
  const MapResult& unknown = s.Map({"F6", "ZZ", "D1", "", "CNY", "", ""}, {{}});
  ASSERT_EQ(unknown.rejections.size(), 1u);
  EXPECT_EQ(unknown.rejections[0].error.code(), Code::kMapLookup);
  EXPECT_EQ(unknown.rejections[0].error.message(),
            "type: \"ZZ\" is not in the lookup table \"doc_type\" (from column \"doc_type\")");
}

// Dynamic rows: what JSON has, with nested objects, lists, numbers and null.
TEST(MapperTest, MapsDynamicRows) {
  using connectors::MapEntry;
  using connectors::Value;
  Stream s;
  s.Compile(R"yaml(
publish: order
key: [id]
when: status != "TEST"
map:
  number: id
  customer: {name: customer.name, phone: customer.phone, email: customer.email}
  currency: currency
  ordered_on: date(datetime(placedAt))
  entered_at: datetime(placedAt)
  total: money(totals.net, currency)
  lines:
    each: items
    as: item
    when: item.qty > 0
    map: {product.sku: item.sku, quantity: qty, unit_price: 'money(item.price, parent.currency)', amount: 'money(qty * item.price, currency)'}
require:
  - {that: size(lines) > 0, why: no line}
  - {that: 'customer.name != "nobody"', else: skip}
  - {that: 'total > money(0, "CNY")', why: nothing to pay}
)yaml",
            true);
  ASSERT_NE(s.mapper, nullptr) << s.problems.ToString();
  const auto map = [&](Value status, Value name, Value items) {
    const MapEntry customer[] = {{"name", name}, {"phone", Value()}};
    const MapEntry totals[] = {{"net", Value::Of(Decimal(6114, 2))}};
    const MapEntry row[] = {{"id", Value::Int(17)},
                            {"status", status},
                            {"customer", Value::Map(customer)},
                            {"currency", Value::Text("CNY")},
                            {"placedAt", Value::Text("2024-10-31T21:52:43Z")},
                            {"totals", Value::Map(totals)},
                            {"items", items}};
    const Value cells = Value::Map(row);
    connectors::Row r;
    r.cells = &cells;
    const MapResult& result = s.mapper->Map(r);
    return result.events.empty()
               ? (result.rejections.empty() ? "nothing" : result.rejections[0].error.message())
               : Json<v1::Order>(result.events[0].bytes);
  };
  const MapEntry line[] = {
      {"sku", Value::Text("UM-1")}, {"qty", Value::Int(3)}, {"price", Value::Of(Decimal(2038, 2))}};
  const MapEntry none[] = {
      {"sku", Value::Text("UM-2")}, {"qty", Value::Int(0)}, {"price", Value::Of(Decimal(1, 0))}};
  const Value items[] = {Value::Map(none), Value::Map(line)};
  const std::string expected =
      R"({"source":{"system":"erp","stream":"orders","key":"17"},"number":"17","customer":{"name":"朱浩英"},"ordered_on":"2024-10-31","currency":"CNY",)"
      R"("total":{"amount":"61.14","currency":"CNY"},"lines":[{"product":{"sku":"UM-1"},"quantity":"3","unit_price":{"amount":"20.38","currency":"CNY"},)"
      R"("amount":{"amount":"61.14","currency":"CNY"}}],"entered_at":"2024-10-31T21:52:43Z"})";
  EXPECT_EQ(map(Value::Text("PLACED"), Value::Text("朱浩英"), Value::List(items)), expected);
  EXPECT_EQ(map(Value::Text("PLACED"), Value::Text("朱浩英"), items[1]), expected)
      << "a single object where a list may stand";
  EXPECT_EQ(map(Value::Text("TEST"), Value::Text("a"), Value::List(items)), "nothing");
  EXPECT_EQ(map(Value::Text("PLACED"), Value::Text("nobody"), Value::List(items)), "nothing");
  EXPECT_EQ(map(Value::Text("PLACED"), Value::Text("a"), Value()), "no line");
  const MapEntry text_qty[] = {{"sku", Value::Text("UM-2")}, {"qty", Value::Text("2")}};
  EXPECT_EQ(map(Value::Text("PLACED"), Value::Text("a"), Value::Map(text_qty)),
            "lines[0]: \">\" does not take text and int (from column \"qty\")");
  EXPECT_EQ(map(Value::Text("PLACED"), Value::Int(5), Value::Text("x")),
            "lines: each: needs a list, not \"x\" (from column \"items\")");
}

TEST(MapperTest, ParentColumnsAreVisibleInElements) {
  Stream s;
  s.schema = TextSchema({"id", "name", "waerk"});
  s.children.push_back({"lines", TextSchema({"pos", "name"})});
  s.Compile(R"yaml(
publish: order
key: [id]
map:
  lines: {each: lines, map: {id: pos, product.name: name, product.id: parent.name, unit: waerk}}
)yaml");
  ASSERT_NE(s.mapper, nullptr) << s.problems.ToString();
  const MapResult& result = s.Map({"1", "outer", "CNY"}, {{{"10", "inner"}}});
  ASSERT_EQ(result.events.size(), 1u);
  EXPECT_THAT(Json<v1::Order>(result.events[0].bytes),
              HasSubstr(R"("lines":[{"id":"10","product":{"id":"outer","name":"inner"},"unit":"CNY"}])"));
}

TEST(MapperTest, ListsEnumerationsConstantsAndMoneyInParts) {
  Stream s;
  s.schema = TextSchema({"id", "tel", "mobile", "tax", "country", "kind", "amount"});
  s.Compile(R"yaml(
publish: party
key: [id, kind]
map:
  id: id
  kind: 'kind == "C" ? ORGANISATION : PERSON'
  org_unit: 1000
  segment: '"retail"'
  phones: [tel, mobile]
  emails: 'split("a@b.example;c@d.example", ";")'
  identifiers: [{type: TAX_ID, value: tax}, {type: EXTERNAL, value: tax, system: '"crm"'}]
  addresses: [{country: country, city: '"Wien"'}, {city: '"Graz"'}]
also:
  - name: quotes
    publish: quote
    key: [id]
    map: {total: {amount: amount, currency: '"EUR"'}, number: 'id + "-q"'}
)yaml");
  ASSERT_EQ(s.mapper, nullptr);
  EXPECT_THAT(s.problems.ToString(),
              HasSubstr("total.amount holds int or decimal, not text; decimal(x) makes it a number"));
  Stream good;
  good.schema = s.schema;
  std::string yaml = R"yaml(
publish: party
key: [id, kind]
map:
  id: id
  kind: 'kind == "C" ? ORGANISATION : PERSON'
  org_unit: 1000
  segment: '"retail"'
  phones: [tel, mobile]
  emails: 'split("a@b.example;c@d.example", ";")'
  identifiers: [{type: TAX_ID, value: tax}, {type: EXTERNAL, value: tax, system: '"crm"'}]
  addresses: [{country: country, city: '"Wien"'}, {city: '"Graz"'}]
also:
  - name: quotes
    publish: quote
    key: [id]
    map: {total: {amount: decimal(amount), currency: '"EUR"'}, number: 'id + "-q"'}
)yaml";
  good.Compile(yaml);
  ASSERT_NE(good.mapper, nullptr) << good.problems.ToString();
  const MapResult& full = good.Map({"7", "+49 1", "+49 2", "T1", "at", "C", "5.00"});
  ASSERT_EQ(full.events.size(), 2u);
  EXPECT_EQ(full.events[0].key, "7|C");
  EXPECT_EQ(
      Json<v1::Party>(full.events[0].bytes),
      R"({"source":{"system":"erp","stream":"orders","key":"7|C"},"id":"7","kind":"ORGANISATION","phones":["+49 1","+49 2"],)"
      R"("emails":["a@b.example","c@d.example"],"addresses":[{"city":"Wien","country":"AT"},{"city":"Graz"}],)"
      R"("identifiers":[{"type":"TAX_ID","value":"T1"},{"type":"EXTERNAL","value":"T1","system":"crm"}],"segment":"retail","org_unit":"1000"})");
  EXPECT_EQ(full.events[1].publication, 1);
  const MapResult& sparse = good.Map({"7", nullptr, "+49 2", "", "", "P", ""});
  ASSERT_EQ(sparse.events.size(), 2u);
  EXPECT_EQ(
      Json<v1::Party>(sparse.events[0].bytes),
      R"({"source":{"system":"erp","stream":"orders","key":"7|P"},"id":"7","kind":"PERSON","phones":["+49 2"],)"
      R"("emails":["a@b.example","c@d.example"],"addresses":[{"city":"Graz"}],"segment":"retail","org_unit":"1000"})")
      << "elements with nothing but constants are left out, elements that are all constant stay";
  const MapResult& bad = good.Map({"7", nullptr, nullptr, "", "Austria", "P", "five"});
  ASSERT_EQ(bad.rejections.size(), 2u);
  EXPECT_EQ(bad.rejections[0].error.message(),
            "addresses[0].country: \"Austria\" is not an ISO 3166 country code of two letters (from column "
            "\"country\")");
  EXPECT_EQ(bad.rejections[1].error.message(),
            "total.amount: \"five\" is not a decimal number (from column \"amount\")");
}

// Values of another type than the table declares (SQLite) are taken where that is exact, and refused
// otherwise.
TEST(MapperTest, CellsOfUndeclaredTypes) {
  using connectors::Value;
  Stream s;
  s.schema =
      connectors::Schema({{"id", connectors::ValueType::kText}, {"price", connectors::ValueType::kDecimal}});
  s.Compile("publish: order\nkey: [id]\nmap: {number: id, total: 'money(price, \"EUR\")'}\n");
  ASSERT_NE(s.mapper, nullptr) << s.problems.ToString();
  const auto map = [&](Value id, Value price) {
    const Value cells[] = {id, price};
    connectors::Row row;
    row.cells = cells;
    const MapResult& result = s.mapper->Map(row);
    return result.events.empty() ? result.rejections[0].error.message()
                                 : Json<v1::Order>(result.events[0].bytes);
  };
  EXPECT_THAT(map(Value::Int(7), Value::Int(5)),
              HasSubstr(R"("number":"7","total":{"amount":"5","currency":"EUR"})"));
  EXPECT_EQ(map(Value::Text("7"), Value::Text("five")),
            "total: \"five\" is text, and the column is declared as decimal (from column \"price\")");
  EXPECT_THAT(map(Value::Text("7"), Value::Text(" ")), HasSubstr(R"("number":"7"})"));
}

TEST(MapperTest, OfflineChecksWithoutASchema) {
  Stream s;
  s.Compile(kErpOrders, false, true);
  EXPECT_NE(s.mapper, nullptr) << s.problems.ToString();
  Stream bad;
  bad.Compile("publish: order\nkey: [a]\nmap: {numbr: a, customer.id: trim_zero(a), total: 5}\n", false,
              true);
  EXPECT_EQ(bad.mapper, nullptr);
  EXPECT_EQ(bad.problems.list().size(), 3u) << bad.problems.ToString();
}

}  // namespace
}  // namespace crossbill::mapping
