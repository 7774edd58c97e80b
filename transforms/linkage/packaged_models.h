// The models that come with the program, and what they have learnt from generated records. Any thread; the
// texts live as long as the program.
#pragma once

#include <span>
#include <string_view>

namespace crossbill::linkage {

struct PackagedModel {
  std::string_view name;  // "person"
  std::string_view yaml;
};

std::span<const PackagedModel> PackagedModels();
// A file of parameters, without frequencies; "" where the model has none.
std::string_view PackagedParameters(std::string_view name);

}  // namespace crossbill::linkage
