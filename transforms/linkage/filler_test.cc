#include "transforms/linkage/filler.h"

#include <gtest/gtest.h>

namespace crossbill::linkage {
namespace {

TEST(FillerTest, DigitsAndSignsThatAreNoNumber) {
  for (const char* text : {"0", "00000000", "XXXX", "12345678", "23456789", "98765432", "0123456789"}) {
    EXPECT_TRUE(IsFiller(text)) << text;
  }
  for (const char* text : {"12345679", "13579246", "00000001", "55512345"}) {
    EXPECT_FALSE(IsFiller(text)) << text;
  }
}

TEST(FillerTest, AddressesOfNobody) {
  for (const char* email : {"test@test.com", "max@test.de", "noreply@shop.example", "none@none.com",
                            "na@company.com", "xxx@xxx.com", "111@mail.com", "@", "abc@abc.com"}) {
    EXPECT_TRUE(IsFillerEmail(email)) << email;
  }
  for (const char* email : {"info@company.com", "office1@company1.example", "tester@bauer.de",
                            "a.none@shop.com", "siemens@siemens.com"}) {
    EXPECT_FALSE(IsFillerEmail(email)) << email;
  }
}

}  // namespace
}  // namespace crossbill::linkage
