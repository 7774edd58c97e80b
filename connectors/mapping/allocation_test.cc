// A row allocates nothing in the steady state: every call of operator new in this program is counted.
#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <new>

#include "connectors/mapping/test_support.h"

namespace {
std::atomic<std::int64_t> allocations{0};
}  // namespace

[[gnu::noinline]] void* operator new(std::size_t bytes) {
  allocations.fetch_add(1, std::memory_order_relaxed);
  if (void* memory = std::malloc(bytes == 0 ? 1 : bytes); memory != nullptr) {
    return memory;
  }
  throw std::bad_alloc();
}
[[gnu::noinline]] void* operator new[](std::size_t bytes) { return ::operator new(bytes); }
[[gnu::noinline]] void* operator new(std::size_t bytes, const std::nothrow_t&) noexcept {
  allocations.fetch_add(1, std::memory_order_relaxed);
  return std::malloc(bytes == 0 ? 1 : bytes);
}
[[gnu::noinline]] void operator delete(void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete[](void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete[](void* memory, std::size_t) noexcept { std::free(memory); }

namespace crossbill::mapping {
namespace {

TEST(AllocationTest, NoneInTheSteadyState) {
  Stream s;
  s.schema = TextSchema({"vbeln", "kunnr", "bstnk", "audat", "netwr", "waerk", "status"});
  s.children.push_back({"lines", TextSchema({"posnr", "matnr", "kwmeng", "netpr"})});
  s.Compile(R"yaml(
publish: order
key: [vbeln]
when: status != "TEST" && size(vbeln) > 0
lookups: {status: {A: open}}
map:
  number: trim_zeros(vbeln)
  customer: {id: trim_zeros(kunnr), name: 'upper(kunnr) + "!"'}
  references: [{type: CUSTOMER_PO, number: bstnk}]
  ordered_on: date(audat, ["%Y-%m-%d", "%Y%m%d"])
  total: money(netwr, waerk)
  tax: money(round(decimal(netwr) * 0.19, 2), waerk)
  status: lookup("status", status, "other")
  text: regex_extract(bstnk, r"(\d+)")
  lines:
    each: lines
    map: {id: trim_zeros(posnr), product.sku: trim_zeros(matnr), quantity: decimal(kwmeng), unit_price: money(netpr, waerk)}
require:
  - {that: 'total > money(0, "CNY") && size(lines) > 0', why: nothing to pay}
)yaml");
  ASSERT_NE(s.mapper, nullptr) << s.problems.ToString();
  const auto cells = s.Cells({"0000000042", "0000001001", "PO-77", "2024-11-04", "1250.00", "CNY", "A"});
  const connectors::Value lines =
      s.Rows(s.children[0].schema,
             {{"000010", "000000000000004711", "3.000", "400.00"}, {"000020", "A-1", "1", "50.00"}});
  connectors::Row row;
  row.cells = cells.data();
  row.children = {&lines, 1};
  for (int i = 0; i < 20; ++i) {
    ASSERT_EQ(s.mapper->Map(row).events.size(), 1u);
  }
  const std::int64_t before = allocations.load();
  std::size_t events = 0;
  for (int i = 0; i < 1000; ++i) {
    events += s.mapper->Map(row).events.size();
  }
  EXPECT_EQ(allocations.load() - before, 0);
  EXPECT_EQ(events, 1000u);
}

}  // namespace
}  // namespace crossbill::mapping
