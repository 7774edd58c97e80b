#include "transforms/reconcile/exception_builder.h"

namespace crossbill::transforms {

void FindChainExceptions(const ExceptionInput& input, ExceptionResult& result) {
  (void)input;
  (void)result;
}

void FindPaymentExceptions(const ExceptionInput& input, ExceptionResult& result) {
  (void)input;
  (void)result;
}

}  // namespace crossbill::transforms
