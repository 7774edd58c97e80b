// What pays what: first what people decided, then payments and credit notes settle the invoices that they are
// linked with, in the order of their dates, up to what is open. Of every invoice and payment, what was
// settled and what is open make the whole amount. Pure.
#pragma once

#include <vector>

#include "transforms/reconcile/golden.h"

namespace crossbill::transforms {

// Sets `settled` of the links between invoices and what pays or credits them, and `open` of invoices and
// payments. An amount is only settled in one currency. A payment of an order pays the order's invoices.
void SettleInvoices(std::vector<GoldenDocument>& golden);

}  // namespace crossbill::transforms
