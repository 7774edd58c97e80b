#include <algorithm>

#include "crossbill/v1/customer.pb.h"
#include "facade/views/views_impl.h"

namespace crossbill::facade {
namespace {

constexpr std::size_t kMaxPostings = 50'000;  // that one lookup reads
constexpr std::size_t kMaxVerified =
    5'000;                            // customers that are looked at one by one when a lookup was cut off
constexpr std::size_t kMaxWhere = 8;  // places told of one hit

}  // namespace

void Search::Unite(Candidates& into, Candidates&& more) {
  for (auto& [name, found] : more) {
    Found& known = into[name];
    known.score = std::max(known.score, found.score);
    for (std::string& where : found.where) {
      if (known.where.size() < kMaxWhere &&
          std::find(known.where.begin(), known.where.end(), where) == known.where.end()) {
        known.where.push_back(std::move(where));
      }
    }
  }
}

Search::Candidates Search::Intersect(Candidates&& a, Candidates&& b) {
  Candidates both;
  for (auto& [name, found] : a) {
    const auto other = b.find(name);
    if (other == b.end()) {
      continue;
    }
    Candidates one;
    one.emplace(name, std::move(found));
    const int score = one.begin()->second.score + other->second.score;
    Candidates two;
    two.emplace(name, std::move(other->second));
    Unite(one, std::move(two));
    one.begin()->second.score = score;
    both.merge(one);
  }
  return both;
}

Result<Search::Candidates> Search::LookUp(const Lookup& lookup, const Candidates* among) {
  Candidates found;
  std::string prefix = {'t', lookup.term.kind};
  prefix += lookup.term.text;
  if (!lookup.prefix) {
    prefix += '\0';
  }
  const std::size_t text_begin = 2;
  std::size_t read = 0;
  CROSSBILL_RETURN_IF_ERROR(store_.Scan(prefix, "", [&](std::string_view key, std::string_view) {
    const std::size_t text_end = key.find('\0', text_begin);
    const std::size_t name_end = text_end == std::string_view::npos ? text_end : key.find('\0', text_end + 1);
    if (name_end == std::string_view::npos) {
      return true;
    }
    const bool exact = text_end - text_begin == lookup.term.text.size();
    Candidates one;
    one.emplace(
        key.substr(text_end + 1, name_end - text_end - 1),
        Found{exact ? lookup.exact_score : lookup.prefix_score, {std::string(key.substr(name_end + 1))}});
    Unite(found, std::move(one));
    return ++read < kMaxPostings;
  }));
  if (read == kMaxPostings && among != nullptr) {
    CROSSBILL_RETURN_IF_ERROR(VerifyNames(lookup, *among, found));
  }
  return found;
}

// A lookup that was cut off must not lose those whom the other words of the question have found.
Status Search::VerifyNames(const Lookup& lookup, const Candidates& among, Candidates& found) {
  if (lookup.term.kind != kWordTerm || among.size() > kMaxVerified) {
    return Ok();
  }
  for (const auto& [name, other] : among) {
    if (found.contains(name)) {
      continue;
    }
    CROSSBILL_TRY(const std::optional<std::string> bytes, store_.Get(Key('c', name)));
    if (!bytes) {
      continue;
    }
    v1::Customer customer;
    CROSSBILL_RETURN_IF_ERROR(Decode(*bytes, name, customer));
    const Entries entries = EntriesOf(customer);
    std::string prefix = {'t', kWordTerm};
    prefix += lookup.term.text;
    if (!lookup.prefix) {
      prefix += '\0';
    }
    const auto at = entries.lower_bound(prefix);
    if (at != entries.end() && at->first.starts_with(prefix)) {
      found.emplace(name, Found{lookup.prefix_score, {"name"}});
    }
  }
  return Ok();
}

Result<Search::Candidates> Search::AllOf(const Alternative& alternative, const Candidates* among) {
  Candidates all;
  bool first = true;
  for (const Lookup& lookup : alternative.all) {
    CROSSBILL_TRY(Candidates found, LookUp(lookup, first ? among : &all));
    all = first ? std::move(found) : Intersect(std::move(all), std::move(found));
    first = false;
    if (all.empty()) {
      return all;
    }
  }
  for (const Lookup& lookup : alternative.bonus) {
    CROSSBILL_TRY(Candidates found, LookUp(lookup, nullptr));
    for (auto& [name, candidate] : all) {
      const auto hit = found.find(name);
      if (hit != found.end()) {
        candidate.score += hit->second.score;
      }
    }
  }
  return all;
}

Result<Search::Candidates> Search::AnyOf(const QueryPart& part, const Candidates* among) {
  Candidates any;
  for (const Alternative& alternative : part.any) {
    CROSSBILL_TRY(Candidates found, AllOf(alternative, among));
    Unite(any, std::move(found));
  }
  return any;
}

Result<std::vector<Views::Hit>> Search::Run(std::string_view text, std::size_t limit) {
  Query query = ParseQuery(text);
  // Long words are rare: they come first.
  std::stable_sort(query.parts.begin(), query.parts.end(), [](const QueryPart& a, const QueryPart& b) {
    return a.any.front().all.front().term.text.size() > b.any.front().all.front().term.text.size();
  });
  Candidates found;
  bool first = true;
  for (const QueryPart& part : query.parts) {
    CROSSBILL_TRY(Candidates some, AnyOf(part, first ? nullptr : &found));
    found = first ? std::move(some) : Intersect(std::move(found), std::move(some));
    first = false;
    if (found.empty()) {
      break;
    }
  }
  CROSSBILL_TRY(Candidates whole, AnyOf(query.whole, nullptr));
  Unite(found, std::move(whole));

  std::vector<std::pair<std::string, Found>> ranked(std::make_move_iterator(found.begin()),
                                                    std::make_move_iterator(found.end()));
  std::stable_sort(ranked.begin(), ranked.end(),
                   [](const auto& a, const auto& b) { return a.second.score > b.second.score; });
  std::vector<Views::Hit> hits;
  for (auto& [name, candidate] : ranked) {
    if (hits.size() == limit) {
      break;
    }
    // Documents may still stand under a customer that was merged a moment ago.
    const Result<std::string> resolved = views_.ResolveCustomer(name);
    if (!resolved.ok()) {
      if (resolved.error().code() == Code::kNotFound) {
        continue;
      }
      return resolved.error();
    }
    const auto same = [&, &now = *resolved](const Views::Hit& hit) { return hit.name == now; };
    if (std::any_of(hits.begin(), hits.end(), same)) {
      continue;
    }
    hits.push_back({*resolved, candidate.score, std::move(candidate.where)});
  }
  return hits;
}

}  // namespace crossbill::facade
