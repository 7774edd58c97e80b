// What customers are worth, as text for people.
#pragma once

#include <string>

#include "crossbill/v1/value_service.pb.h"

namespace crossbill::app {

// A block of a customer's page; empty for who never bought.
std::string ShowStanding(const v1::CustomerStanding& standing);
// "class A, KEY"
std::string ShowSegment(const v1::Segment& segment);
// "0.0312" as "3.12 %".
std::string PercentText(const std::string& part);

}  // namespace crossbill::app
