// The evidence that two party records are the same party, in hundredths of a bit: integers, so that every
// machine agrees. Pure; any thread.
#pragma once

#include <string_view>
#include <vector>

#include "transforms/identity/features.h"

namespace crossbill::transforms {

struct JudgedPart {
  std::string_view field;  // "name", "tax_id"; text of the program
  std::string_view level;  // "exact", "similar", "different" …
  int weight = 0;
};

struct Evidence {
  int weight = 0;          // the sum of the parts
  bool forbidden = false;  // different tax ids: never the same, whatever else agrees
  bool contradicted =
      false;  // another name, and nothing that outweighs it: a household, two firms in one building
  std::vector<JudgedPart> parts;
};

Evidence Compare(const Features& left, const Features& right);

}  // namespace crossbill::transforms
