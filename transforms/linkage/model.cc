#include "transforms/linkage/model.h"

#include <fmt/format.h>
#include <google/protobuf/descriptor.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "base/decimal.h"
#include "config/reader.h"
#include "crossbill/config/v1/linkage.pb.h"

namespace crossbill::linkage {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

class ModelReader {
 public:
  ModelReader(const config::File& file, config::Problems& problems) : file_(file), problems_(problems) {}

  Model Read(Model::DescriptorOf descriptor_of) {
    config::ReadMessage(file_, file_.root, "", {&message_}, problems_);
    if (problems_.HasErrors()) {
      return {};
    }
    model_.record = message_.record();
    record_ = descriptor_of(message_.record());
    if (record_ == nullptr) {
      Report("record", fmt::format("there is no kind of event \"{}\"", message_.record()));
      return {};
    }
    ReadFields();
    for (const auto& comparison : message_.comparisons()) {
      ReadComparison(comparison);
    }
    if (model_.comparisons.size() > kMostComparisons) {
      Report("comparisons",
             fmt::format("{} comparisons; the limit is {}", model_.comparisons.size(), kMostComparisons));
    }
    ReadRelations();
    for (const auto& block : message_.blocks()) {
      ReadBlock(block);
    }
    ReadClusters();
    return std::move(model_);
  }

 private:
  void Report(std::string_view key, std::string message) {
    const config::Node* node = file_.root.Find(key);
    problems_.Add(config::ProblemAt(file_, node == nullptr ? file_.root.at : node->at, Code::kConfigValue,
                                    std::move(message)));
  }

  // In order of the file: the map of the message has none.
  void ReadFields() {
    for (const config::Node::Entry& entry : file_.root.Find("fields")->entries) {
      const auto& spec = message_.fields().at(entry.key);
      Field field{entry.key, {}, FindCleaner(spec.clean())};
      if (field.cleaner == nullptr) {
        Report("fields", fmt::format("{}: there is no form \"{}\"; there are {}", entry.key, spec.clean(),
                                     CleanerNames()));
      }
      for (const std::string& from : spec.from()) {
        field.from.push_back(PathOf(entry.key, from));
      }
      model_.fields.push_back(std::move(field));
    }
    if (model_.fields.size() > kMostFields) {
      Report("fields", fmt::format("{} fields; the limit is {}", model_.fields.size(), kMostFields));
    }
  }

  static std::string CleanerNames() {
    std::string names;
    for (const Cleaner& cleaner : AllCleaners()) {
      names += (names.empty() ? "" : ", ") + std::string(cleaner.name);
    }
    return names;
  }

  FieldPath PathOf(std::string_view field, const std::string& from) {
    FieldPath path;
    const Descriptor* message = record_;
    std::string_view rest = from;
    while (!rest.empty()) {
      const std::size_t end = std::min(rest.find('.'), rest.size());
      const FieldDescriptor* step =
          message == nullptr ? nullptr : message->FindFieldByName(std::string(rest.substr(0, end)));
      if (step == nullptr) {
        Report("fields", fmt::format("{}: a {} has no field \"{}\"", field, model_.record, from));
        return {};
      }
      path.push_back(step);
      message = step->message_type();
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    if (path.empty() || path.back()->cpp_type() != FieldDescriptor::CPPTYPE_STRING) {
      Report("fields", fmt::format("{}: \"{}\" is no text of a {}", field, from, model_.record));
      return {};
    }
    return path;
  }

  std::optional<std::size_t> FindField(std::string_view name) const {
    for (std::size_t i = 0; i < model_.fields.size(); ++i) {
      if (model_.fields[i].name == name) {
        return i;
      }
    }
    return std::nullopt;
  }

  std::size_t FieldOf(std::string_view key, std::string_view name) {
    const auto field = FindField(name);
    if (!field) {
      Report(key, fmt::format("there is no field \"{}\" among the model's fields", name));
    }
    return field.value_or(0);
  }

  template <class Value>
  static void AddOnce(const Value& value, std::vector<Value>& values) {
    if (std::find(values.begin(), values.end(), value) == values.end()) {
      values.push_back(value);
    }
  }

  void ReadComparison(const config::v1::LinkageComparison& spec) {
    Comparison comparison;
    comparison.field = FieldOf("comparisons", spec.field());
    comparison.frequencies = spec.frequencies();
    for (const std::string& text : spec.levels()) {
      auto level =
          ParseLevel(text, comparison.field, [this](std::string_view name) { return FindField(name); });
      if (!level.ok()) {
        Report("comparisons", fmt::format("{}: {}", spec.field(), level.error().message()));
        continue;
      }
      for (const Condition& condition : level->conditions) {
        if (condition.IsCrossed()) {
          AddOnce(CrossedFields{condition.field, condition.other}, comparison.crossed);
        } else {
          AddOnce(condition.field, comparison.fields);
        }
      }
      comparison.levels.push_back(*std::move(level));
    }
    model_.comparisons.push_back(std::move(comparison));
  }

  // For each comparison whether it is among those that are named by their fields.
  template <class Names>
  std::vector<bool> Compared(std::string_view relation, const Names& names) {
    std::vector<bool> compared(model_.comparisons.size());
    for (const std::string& name : names) {
      const std::size_t field = FieldOf("relations", name);
      const auto found = std::find_if(model_.comparisons.begin(), model_.comparisons.end(),
                                      [&](const Comparison& c) { return c.field == field; });
      if (found == model_.comparisons.end()) {
        Report("relations", fmt::format("{}: \"{}\" is not compared", relation, name));
        continue;
      }
      compared[static_cast<std::size_t>(found - model_.comparisons.begin())] = true;
    }
    return compared;
  }

  // In order of the file, like the fields.
  void ReadRelations() {
    const config::Node* relations = file_.root.Find("relations");
    if (relations == nullptr) {
      return;
    }
    for (const config::Node::Entry& entry : relations->entries) {
      const auto& spec = message_.relations().at(entry.key);
      Relation relation{entry.key, spec.same(), Compared(entry.key, spec.share()),
                        Compared(entry.key, spec.differ()), Compared(entry.key, spec.by())};
      if (relation.same) {
        relation.shares = relation.differs;
        relation.shares.flip();
      }
      for (std::size_t c = 0; c < relation.by.size(); ++c) {
        relation.shares[c] = relation.shares[c] || relation.by[c];
      }
      model_.relations.push_back(std::move(relation));
    }
    if (model_.relations.size() > kMostRelations) {
      Report("relations",
             fmt::format("{} relations; the limit is {}", model_.relations.size(), kMostRelations));
    }
  }

  void ReadBlock(const config::v1::LinkageBlock& spec) {
    BlockingRule rule;
    rule.most = static_cast<std::size_t>(std::max(0, spec.most()));
    if (spec.most() < 2 || spec.most() > kMostInBlock) {
      Report("blocks", fmt::format("most: {} is not from 2 to {}", spec.most(), kMostInBlock));
    }
    for (const std::string& text : spec.keys()) {
      std::vector<KeyPart> key;
      std::string_view rest = text;
      while (!rest.empty()) {
        const std::size_t end = std::min(rest.find(','), rest.size());
        std::string_view part = rest.substr(0, end);
        part.remove_prefix(std::min(part.find_first_not_of(' '), part.size()));
        key.push_back(PartOf(part));
        rest.remove_prefix(std::min(end + 1, rest.size()));
      }
      rule.keys.push_back(std::move(key));
    }
    model_.blocks.push_back(std::move(rule));
    if (model_.blocks.size() == kMostBlockingRules + 1) {
      Report("blocks", fmt::format("more than {}", kMostBlockingRules));
    }
  }

  void ReadClusters() {
    const auto& spec = message_.clusters();
    ClusterRules& clusters = model_.clusters;
    clusters.link = Bits("link", spec.link());
    clusters.missing = Bits("missing", spec.missing());
    clusters.review = Bits("review", spec.review());
    clusters.one_to_one = spec.one_to_one();
    clusters.one_per_system = spec.one_per_system() || spec.one_to_one();
    for (const std::string& field : spec.forbid()) {
      clusters.forbid.push_back(FieldOf("clusters", field));
    }
    if (!spec.automatic().empty()) {
      clusters.automatic = Bits("automatic", spec.automatic());
    }
    if (clusters.link <= clusters.missing) {
      Report("clusters",
             "link is above missing, or records that have nothing to do with each other are joined");
    }
    if (clusters.automatic && !clusters.one_to_one) {
      Report("clusters", "automatic is for pairs: it needs one_to_one: true");
    }
    if (clusters.automatic && *clusters.automatic < 0) {
      Report("clusters", "automatic is 0 or more: a pair has to be better than what else there is");
    }
  }

  KeyPart PartOf(std::string_view text) {
    const std::size_t slash = text.find('/');
    KeyPart part{FieldOf("blocks", text.substr(0, slash)), 0};
    if (slash != std::string_view::npos) {
      const std::string_view digits = text.substr(slash + 1);
      const auto [end, error] =
          std::from_chars(digits.data(), digits.data() + digits.size(), part.characters);
      if (error != std::errc() || end != digits.data() + digits.size() || part.characters == 0) {
        Report("blocks", fmt::format("\"{}\": behind the slash stands a number of characters", text));
      }
    }
    return part;
  }

  int Bits(std::string_view name, const std::string& text) {
    const auto bits = ParseBits(text);
    if (!bits.ok()) {
      Report("clusters", fmt::format("{}: {}", name, bits.error().message()));
      return 0;
    }
    return *bits;
  }

  const config::File& file_;
  config::Problems& problems_;
  config::v1::LinkageModel message_;
  const Descriptor* record_ = nullptr;
  Model model_;
};

}  // namespace

Model Model::Read(const config::File& file, DescriptorOf descriptor_of, config::Problems& problems) {
  return ModelReader(file, problems).Read(descriptor_of);
}

Result<int> ParseBits(std::string_view text) {
  constexpr int kDigits = 2;
  constexpr __int128 kMost = 100'000'00;
  CROSSBILL_TRY(const Decimal bits, Decimal::Parse(text));
  const Decimal rounded = bits.Rounded(kDigits, Rounding::kHalfEven);
  CROSSBILL_TRY(const Decimal hundredths, rounded.Times(Decimal(100)));
  const __int128 value = hundredths.Rounded(0, Rounding::kHalfEven).coefficient();
  if (!(rounded == bits) || value > kMost || value < -kMost) {
    return Error(Code::kConfigValue,
                 fmt::format("\"{}\" is no number of bits with at most two digits behind the point", text));
  }
  return static_cast<int>(value);
}

}  // namespace crossbill::linkage
