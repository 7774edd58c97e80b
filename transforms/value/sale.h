// What a unified order or invoice says of what was sold. Pure; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "crossbill/v1/internal.pb.h"

namespace crossbill::v1 {
class ProductRef;
class UnifiedDocument;
}  // namespace crossbill::v1

namespace crossbill::transforms {

// Nothing: it is neither, was cancelled, or has no date. Of a credit note all amounts are below zero, and it
// has no products: what was given back is no basket.
std::optional<v1::Sale> SaleOf(const v1::UnifiedDocument& document);

// What a product is called in most systems, else its number.
const std::string& NameOfProduct(const v1::ProductRef& product);

// The key under which a sale travels: its customer, or its own name while it is nobody's.
const std::string& KeyOfSale(const v1::Sale& sale);
bool IsCustomer(std::string_view key);

}  // namespace crossbill::transforms
