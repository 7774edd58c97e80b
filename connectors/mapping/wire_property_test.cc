// Property: for any mapping and row, the bytes are what the generated classes serialise for the same values.
#include <gmock/gmock.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <random>

#include "connectors/mapping/kinds.h"
#include "connectors/mapping/test_support.h"
#include "crossbill/v1/common.pb.h"
#include "crossbill/v1/options.pb.h"

namespace crossbill::mapping {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

// Makes a mapping as YAML nodes, the row it reads, and the message that reflection makes of the same values.
class Generator {
 public:
  explicit Generator(unsigned seed) : random_(seed) {}

  std::unique_ptr<Message> Make(const Descriptor* descriptor, config::Node& map) {
    std::unique_ptr<Message> message(
        google::protobuf::MessageFactory::generated_factory()->GetPrototype(descriptor)->New());
    Fill(*message, map, 0, true);
    return message;
  }
  const std::vector<std::string>& columns() const { return columns_; }
  const std::vector<std::string>& cells() const { return cells_; }

 private:
  static config::Node Scalar(std::string text) {
    config::Node node;
    node.type = config::Node::Type::kScalar;
    node.scalar = std::move(text);
    node.quoted = true;
    return node;
  }

  bool Chance(unsigned percent) { return random_() % 100 < percent; }

  std::string Text() {
    constexpr const char* kPieces[] = {"a", "京", " ", "ß", "0", "-", "😀", "long long long text"};
    std::string text;
    for (unsigned n = Chance(20) ? 0 : 1 + random_() % (Chance(5) ? 60 : 4); n > 0; --n) {
      text += kPieces[random_() % std::size(kPieces)];
    }
    return text;
  }

  std::string Column(const std::string& cell) {
    columns_.push_back("c" + std::to_string(columns_.size()));
    cells_.push_back(cell);
    return columns_.back();
  }

  // The value as its field holds it; `expression` gives it. Empty: absent.
  std::string Value(const FieldDescriptor* field, std::string& expression) {
    const auto format = field->options().GetExtension(v1::format);
    std::string value = Text();
    switch (format) {
      case v1::Format::DATE:
        value = Chance(20) ? "" : Date(static_cast<std::int32_t>(random_() % 40000)).ToString();
        break;
      case v1::Format::INSTANT:
        value =
            Chance(20)
                ? ""
                : Timestamp(static_cast<std::int64_t>(random_() % 2'000'000'000) * 1'000'000, 480).ToString();
        break;
      case v1::Format::DECIMAL:
        value = Chance(20) ? ""
                           : Decimal(static_cast<__int128>(random_()) - 2'000'000'000,
                                     static_cast<int>(random_() % 5))
                                 .ToString();
        break;
      case v1::Format::CURRENCY:
        value = Chance(50) ? "CNY" : "JPY";
        break;
      case v1::Format::COUNTRY:
        value = Chance(20) ? "" : "CN";
        break;
      default:
        break;
    }
    const std::string column = Column(value);
    expression = format == v1::Format::DATE      ? "date(" + column + ")"
                 : format == v1::Format::INSTANT ? "datetime(" + column + ")"
                 : format == v1::Format::DECIMAL ? "decimal(" + column + ")"
                                                 : column;
    return value;
  }

  // An element in which only constants were written is left out, so that only the top level has constants
  // here.
  void FillEnum(Message& message, const FieldDescriptor* field, config::Node::Entry& entry, bool constants) {
    const auto* value = field->enum_type()->value(
        static_cast<int>(random_() % static_cast<unsigned>(field->enum_type()->value_count())));
    entry.value =
        Scalar(constants && Chance(50) ? std::string(value->name()) : Column(std::string(value->name())));
    message.GetReflection()->SetEnum(&message, field, value);
  }

  void FillMessages(Message& message, const FieldDescriptor* field, config::Node::Entry& entry, int depth) {
    entry.value.type = config::Node::Type::kSequence;
    for (unsigned n = random_() % 4; n > 0; --n) {
      Message* element = message.GetReflection()->AddMessage(&message, field);
      config::Node& node = entry.value.items.emplace_back();
      Fill(*element, node, depth + 1, false);
      if (element->ByteSizeLong() == 0) {
        message.GetReflection()->RemoveLast(&message, field);
      }
    }
  }

  void FillMessage(Message& message, const FieldDescriptor* field, config::Node::Entry& entry, int depth) {
    Message* inner = message.GetReflection()->MutableMessage(&message, field);
    Fill(*inner, entry.value, depth + 1, false);
    if (inner->ByteSizeLong() == 0) {
      message.GetReflection()->ClearField(&message, field);
    }
  }

  void FillMoney(Message& message, const FieldDescriptor* field, config::Node::Entry& entry) {
    std::string unused;
    const std::string value = Value(v1::Money::descriptor()->field(0), unused);
    entry.value = Scalar("money(" + Column(value) + ", " + (Chance(50) ? Column("EUR") : "\"EUR\"") + ")");
    if (!value.empty()) {
      auto* money = static_cast<v1::Money*>(message.GetReflection()->MutableMessage(&message, field));
      money->set_amount(value);
      money->set_currency("EUR");
    }
  }

  void FillValues(Message& message, const FieldDescriptor* field, config::Node::Entry& entry) {
    entry.value.type = config::Node::Type::kSequence;
    for (unsigned n = random_() % 4; n > 0; --n) {
      std::string expression;
      const std::string value = Value(field, expression);
      entry.value.items.push_back(Scalar(expression));
      if (!value.empty()) {
        message.GetReflection()->AddString(&message, field, value);
      }
    }
  }

  void Fill(Message& message, config::Node& map, int depth, bool top) {
    map.type = config::Node::Type::kMapping;
    std::vector<int> order;
    for (int i = 0; i < message.GetDescriptor()->field_count(); ++i) {
      order.push_back(i);
    }
    std::ranges::shuffle(order, random_);
    for (const int i : order) {
      const FieldDescriptor* field = message.GetDescriptor()->field(i);
      if ((top && field->number() == 1) || Chance(40) || depth > 3) {
        continue;
      }
      config::Node::Entry entry;
      entry.key = field->name();
      if (field->is_repeated() && field->message_type() != nullptr) {
        FillMessages(message, field, entry, depth);
      } else if (field->is_repeated()) {
        FillValues(message, field, entry);
      } else if (field->message_type() == v1::Money::descriptor()) {
        FillMoney(message, field, entry);
      } else if (field->message_type() != nullptr) {
        FillMessage(message, field, entry, depth);
      } else if (field->enum_type() != nullptr) {
        FillEnum(message, field, entry, top);
      } else {
        std::string expression;
        const std::string value = Value(field, expression);
        entry.value = Scalar(expression);
        if (!value.empty()) {
          message.GetReflection()->SetString(&message, field, value);
        }
      }
      map.entries.push_back(std::move(entry));
    }
  }

  std::mt19937 random_;
  std::vector<std::string> columns_;
  std::vector<std::string> cells_;
};

TEST(WirePropertyTest, BytesEqualTheGeneratedClasses) {
  const unsigned start = std::random_device{}();
  const std::vector<std::string> kinds = NamesOfKinds();
  for (unsigned seed = start; seed < start + 400; ++seed) {
    SCOPED_TRACE(seed);
    Generator generator(seed);
    const std::string& kind = kinds[seed % kinds.size()];
    config::Node map;
    const auto expected = generator.Make(DescriptorOfKind(kind), map);
    auto* source = static_cast<v1::SourceRef*>(expected->GetReflection()->MutableMessage(
        expected.get(), expected->GetDescriptor()->FindFieldByNumber(1)));
    source->set_system("erp");
    source->set_stream("s");
    source->set_key("k");

    std::vector<std::string> columns = generator.columns(), cells = generator.cells();
    columns.push_back("key");
    cells.push_back("k");
    const connectors::Schema schema = TextSchema(columns);
    const config::File file{"m.yaml", {}};
    MapperSpec spec;
    spec.system = "erp";
    spec.file = &file;
    PublicationSpec publication;
    publication.name = "s";
    publication.kind = kind;
    publication.key = {"key"};
    publication.map = &map;
    spec.publications.push_back(publication);
    config::Problems problems;
    const auto mapper = Mapper::Compile(spec, &schema, nullptr, false, problems);
    ASSERT_NE(mapper, nullptr) << problems.ToString();
    std::vector<connectors::Value> values;
    for (const std::string& cell : cells) {
      values.push_back(connectors::Value::Text(cell));
    }
    connectors::Row row;
    row.cells = values.data();
    const MapResult& result = mapper->Map(row);
    ASSERT_EQ(result.events.size(), 1u) << result.rejections[0].error.message();
    EXPECT_EQ(result.events[0].bytes, expected->SerializeAsString());
  }
}

}  // namespace
}  // namespace crossbill::mapping
