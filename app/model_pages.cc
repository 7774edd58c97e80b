#include "app/model_pages.h"

#include <google/protobuf/descriptor.h>

#include <set>
#include <vector>

#include "connectors/mapping/mapper.h"
#include "crossbill/v1/common.pb.h"
#include "crossbill/v1/customer_service.pb.h"
#include "crossbill/v1/document_service.pb.h"
#include "crossbill/v1/document_steward_service.pb.h"
#include "crossbill/v1/exception_service.pb.h"
#include "crossbill/v1/options.pb.h"
#include "crossbill/v1/party.pb.h"
#include "crossbill/v1/value_service.pb.h"

namespace crossbill::app {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::EnumDescriptor;
using google::protobuf::FieldDescriptor;

std::string TypeOf(const FieldDescriptor& field) {
  std::string type = field.message_type() != nullptr
                         ? "[" + field.message_type()->name() + "](#" + field.message_type()->name() + ")"
                     : field.enum_type() != nullptr ? "one of the values below"
                                                    : field.type_name();
  if (const auto format = field.options().GetExtension(v1::format); format != v1::Format::UNSPECIFIED) {
    type = v1::Format::Kind_Name(format);
  }
  return field.is_repeated() ? "list of " + type : type;
}

std::string ValuesOf(const EnumDescriptor& values) {
  std::string text;
  for (int i = 0; i < values.value_count(); ++i) {
    if (values.value(i)->number() != 0) {
      text += (text.empty() ? "`" : ", `") + values.value(i)->name() + "`";
    }
  }
  return text;
}

// A message's fields as a table; messages it uses are added to `further`.
std::string Table(const Descriptor& message, std::vector<const Descriptor*>& further) {
  std::string page = "\n## " + message.name() + "\n\n| field | holds | values |\n|---|---|---|\n";
  for (int i = 0; i < message.field_count(); ++i) {
    const FieldDescriptor& field = *message.field(i);
    page += "| `" + field.name() + "` | " + TypeOf(field) + " | " +
            (field.enum_type() != nullptr ? ValuesOf(*field.enum_type()) : "") + " |\n";
    if (field.message_type() != nullptr) {
      further.push_back(field.message_type());
    }
  }
  return page;
}

// The tables of these messages and of all that they use, each once.
std::string Tables(std::vector<const Descriptor*> messages) {
  std::set<const Descriptor*> done;
  std::string page;
  for (std::size_t i = 0; i < messages.size(); ++i) {
    if (done.insert(messages[i]).second) {
      std::vector<const Descriptor*> further;
      page += Table(*messages[i], further);
      messages.insert(messages.end(), further.begin(), further.end());
    }
  }
  return page;
}

std::string ServiceTable(const google::protobuf::ServiceDescriptor& service,
                         std::vector<const Descriptor*>& messages) {
  std::string page = "\n## " + service.full_name() + "\n\n| method | takes | gives |\n|---|---|---|\n";
  for (int i = 0; i < service.method_count(); ++i) {
    const auto& method = *service.method(i);
    const std::string stream = method.server_streaming() ? "a stream of " : "";
    page += "| `" + method.name() + "` | " + method.input_type()->name() + " | " + stream +
            method.output_type()->name() + " |\n";
    messages.push_back(method.input_type());
    messages.push_back(method.output_type());
  }
  return page;
}

}  // namespace

std::string ModelPage() {
  std::vector<const Descriptor*> messages;
  for (const char* kind :
       {"party", "product", "property", "quote", "order", "shipment", "invoice", "payment", "interaction"}) {
    const std::string name(mapping::MessageOfKind(kind));
    if (const auto* message = v1::Party::descriptor()->file()->pool()->FindMessageTypeByName(name)) {
      messages.push_back(message);
    }
  }
  return "# The canonical model\n\nWhat `map:` fills and what the values of the source topics are. `source` "
         "is filled by Crossbill.\n"
         "DATE is 2026-10-31, INSTANT is RFC 3339 with its offset, DECIMAL is exact text.\n" +
         Tables(std::move(messages));
}

std::string ApiPage() {
  std::vector<const Descriptor*> messages;
  std::string page =
      "# The services\n\nOver gRPC, and every unary method as `POST /SERVICE/METHOD` with JSON (the Connect "
      "protocol).\n";
  for (const auto* file :
       {v1::GetCustomerRequest::descriptor()->file(), v1::GetDocumentRequest::descriptor()->file(),
        v1::ListProposalsRequest::descriptor()->file(), v1::ListExceptionsRequest::descriptor()->file(),
        v1::GetCustomerValueRequest::descriptor()->file()}) {
    for (int i = 0; i < file->service_count(); ++i) {
      page += ServiceTable(*file->service(i), messages);
    }
  }
  return page + Tables(std::move(messages));
}

}  // namespace crossbill::app
