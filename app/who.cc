// who: which customers a party may be, with the evidence; the question of CustomerService.ResolveParty.
#include <google/protobuf/util/json_util.h>

#include <CLI/CLI.hpp>
#include <cstdio>

#include "app/json.h"
#include "app/session.h"
#include "app/show.h"
#include "crossbill/v1/customer_service.pb.h"
#include "facade/party_resolver.h"

namespace crossbill::app {
namespace {

struct WhoArguments {
  v1::Party party;
  v1::Address address;
  std::vector<std::string> phones, emails, numbers;
  std::string json;
  std::string output = "text";
  int limit = 0;
};

void AddText(CLI::App& command, const char* option, const char* what, std::string* text) {
  command.add_option(option, *text, what);
}

Result<v1::Party> PartyOf(const WhoArguments& arguments) {
  v1::Party party = arguments.party;
  if (!arguments.json.empty()) {
    const auto read = google::protobuf::util::JsonStringToMessage(arguments.json, &party);
    if (!read.ok()) {
      return Error(Code::kUsage, "no crossbill.v1.Party in JSON: " + std::string(read.message()), "--json");
    }
  }
  for (const std::string& phone : arguments.phones) {
    party.add_phones(phone);
  }
  for (const std::string& email : arguments.emails) {
    party.add_emails(email);
  }
  for (const std::string& number : arguments.numbers) {
    party.add_identifiers()->set_value(number);
  }
  if (arguments.address.ByteSizeLong() > 0) {
    *party.add_addresses() = arguments.address;
  }
  return party;
}

Status Who(Session& session, facade::Views& views, const WhoArguments& arguments) {
  v1::ResolvePartyRequest request;
  CROSSBILL_TRY(*request.mutable_party(), PartyOf(arguments));
  request.set_page_size(arguments.limit);
  facade::StopSignal stop;
  facade::CallContext context;
  context.clock = &session.clock;
  context.stop = &stop;
  CROSSBILL_TRY(const v1::ResolvePartyResponse response,
                facade::PartyResolver(views).Resolve(request, context));
  if (arguments.output == "json") {
    std::printf("%s\n", ToPrettyJson(response).c_str());
    return Ok();
  }
  for (const v1::ResolvePartyResponse::Match& match : response.matches()) {
    std::printf("%s\n", ShowMatch(match).c_str());
  }
  std::printf("%s from %s bits on, a question for people from %s\n",
              response.matches().empty() ? "nobody: linked" : "linked",
              BitsText(response.link_weight()).c_str(), BitsText(response.review_weight()).c_str());
  return Ok();
}

}  // namespace

void AddWho(CLI::App& program, Session& session) {
  auto arguments = std::make_shared<WhoArguments>();
  auto* who = program.add_subcommand("who", "Say which customers a person or organisation may be, and why");
  v1::Party& party = arguments->party;
  AddText(*who, "--name", "The whole name", party.mutable_name());
  AddText(*who, "--given-name", "Of a person", party.mutable_given_name());
  AddText(*who, "--family-name", "Of a person", party.mutable_family_name());
  AddText(*who, "--born-on", "YYYY-MM-DD", party.mutable_born_on());
  who->add_option("--phone", arguments->phones, "A telephone number, in any form");
  who->add_option("--email", arguments->emails, "An e-mail address");
  who->add_option("--number", arguments->numbers, "A tax id, a national id or another number");
  AddText(*who, "--street", "With the house number", arguments->address.mutable_street());
  AddText(*who, "--postal-code", "Of the address", arguments->address.mutable_postal_code());
  AddText(*who, "--city", "Of the address", arguments->address.mutable_city());
  AddText(*who, "--country", "Of the address: two letters", arguments->address.mutable_country());
  who->add_option("--json", arguments->json, "A crossbill.v1.Party in JSON, to which the others are added");
  who->add_option("-n,--limit", arguments->limit, "At most so many")->check(CLI::Range(1, 100));
  who->add_option("-o,--output", arguments->output, "text or json")->check(CLI::IsMember({"text", "json"}));
  who->callback([&session, arguments] {
    const auto project = session.Load();
    const auto views = project != nullptr ? session.OpenViewsForReading(*project) : nullptr;
    if (views == nullptr) {
      return;  // it was said
    }
    if (const Status status = Who(session, *views, *arguments); !status.ok()) {
      session.Fail(status.error());
    }
  });
}

}  // namespace crossbill::app
