// Results, identifiers, secrets, the log, counters and the page of errors.
#include <gtest/gtest.h>

#include <set>
#include <sstream>
#include <thread>

#include "base/error_catalogue.h"
#include "base/id.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/result.h"
#include "base/secret.h"

namespace crossbill {
namespace {

Result<int> Half(int value) {
  if (value % 2 != 0) {
    return Error(Code::kLimit, "odd");
  }
  return value / 2;
}

Result<int> Quarter(int value) {
  CROSSBILL_TRY(const int half, Half(value));
  CROSSBILL_TRY(const int quarter, Half(half));
  return quarter;
}

Status Check(int value) {
  CROSSBILL_RETURN_IF_ERROR(value < 0 ? Status(Error(Code::kUsage, "negative")) : Ok());
  return Ok();
}

TEST(ResultTest, CarriesAValueOrAnError) {
  EXPECT_EQ(Quarter(8).value(), 2);
  EXPECT_EQ(Quarter(6).error().message(), "odd");
  EXPECT_TRUE(Check(1).ok());
  EXPECT_EQ(Check(-1).error().code(), Code::kUsage);
}

TEST(ResultTest, AskingForWhatIsNotThereAborts) {
  EXPECT_DEATH((void)Quarter(6).value(), "");
  EXPECT_DEATH((void)Quarter(8).error(), "");
  EXPECT_DEATH(CROSSBILL_CHECK(1 + 1 == 3), "1 \\+ 1 == 3 does not hold");
}

TEST(ErrorTest, PlacesGrowOutwards) {
  const Error error =
      Error(Code::kConfigUnknownKey, "unknown key \"tabel\"", "streams[0].map").At("crm.yaml:3:1");
  EXPECT_EQ(error.ToString(), "crm.yaml:3:1: streams[0].map: error CB1101: unknown key \"tabel\"");
  EXPECT_EQ(Error(Code::kIo, "full").ToString(), "error CB1003: full");
  EXPECT_EQ(Error(Code::kIo, "full").At("").where(), "");
  EXPECT_EQ(error.retry(), Retry::Never);
}

TEST(CatalogueTest, IsWhole) {
  std::set<std::string_view> ids;
  ForEachCode(
      [](const CodeInfo& info, void* context) {
        EXPECT_TRUE(static_cast<std::set<std::string_view>*>(context)->insert(info.id).second) << info.id;
        EXPECT_EQ(info.id, "CB" + std::to_string(static_cast<int>(info.code)));
        EXPECT_EQ(InfoOf(info.code).id, info.id);
        EXPECT_FALSE(info.what.empty());
        EXPECT_FALSE(info.remedy.empty());
        EXPECT_TRUE(std::set<int>({1, 64, 70, 75, 78}).contains(info.exit_code)) << info.id;
        const std::set<std::string_view> grpc = {
            "INTERNAL",        "INVALID_ARGUMENT",    "NOT_FOUND",          "UNAVAILABLE",
            "CANCELLED",       "DEADLINE_EXCEEDED",   "RESOURCE_EXHAUSTED", "ABORTED",
            "DATA_LOSS",       "FAILED_PRECONDITION", "PERMISSION_DENIED",  "UNIMPLEMENTED",
            "UNAUTHENTICATED", "ALREADY_EXISTS",      "OUT_OF_RANGE",       "UNKNOWN"};
        EXPECT_TRUE(grpc.contains(info.grpc)) << info.id;
      },
      &ids);
  EXPECT_GT(ids.size(), 50u);
  EXPECT_EQ(InfoOf(static_cast<Code>(9999)).id, "CB1000");
}

TEST(CatalogueTest, PageHasEveryCodeOnce) {
  std::string page = RenderErrorCatalogue();
  ForEachCode(
      [](const CodeInfo& info, void* context) {
        const std::string row = "</a>" + std::string(info.id) + " |";
        const std::string& text = *static_cast<std::string*>(context);
        const std::size_t at = text.find(row);
        EXPECT_NE(at, std::string::npos) << info.id;
        EXPECT_EQ(text.find(row, at + 1), std::string::npos) << info.id;
      },
      &page);
  EXPECT_EQ(page.find("## Others"), std::string::npos) << "a section of errors.def has no heading";
}

TEST(IdTest, HashesAreStable) {
  EXPECT_EQ(HashOf(""), 0x2D06800538D394C2u);
  EXPECT_EQ(HashOf("crossbill"), HashOf(std::string("cross") + "bill"));
  EXPECT_NE(HashOf("a", 1), HashOf("a", 2));
  EXPECT_EQ(Hash128Of("").ToHex(), "99aa06d3014798d86001c324468d497f");
}

TEST(IdTest, PartsKeepTheirBounds) {
  EXPECT_NE(Hash128Of({"a", "bc"}), Hash128Of({"ab", "c"}));
  EXPECT_NE(Hash128Of({"a"}), Hash128Of({"a", ""}));
  EXPECT_EQ(Hash128Of({"a", "bc"}).ToHex(), "f310f4d71be93bc46456c91685adede6");
}

TEST(IdTest, LongPartsHashAsTheBytesTheyAre) {
  for (const std::size_t size : {487u, 488u, 489u, 495u, 496u, 497u, 505u, 512u, 513u, 5000u}) {
    const std::string text(size, 'x');
    std::string bytes;
    for (const std::string_view part : {std::string_view(text), std::string_view("y")}) {
      for (int i = 0; i < 8; ++i) {
        bytes += static_cast<char>(part.size() >> (8 * i));
      }
      bytes += part;
    }
    EXPECT_EQ(Hash128Of({text, "y"}), Hash128Of(bytes)) << size;
  }
}

TEST(IdTest, ShortIds) {
  const Hash128 hash = Hash128Of({"erp", "customer", "4711"});
  EXPECT_EQ(ShortId(hash).size(), 13u);
  EXPECT_EQ(ShortId(hash, 26).substr(0, 8), ShortId(hash, 8));
  EXPECT_EQ(ShortId({~0ull, ~0ull}, 26).substr(0, 25), std::string(25, 'z'));
  EXPECT_EQ(ShortId({0, 0}, 5), "00000");
  EXPECT_EQ(ShortId(hash, 99).size(), 26u);
  EXPECT_EQ(ShortId(hash, 26).find_first_of("ilouILOU"), std::string::npos);
}

TEST(SecretTest, IsNeverPrinted) {
  const Secret secret("hunter22");
  std::ostringstream out;
  out << secret;
  EXPECT_EQ(out.str(), "***");
  EXPECT_EQ(secret.Reveal(), "hunter22");
}

TEST(SecretTest, Redact) {
  const std::vector<Secret> secrets = {Secret("hunter22"), Secret("hunter22-long"), Secret("abc")};
  EXPECT_EQ(Redact("login hunter22 and hunter22-long, abc", secrets), "login *** and ***, abc");
  EXPECT_EQ(Redact("host=db password=geheim user=x", {}), "host=db password=*** user=x");
  EXPECT_EQ(Redact("Server=db;PWD={a;b}};UID=sa", {}), "Server=db;PWD=***};UID=sa");
  EXPECT_EQ(Redact("{\"password\": \"a b\\\"c\", \"x\": 1}", {}), "{\"password\": ***, \"x\": 1}");
  EXPECT_EQ(Redact("password='it is' ok", {}), "password=*** ok");
  EXPECT_EQ(Redact("postgres://me:p@ss@db:5432/crm?x=1", {}), "postgres://***@db:5432/crm?x=1");
  EXPECT_EQ(Redact("http://host/path and https://u@h", {}), "http://host/path and https://***@h");
  EXPECT_EQ(Redact("the password is wrong for user x", {}), "the password is wrong for user x");
  EXPECT_EQ(Redact("token: abcdef", {}), "token: ***");
  EXPECT_EQ(Redact("password=\"open", {}), "password=***");
  EXPECT_EQ(Redact("password=\"open\\", {}), "password=***");
  EXPECT_EQ(Redact("", {}), "");
}

class LogTest : public testing::Test {
 protected:
  std::unique_ptr<Log> Make(bool json, LogLevel least = LogLevel::kInfo) {
    return MakeLog(clock_, json, least, [this](std::string_view line) { text_ += line; });
  }
  ManualClock clock_{Timestamp(1793408400500000)};
  std::string text_;
};

TEST_F(LogTest, JsonLines) {
  const auto log = Make(true);
  log->Info("read \"x\"\n", {{"rows", "12"}, {"bad", "a\xFF\x01"}});
  EXPECT_EQ(text_,
            "{\"time\":\"2026-10-31T01:00:00.5Z\",\"level\":\"info\",\"message\":\"read "
            "\\\"x\\\"\\n\",\"rows\":\"12\",\"bad\":\"a\xEF\xBF\xBD\\u0001\"}\n");
}

TEST_F(LogTest, TextForPeople) {
  const auto log = Make(false);
  log->Warn("slow\nsource", {{"source", "crm"}, {"why", "two words"}});
  EXPECT_EQ(text_, "2026-10-31T01:00:00.5Z warn  slow source source=crm why=\"two words\"\n");
}

TEST_F(LogTest, LeastLevel) {
  const auto log = Make(false, LogLevel::kWarn);
  log->Info("no");
  EXPECT_EQ(text_, "");
  MakeNullLog()->Warn("nowhere");
}

TEST_F(LogTest, RepeatedErrorsAreLimited) {
  const auto log = Make(false);
  const Error error(Code::kSourceUnavailable, "refused", "crm");
  for (int i = 0; i < 50; ++i) {
    log->Failed("poll", error);
    clock_.Advance(100'000);
  }
  EXPECT_EQ(std::count(text_.begin(), text_.end(), '\n'), 1);
  EXPECT_NE(text_.find("code=CB1400 where=crm error=refused"), std::string::npos) << text_;
  log->Failed("poll", Error(Code::kSourceUnavailable, "refused", "erp"));  // another place
  EXPECT_EQ(std::count(text_.begin(), text_.end(), '\n'), 2);
  clock_.Advance(6'000'000);
  log->Failed("poll", error);
  EXPECT_EQ(std::count(text_.begin(), text_.end(), '\n'), 3);
  EXPECT_NE(text_.find("repeated=49"), std::string::npos) << text_;
}

TEST_F(LogTest, RemembersABoundedNumberOfErrors) {
  const auto log = Make(false);
  for (int i = 0; i < 5000; ++i) {
    log->Failed("poll", Error(Code::kIo, "full", "file" + std::to_string(i)));
  }
  EXPECT_EQ(std::count(text_.begin(), text_.end(), '\n'), 5000);
}

TEST(MetricsTest, SameNameAndLabelsAreTheSameCounter) {
  Metrics metrics;
  Counter& a = metrics.Get("crossbill_rows_total", "rows read", {{"source", "crm"}});
  metrics.Get("crossbill_rows_total", "", {{"source", "e\"r\\p\n"}}).Add(2);
  metrics.Get("crossbill_lag", "records behind").Set(-1);
  a.Add();
  EXPECT_EQ(&a, &metrics.Get("crossbill_rows_total", "rows read", {{"source", "crm"}}));
  EXPECT_EQ(metrics.ToPrometheusText(),
            "# HELP crossbill_lag records behind\n# TYPE crossbill_lag gauge\ncrossbill_lag -1\n"
            "# HELP crossbill_rows_total rows read\n# TYPE crossbill_rows_total counter\n"
            "crossbill_rows_total{source=\"crm\"} 1\ncrossbill_rows_total{source=\"e\\\"r\\\\p\\n\"} 2\n");
}

TEST(MetricsTest, ManyThreadsLoseNothing) {
  Metrics metrics;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&metrics] {
      for (int i = 0; i < 10000; ++i) {
        metrics.Get("crossbill_events_total", "events").Add();
      }
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  EXPECT_EQ(metrics.Get("crossbill_events_total", "events").value(), 40000);
}

}  // namespace
}  // namespace crossbill
