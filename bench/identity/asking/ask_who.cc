// Asks a running program "who is this?" over gRPC for each party of a file (a line of JSON each), with so
// many callers at once. Prints a line of JSON for each question, in their order: milliseconds, and for each
// match the keys of the customer's records, the weight and the verdict.
#include <fmt/format.h>
#include <google/protobuf/util/json_util.h>
#include <grpcpp/grpcpp.h>

#include <CLI/CLI.hpp>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "crossbill/v1/customer_service.grpc.pb.h"

namespace crossbill {
namespace {

struct Asked {
  v1::ResolvePartyRequest request;
  v1::ResolvePartyResponse response;
  double milliseconds = 0;
  std::string failure;
};

bool ReadQuestions(const std::string& path, std::vector<Asked>& questions) {
  std::ifstream in(path);
  for (std::string line; std::getline(in, line);) {
    const auto read =
        google::protobuf::util::JsonStringToMessage(line, questions.emplace_back().request.mutable_party());
    if (!read.ok()) {
      fmt::print(stderr, "{}:{}: {}\n", path, questions.size(), read.ToString());
      return false;
    }
  }
  return !questions.empty();
}

void Ask(v1::CustomerService::Stub& customers, Asked& question) {
  grpc::ClientContext context;
  const auto began = std::chrono::steady_clock::now();
  const grpc::Status status = customers.ResolveParty(&context, question.request, &question.response);
  const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - began;
  question.milliseconds = took.count();
  if (!status.ok()) {
    question.failure = status.error_message();
  }
}

// Each caller with a connection of its own takes the next question.
void AskAll(const std::string& address, int callers, std::vector<Asked>& questions) {
  std::atomic<std::size_t> next = 0;
  std::vector<std::jthread> threads;
  for (int i = 0; i < callers; ++i) {
    threads.emplace_back([&, i] {
      grpc::ChannelArguments own;
      own.SetInt("crossbill.caller", i);
      const auto customers = v1::CustomerService::NewStub(
          grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), own));
      for (std::size_t at = next++; at < questions.size(); at = next++) {
        Ask(*customers, questions[at]);
      }
    });
  }
}

void Print(const Asked& question) {
  std::string matches;
  for (const auto& match : question.response.matches()) {
    std::string keys;
    for (const v1::SourceRef& record : match.customer().records()) {
      keys += fmt::format("{}\"{}\"", keys.empty() ? "" : ",", record.key());
    }
    matches += fmt::format(R"({}{{"records":[{}],"weight":{},"verdict":"{}"}})", matches.empty() ? "" : ",",
                           keys, match.weight(), v1::ResolvePartyResponse::Verdict_Name(match.verdict()));
  }
  fmt::print("{{\"ms\":{:.3f},\"matches\":[{}]}}\n", question.milliseconds, matches);
}

int Main(int argc, char** argv) {
  CLI::App app("Asks \"who is this?\"");
  std::string address = "127.0.0.1:7443", questions_file;
  int callers = 1;
  std::size_t warm = 0;
  app.add_option("--address", address, "of gRPC");
  app.add_option("--questions", questions_file, "a party in JSON on each line")->required();
  app.add_option("--callers", callers, "at once")->check(CLI::Range(1, 256));
  app.add_option("--warm", warm, "so many of the first questions are asked before, and not counted");
  CLI11_PARSE(app, argc, argv);
  std::vector<Asked> questions;
  if (!ReadQuestions(questions_file, questions)) {
    return 1;
  }
  std::vector<Asked> before(
      questions.begin(), questions.begin() + static_cast<std::ptrdiff_t>(std::min(warm, questions.size())));
  AskAll(address, callers, before);
  questions.erase(questions.begin(), questions.begin() + static_cast<std::ptrdiff_t>(before.size()));
  AskAll(address, callers, questions);
  for (const Asked& question : questions) {
    if (!question.failure.empty()) {
      fmt::print(stderr, "failed: {}\n", question.failure);
      return 1;
    }
    Print(question);
  }
  return 0;
}

}  // namespace
}  // namespace crossbill

int main(int argc, char** argv) { return crossbill::Main(argc, argv); }
