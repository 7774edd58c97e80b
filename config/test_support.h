// For the tests of this folder: variables from a list, golden files.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>

#include "config/node.h"

namespace crossbill::config {

class FixedVariables final : public Variables {
 public:
  explicit FixedVariables(std::map<std::string, std::string, std::less<>> values = {})
      : values_(std::move(values)) {}
  const std::string* Find(std::string_view name) const override {
    const auto found = values_.find(name);
    return found == values_.end() ? nullptr : &found->second;
  }

 private:
  std::map<std::string, std::string, std::less<>> values_;
};

inline std::string ReadAll(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  EXPECT_TRUE(in.good()) << path;
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

// Compares with testdata/NAME; CROSSBILL_UPDATE=1 writes it anew.
inline void ExpectGolden(const std::string& name, const std::string& actual) {
  const std::string path = std::string(CROSSBILL_TEST_DIR) + "/testdata/" + name;
  if (const char* update = std::getenv("CROSSBILL_UPDATE"); update != nullptr && std::string(update) == "1") {
    std::ofstream(path, std::ios::binary) << actual;
    return;
  }
  EXPECT_EQ(ReadAll(path), actual) << name << " (CROSSBILL_UPDATE=1 writes it anew)";
}

}  // namespace crossbill::config
