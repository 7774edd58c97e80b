// Whole mappings: rows in, messages out.
#include "connectors/mapping/mapper.h"

#include <google/protobuf/util/json_util.h>
#include <gmock/gmock.h>

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

constexpr char kErpOrders[] = R"(
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
)";

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
  const MapResult& result = s.Map({"0000000042", "0000001001", "PO-77", "20241104", "1250.00", "CNY"},
                                  {{{"000010", "000000000000004711", "3.000", "400.00"}, {"000020", "A-1", "1", "50.00"}}});
  ASSERT_EQ(result.rejections.size(), 0u) << result.rejections[0].error.message();
  ASSERT_EQ(result.events.size(), 1u);
  EXPECT_EQ(result.events[0].key, "0000000042");
  EXPECT_EQ(s.mapper->MessageOf(0), "crossbill.v1.Order");
  EXPECT_EQ(Json<v1::Order>(result.events[0].bytes),
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
  const MapResult& result = s.Map({"0000000042", nullptr, "", "", nullptr, nullptr}, {{{"000010", nullptr, nullptr, nullptr}}});
  ASSERT_EQ(result.events.size(), 1u);
  EXPECT_EQ(Json<v1::Order>(result.events[0].bytes),
            R"({"source":{"system":"erp","stream":"orders","key":"0000000042"},"number":"42","lines":[{"id":"10"}]})");
}

TEST(MapperTest, RejectsWithFieldValueAndPlace) {
  Stream s = ErpOrders();
  s.Compile(kErpOrders);
  ASSERT_NE(s.mapper, nullptr) << s.problems.ToString();
  const MapResult& bad = s.Map({"0000000042", "1", "", "20241104", "1", "CNY"}, {{{"1", "A", "1", "1"}, {"2", "B", "three", "1"}}});
  ASSERT_EQ(bad.events.size(), 0u);
  ASSERT_EQ(bad.rejections.size(), 1u);
  EXPECT_EQ(bad.rejections[0].error.message(), "lines[1].quantity: \"three\" is not a decimal number (from column \"kwmeng\")");
  EXPECT_EQ(bad.rejections[0].error.code(), Code::kMapValue);
  EXPECT_EQ(bad.rejections[0].field, "lines[1].quantity");
  EXPECT_EQ(bad.rejections[0].key, "0000000042");
  EXPECT_EQ(bad.rejections[0].configured_at, "connectors/erp.yaml:12:76");

  const MapResult& initial = s.Map({"1", "1", "", "00000000", "1", "CNY"}, {{{"1", "A", "1", "1"}}});
  ASSERT_EQ(initial.rejections.size(), 1u);
  EXPECT_EQ(initial.rejections[0].error.message(), "ordered_on: \"00000000\" is not a date of the form \"%Y%m%d\" (from column \"audat\")");

  const MapResult& no_lines = s.Map({"7", "1", "", "20241104", "1", "CNY"}, {{}});
  ASSERT_EQ(no_lines.rejections.size(), 1u);
  EXPECT_EQ(no_lines.rejections[0].error.code(), Code::kMapRequire);
  EXPECT_EQ(no_lines.rejections[0].error.message(), "an order without lines");

  const MapResult& no_key = s.Map({"", "1", "", "20241104", "1", "CNY"}, {{}});
  ASSERT_EQ(no_key.rejections.size(), 1u);
  EXPECT_EQ(no_key.rejections[0].error.code(), Code::kMapKey);
  EXPECT_EQ(no_key.rejections[0].error.message(), "the key \"vbeln\" is empty");
}

}  // namespace
}  // namespace crossbill::mapping
