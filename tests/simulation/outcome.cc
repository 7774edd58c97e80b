#include "tests/simulation/outcome.h"

#include <set>
#include <utility>

#include "crossbill/v1/customer.pb.h"
#include "crossbill/v1/customer_value.pb.h"
#include "crossbill/v1/exception.pb.h"
#include "crossbill/v1/steward.pb.h"
#include "crossbill/v1/unified_document.pb.h"

namespace crossbill::simulation {
namespace {

constexpr int kMostShown = 4;

void Require(const Status& status) {
  if (!status.ok()) {
    CheckFailed(status.error().ToString().c_str(), __FILE__, __LINE__);
  }
}

template <class Message, class Visit>
void ReadAll(bus::Bus& bus, const std::string& topic, const Visit& visit) {
  Require(bus::ReadCompacted(bus, topic, [&](const bus::RecordView& record) {
    if (!record.value) {
      return Ok();
    }
    Message message;
    CROSSBILL_CHECK(message.ParseFromArray(record.value->data(), static_cast<int>(record.value->size())));
    visit(std::string(record.key), message);
    return Ok();
  }));
}

std::string NameOf(const v1::Customer& customer) {
  std::string name = "customer of";
  for (const v1::SourceRef& record : customer.records()) {
    name += " " + record.system() + "/" + record.stream() + "/" + record.key();
  }
  return name;
}

class Reader {
 public:
  Reader(bus::Bus& bus, const bus::Topics& topics) : bus_(bus), topics_(topics) {}

  Outcome Read() {
    ReadCustomers();
    for (const std::string& kind : bus::Topics::DocumentKinds()) {
      ReadAll<v1::UnifiedDocument>(bus_, topics_.Unified(kind),
                                   [&](const std::string& key, v1::UnifiedDocument& document) {
                                     document.set_customer(Canonical(document.customer()));
                                     outcome_[kind + " " + key] = document.SerializeAsString();
                                   });
    }
    ReadAll<v1::Exception>(bus_, topics_.Exceptions(), [&](const std::string& key, v1::Exception& exception) {
      CROSSBILL_CHECK(exception.state() != v1::Exception::STATE_UNSPECIFIED && !exception.history().empty());
      if (exception.gone()) {
        CROSSBILL_CHECK(exception.state() == v1::Exception::RESOLVED);
        return;
      }
      exception.clear_history();
      exception.clear_resolved_on();
      exception.set_customer(Canonical(exception.customer()));
      outcome_["exception " + key] = exception.SerializeAsString();
    });
    ReadAll<v1::Review>(bus_, topics_.Reviews(), [&](const std::string& key, v1::Review& review) {
      review.set_left_customer(Canonical(review.left_customer()));
      review.set_right_customer(Canonical(review.right_customer()));
      outcome_["review " + key] = review.SerializeAsString();
    });
    ReadValues();
    return std::move(outcome_);
  }

 private:
  void ReadCustomers() {
    std::map<std::string, std::string> posts;
    std::map<std::string, std::set<std::string>> previous;
    ReadAll<v1::Customer>(
        bus_, topics_.Unified("customer"), [&](const std::string& key, v1::Customer& customer) {
          CROSSBILL_CHECK(customer.name() == key);
          if (!customer.merged_into().empty()) {
            posts[key] = customer.merged_into();
            return;
          }
          previous[key].insert(customer.previous_names().begin(), customer.previous_names().end());
          names_[key] = NameOf(customer);
          customer.clear_name();
          customer.clear_previous_names();
          CROSSBILL_CHECK(outcome_.emplace("customer " + names_[key], customer.SerializeAsString()).second);
        });
    std::size_t told = 0;
    for (const auto& [name, successor] : posts) {
      CROSSBILL_CHECK(previous.contains(successor) && previous[successor].contains(name));
    }
    for (const auto& [name, names] : previous) {
      told += names.size();
    }
    CROSSBILL_CHECK(told == posts.size());
  }

  void ReadValues() {
    ReadAll<v1::CustomerValue>(bus_, topics_.Value(), [&](const std::string& key, v1::CustomerValue& value) {
      CROSSBILL_CHECK(value.name() == key);
      value.set_name(Canonical(key));
      outcome_["value " + value.name()] = value.SerializeAsString();
    });
    ReadAll<v1::MarketFigures>(bus_, topics_.Markets(),
                               [&](const std::string& key, v1::MarketFigures& market) {
                                 outcome_["market " + key] = market.SerializeAsString();
                               });
    ReadAll<v1::AffinityFigures>(bus_, topics_.Affinity(),
                                 [&](const std::string& key, v1::AffinityFigures& figures) {
                                   outcome_["affinity " + key] = figures.SerializeAsString();
                                 });
  }

  std::string Canonical(const std::string& customer) {
    if (!customer.starts_with("customers/")) {
      return customer;
    }
    const auto found = names_.find(customer);
    CROSSBILL_CHECK(found != names_.end());
    return found->second;
  }

  bus::Bus& bus_;
  const bus::Topics& topics_;
  std::map<std::string, std::string> names_;
  Outcome outcome_;
};

std::string TextOf(const std::string& key, const std::string& bytes) {
  if (key.starts_with("customer ")) {
    v1::Customer customer;
    customer.ParseFromString(bytes);
    return customer.DebugString();
  }
  if (key.starts_with("value ")) {
    v1::CustomerValue value;
    value.ParseFromString(bytes);
    return value.DebugString();
  }
  if (key.starts_with("market ")) {
    v1::MarketFigures market;
    market.ParseFromString(bytes);
    return market.DebugString();
  }
  if (key.starts_with("affinity ")) {
    v1::AffinityFigures figures;
    figures.ParseFromString(bytes);
    return figures.DebugString();
  }
  if (key.starts_with("exception ")) {
    v1::Exception exception;
    exception.ParseFromString(bytes);
    return exception.DebugString();
  }
  v1::UnifiedDocument document;
  document.ParseFromString(bytes);
  return document.DebugString();
}

}  // namespace

Outcome ReadOutcome(bus::Bus& bus, const bus::Topics& topics) { return Reader(bus, topics).Read(); }

std::vector<v1::Exception> ReadExceptions(bus::Bus& bus, const bus::Topics& topics) {
  std::vector<v1::Exception> exceptions;
  ReadAll<v1::Exception>(bus, topics.Exceptions(), [&](const std::string&, const v1::Exception& exception) {
    if (!exception.gone()) {
      exceptions.push_back(exception);
    }
  });
  return exceptions;
}

std::vector<v1::UnifiedDocument> ReadDocuments(bus::Bus& bus, const bus::Topics& topics) {
  std::vector<v1::UnifiedDocument> documents;
  for (const std::string& kind : bus::Topics::DocumentKinds()) {
    ReadAll<v1::UnifiedDocument>(
        bus, topics.Unified(kind),
        [&](const std::string&, const v1::UnifiedDocument& document) { documents.push_back(document); });
  }
  return documents;
}

std::string Differences(const Outcome& expected, const Outcome& found) {
  std::string text;
  int shown = 0;
  const auto note = [&](const std::string& line) {
    if (shown++ < kMostShown) {
      text += line + "\n";
    }
  };
  for (const auto& [key, value] : expected) {
    const auto other = found.find(key);
    if (other == found.end()) {
      note("missing: " + key + "\n" + TextOf(key, value));
    } else if (other->second != value) {
      note("different: " + key + "\nexpected:\n" + TextOf(key, value) + "found:\n" +
           TextOf(key, other->second));
    }
  }
  for (const auto& [key, value] : found) {
    if (!expected.contains(key)) {
      note("not expected: " + key + "\n" + TextOf(key, value));
    }
  }
  return text;
}

}  // namespace crossbill::simulation
