#include "connectors/mapping/kinds.h"

#include "connectors/mapping/mapper.h"
#include "crossbill/v1/interaction.pb.h"
#include "crossbill/v1/invoice.pb.h"
#include "crossbill/v1/order.pb.h"
#include "crossbill/v1/party.pb.h"
#include "crossbill/v1/payment.pb.h"
#include "crossbill/v1/product.pb.h"
#include "crossbill/v1/property.pb.h"
#include "crossbill/v1/quote.pb.h"
#include "crossbill/v1/shipment.pb.h"

namespace crossbill::mapping {
namespace {

struct KindOfEvent {
  std::string_view name;
  const google::protobuf::Descriptor* (*descriptor)();
};

constexpr KindOfEvent kKinds[] = {
    {"party", v1::Party::descriptor},
    {"product", v1::Product::descriptor},
    {"property", v1::Property::descriptor},
    {"quote", v1::Quote::descriptor},
    {"order", v1::Order::descriptor},
    {"shipment", v1::Shipment::descriptor},
    {"invoice", v1::Invoice::descriptor},
    {"payment", v1::Payment::descriptor},
    {"interaction", v1::Interaction::descriptor},
};

}  // namespace

const google::protobuf::Descriptor* DescriptorOfKind(std::string_view kind) {
  for (const KindOfEvent& k : kKinds) {
    if (k.name == kind) {
      return k.descriptor();
    }
  }
  return nullptr;
}

std::vector<std::string> NamesOfKinds() {
  std::vector<std::string> names;
  for (const KindOfEvent& k : kKinds) {
    names.emplace_back(k.name);
  }
  return names;
}

std::string_view MessageOfKind(std::string_view kind) {
  const google::protobuf::Descriptor* descriptor = DescriptorOfKind(kind);
  return descriptor == nullptr ? std::string_view() : std::string_view(descriptor->full_name());
}

}  // namespace crossbill::mapping
