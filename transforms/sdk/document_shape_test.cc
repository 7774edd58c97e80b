// The bytes of an order are readable as a Document: each field that a kind shares with the union has its
// number and type there.
#include <google/protobuf/descriptor.h>
#include <gtest/gtest.h>

#include <map>

#include "crossbill/v1/document.pb.h"
#include "crossbill/v1/invoice.pb.h"
#include "crossbill/v1/order.pb.h"
#include "crossbill/v1/payment.pb.h"
#include "crossbill/v1/quote.pb.h"
#include "crossbill/v1/shipment.pb.h"

namespace crossbill::transforms {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

constexpr int kShared = 30;

// Fields that a kind calls by a name of its own.
const std::map<std::string, std::string>& OtherNames() {
  static const std::map<std::string, std::string> names = {{"quoted_on", "date"},  {"ordered_on", "date"},
                                                           {"shipped_on", "date"}, {"issued_on", "date"},
                                                           {"paid_on", "date"},    {"valid_until", "due_on"}};
  return names;
}

class DocumentShape : public testing::TestWithParam<const Descriptor*> {};

TEST_P(DocumentShape, SharedFieldsHaveTheNumbersOfTheUnion) {
  for (int i = 0; i < GetParam()->field_count(); ++i) {
    const FieldDescriptor* field = GetParam()->field(i);
    if (field->number() > kShared) {
      continue;
    }
    const FieldDescriptor* shared = v1::Document::descriptor()->FindFieldByNumber(field->number());
    ASSERT_NE(shared, nullptr) << field->full_name() << " has a number that the union does not have";
    const auto other = OtherNames().find(field->name());
    EXPECT_EQ(shared->name(), other != OtherNames().end() ? other->second : field->name())
        << field->full_name();
    EXPECT_EQ(shared->type(), field->type()) << field->full_name();
    EXPECT_EQ(shared->is_repeated(), field->is_repeated()) << field->full_name();
    EXPECT_EQ(shared->message_type(), field->message_type()) << field->full_name();
  }
}

INSTANTIATE_TEST_SUITE_P(Kinds, DocumentShape,
                         testing::Values(v1::Quote::descriptor(), v1::Order::descriptor(),
                                         v1::Shipment::descriptor(), v1::Invoice::descriptor(),
                                         v1::Payment::descriptor()),
                         [](const auto& param) { return param.param->name(); });

}  // namespace
}  // namespace crossbill::transforms
