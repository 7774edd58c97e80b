// Random work against a model: whatever the order of transactions, aborts, crashes and maintenance, what is
// visible is exactly what was committed. A suite of its own beside BusContract: instantiate both. The seed is
// printed with a failure.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "tests/contract/bus_contract.h"

namespace crossbill::bus {

class BusProperty : public BusContract {
 protected:
  void Run(std::uint64_t seed);

 private:
  struct Model {
    std::map<std::int32_t, std::vector<std::pair<std::string, std::optional<std::string>>>>
        log;                                    // of the plain topic
    std::map<std::string, std::string> newest;  // of the compacted one
    std::map<std::string, std::string> state;
    std::map<std::int32_t, std::int64_t> offsets;
  };

  void Reopen();
  void Transact();
  void Act();
  void SendCompacted(const std::string& key);
  void ExpectState(const std::string& key);
  void Compare();
  std::string Text(std::size_t most);

  std::mt19937_64 random_;
  std::string suffix_;
  Model committed_;
  Model open_;
  std::string plain_;
  std::string compacted_;
  std::string group_;
  std::unique_ptr<Producer> producer_;
  StateStore* store_ = nullptr;
};

}  // namespace crossbill::bus
