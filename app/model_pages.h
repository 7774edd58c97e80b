// Reference pages of the canonical model and of the services, from their descriptors.
#pragma once

#include <string>

namespace crossbill::app {

std::string ModelPage();
std::string ApiPage();

}  // namespace crossbill::app
