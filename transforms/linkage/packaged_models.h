// The models that come with the program. Any thread; the texts live as long as the program.
#pragma once

#include <span>
#include <string_view>

namespace crossbill::linkage {

struct PackagedModel {
  std::string_view name;  // "person"
  std::string_view yaml;
};

std::span<const PackagedModel> PackagedModels();

}  // namespace crossbill::linkage
