// libFuzzer: a linkage model or its parameters, the packaged ones with a line that is anything; and any bytes
// as a record's stored values. Built with `cmake --preset fuzz`.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "config/node.h"
#include "crossbill/v1/party.pb.h"
#include "crossbill/v1/payment.pb.h"
#include "transforms/linkage/packaged_models.h"
#include "transforms/linkage/parameters.h"
#include "transforms/linkage/profile.h"
#include "transforms/linkage/scorer.h"

namespace {

using namespace crossbill;           // NOLINT: one program
using namespace crossbill::linkage;  // NOLINT: one program

const google::protobuf::Descriptor* PartyOrPayment(std::string_view kind) {
  return kind == "party" ? v1::Party::descriptor() : kind == "payment" ? v1::Payment::descriptor() : nullptr;
}

std::shared_ptr<const config::File> ReadText(std::string_view yaml, config::Problems& problems) {
  const auto variables = config::ProcessEnvironment();
  return config::ReadYaml("fuzz.yaml", yaml, *variables, "/nonexistent", problems);
}

// `text` in the place of the line of that number.
std::string WithLine(std::string_view yaml, std::size_t number, std::string_view text) {
  std::string made(yaml);
  std::size_t begin = 0;
  for (; number > 0 && begin < made.size(); --number) {
    begin = std::min(made.find('\n', begin), made.size() - 1) + 1;
  }
  const std::size_t end = std::min(made.find('\n', begin), made.size());
  return made.replace(begin, end - begin, text);
}

v1::Party AParty() {
  v1::Party party;
  party.set_name("Hansa Warenhaus AG");
  party.set_given_name("Anna");
  party.add_phones("+49 40 5550101");
  return party;
}

v1::Payment APayment() {
  v1::Payment payment;
  payment.set_text("Hansa Warenhaus AG, RE 4711");
  payment.set_sent_on("2026-02-27");
  payment.set_paid_on("2026-03-01");
  payment.mutable_total()->set_amount("1190.00");
  payment.mutable_customer()->set_name("Hansa Warenhaus");
  payment.add_references()->set_number("4711");
  return payment;
}

// What was read without a problem can be used.
void Use(const Model& model, const Weights& weights) {
  const OwnedProfile profile(model.record == "payment" ? CleanForms(model, APayment())
                                                       : CleanForms(model, AParty()));
  const Scorer scorer(model, weights);
  const auto evidence = scorer.Weigh(profile.view(), profile.view(), -1'000'000'000);
  if (evidence && evidence->Score() != weights.Score(Compare(model, profile.view(), profile.view()))) {
    std::abort();
  }
}

void FuzzModel(std::string_view yaml, std::string_view parameters) {
  config::Problems problems;
  const auto file = ReadText(yaml, problems);
  if (file == nullptr || problems.HasErrors()) {
    return;
  }
  const Model model = Model::Read(*file, PartyOrPayment, problems);
  if (problems.HasErrors()) {
    return;
  }
  const auto learnt = ReadText(parameters, problems);
  if (learnt == nullptr || problems.HasErrors()) {
    return;
  }
  const Weights weights = ReadParameters(*learnt, model, "", problems);
  if (!problems.HasErrors()) {
    Use(model, weights);
  }
}

void FuzzProfile(std::string_view bytes) {
  constexpr std::size_t kFields = 3;
  std::vector<std::vector<std::string>> forms;
  if (OwnedProfile::Decode(bytes, kFields, forms) && OwnedProfile(forms).Encode() != bytes) {
    std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) {
    return 0;
  }
  const PackagedModel& packaged = PackagedModels()[data[0] / 4 % PackagedModels().size()];
  const std::string_view text(reinterpret_cast<const char*>(data + 2), size - 2);
  switch (data[0] % 4) {
    case 0:
      FuzzModel(text, PackagedParameters(packaged.name));
      break;
    case 1:
      FuzzModel(WithLine(packaged.yaml, data[1], text), PackagedParameters(packaged.name));
      break;
    case 2:
      FuzzModel(packaged.yaml, WithLine(PackagedParameters(packaged.name), data[1], text));
      break;
    default:
      FuzzProfile(text);
  }
  return 0;
}
