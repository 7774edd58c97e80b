#include "transforms/value/sale_book.h"

#include <map>
#include <optional>
#include <utility>

namespace crossbill::transforms {
namespace {

// First letters of the state's keys. A customer's sale by its document, or, of a customer that is counted by
// days, its date, and the sale by date and document; what a day comes to; a day that is to be counted anew;
// what is known of a customer; the index of due dates.
constexpr char kSale = 's', kOfDay = 'y', kDay = 'd', kStale = 'z', kKnown = 'k', kDue = 't';
constexpr std::string_view kByDays = "days";

std::string KeyOf(char section, std::string_view customer) {
  std::string key(1, section);
  key += customer;
  key += '\0';
  return key;
}

std::string SaleKey(std::string_view customer, std::string_view document) {
  return KeyOf(kSale, customer).append(document);
}

std::string DayKey(char section, std::string_view customer, Date date) {
  return KeyOf(section, customer).append(date.ToString());
}

std::string KnownKey(std::string_view customer) { return std::string(1, kKnown).append(customer); }

std::string DueKey(std::string_view due, std::string_view customer) {
  return std::string(1, kDue).append(due).append(customer);
}

Error Damaged(std::string_view customer) {
  return Error(Code::kBusCorrupt, "a stored sale of " + std::string(customer) + " cannot be read");
}

bool Parse(std::string_view bytes, google::protobuf::Message& message) {
  return message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()));
}

// The part of a text up to the next blank, which is taken away.
std::string_view TakeWord(std::string_view& text) {
  const std::string_view word = text.substr(0, text.find(' '));
  text.remove_prefix(std::min(text.size(), word.size() + 1));
  return word;
}

}  // namespace

Status SaleBook::Put(std::string_view customer, const v1::Sale& sale, std::string_view bytes) {
  CROSSBILL_TRY(const KnownCustomer known, Known(customer));
  if (!known.by_days) {
    state_->Put(SaleKey(customer, sale.document()), bytes);
    return Ok();
  }
  CROSSBILL_RETURN_IF_ERROR(Remove(customer, sale.document()));
  PutByDay(customer, sale, bytes);
  return Ok();
}

Status SaleBook::Remove(std::string_view customer, std::string_view document) {
  CROSSBILL_TRY(const KnownCustomer known, Known(customer));
  const std::string key = SaleKey(customer, document);
  if (known.by_days) {
    CROSSBILL_TRY(const std::optional<std::string> stored, state_->Get(key));
    if (const auto date = Date::Parse(stored ? *stored : std::string()); date.ok()) {
      state_->Delete(DayKey(kOfDay, customer, *date).append(1, '\0').append(document));
      state_->Put(DayKey(kStale, customer, *date), {});
    }
  }
  state_->Delete(key);
  return Ok();
}

// A sale without a date counts on no day.
void SaleBook::PutByDay(std::string_view customer, const v1::Sale& sale, std::string_view bytes) {
  const auto date = Date::Parse(sale.date());
  state_->Put(SaleKey(customer, sale.document()), date.ok() ? date->ToString() : std::string());
  if (date.ok()) {
    state_->Put(DayKey(kOfDay, customer, *date).append(1, '\0').append(sale.document()), bytes);
    state_->Put(DayKey(kStale, customer, *date), {});
  }
}

Result<SaleBook::Counted> SaleBook::Count(const std::string& customer, KnownCustomer& known, Date as_of) {
  if (known.by_days) {
    CROSSBILL_TRY(const std::vector<v1::SalesDay> days, DaysOf(customer));
    CROSSBILL_TRY(const bool has_sales, HasSales(customer));
    return Counted{WorthOf(customer, days, options_, as_of), has_sales};
  }
  CROSSBILL_TRY(const std::vector<v1::Sale> sales, SalesOf(customer));
  if (sales.size() > options_.many_sales) {
    known.by_days = true;
    for (const v1::Sale& sale : sales) {
      PutByDay(customer, sale, sale.SerializeAsString());
    }
  }
  return Counted{WorthOf(customer, sales, options_, as_of), !sales.empty()};
}

Result<std::vector<v1::Sale>> SaleBook::SalesOf(const std::string& customer) {
  std::vector<v1::Sale> sales;
  bool readable = true;
  CROSSBILL_RETURN_IF_ERROR(
      state_->Scan(KeyOf(kSale, customer), [&](std::string_view /*key*/, std::string_view value) {
        readable = Parse(value, sales.emplace_back());
        return readable;
      }));
  return readable ? Result<std::vector<v1::Sale>>(std::move(sales)) : Damaged(customer);
}

Result<bool> SaleBook::HasSales(const std::string& customer) {
  bool found = false;
  CROSSBILL_RETURN_IF_ERROR(state_->Scan(KeyOf(kSale, customer), [&](std::string_view, std::string_view) {
    found = true;
    return false;
  }));
  return found;
}

// Counts anew what changed, and what was counted with other options.
Result<std::vector<v1::SalesDay>> SaleBook::DaysOf(const std::string& customer) {
  std::map<Date, v1::SalesDay> days;
  std::map<Date, bool> stale;  // true: is marked
  bool readable = true;
  const std::string prefix = KeyOf(kDay, customer);
  CROSSBILL_RETURN_IF_ERROR(state_->Scan(prefix, [&](std::string_view key, std::string_view value) {
    const auto date = Date::Parse(key.substr(prefix.size()));
    readable = date.ok() && Parse(value, days[*date]);
    if (readable && days[*date].options() != fingerprint_) {
      stale.emplace(*date, false);
    }
    return readable;
  }));
  const std::string marks = KeyOf(kStale, customer);
  CROSSBILL_RETURN_IF_ERROR(state_->Scan(marks, [&](std::string_view key, std::string_view) {
    const auto date = Date::Parse(key.substr(marks.size()));
    readable = readable && date.ok();
    if (readable) {
      stale[*date] = true;
    }
    return readable;
  }));
  if (!readable) {
    return Damaged(customer);
  }
  for (const auto& [date, marked] : stale) {
    CROSSBILL_TRY(const std::optional<v1::SalesDay> day, Recount(customer, date));
    if (marked) {
      state_->Delete(DayKey(kStale, customer, date));
    }
    if (day) {
      days[date] = *day;
    } else {
      days.erase(date);
    }
  }
  std::vector<v1::SalesDay> all;
  for (auto& [date, day] : days) {
    all.push_back(std::move(day));
  }
  return all;
}

Result<std::optional<v1::SalesDay>> SaleBook::Recount(const std::string& customer, Date date) {
  std::vector<v1::Sale> sales;
  bool readable = true;
  CROSSBILL_RETURN_IF_ERROR(state_->Scan(DayKey(kOfDay, customer, date).append(1, '\0'),
                                         [&](std::string_view /*key*/, std::string_view value) {
                                           readable = Parse(value, sales.emplace_back());
                                           return readable;
                                         }));
  if (!readable) {
    return Damaged(customer);
  }
  if (sales.empty()) {
    state_->Delete(DayKey(kDay, customer, date));
    return std::optional<v1::SalesDay>();
  }
  // Also where none of them counts: with other options some may.
  v1::SalesDay day = SalesDayOf(date, sales, options_);
  day.set_options(fingerprint_);
  state_->Put(DayKey(kDay, customer, date), day.SerializeAsString());
  return std::optional(std::move(day));
}

Result<KnownCustomer> SaleBook::Known(std::string_view customer) {
  CROSSBILL_TRY(const std::optional<std::string> stored, state_->Get(KnownKey(customer)));
  KnownCustomer known;
  if (stored) {
    std::string_view rest = *stored;
    known.due = TakeWord(rest);
    known.sent = TakeWord(rest);
    known.by_days = TakeWord(rest) == kByDays;
  }
  return known;
}

void SaleBook::SetKnown(const std::string& customer, const KnownCustomer& before, const KnownCustomer& now) {
  ReplaceDue(customer, before.due, now.due);
  std::string bytes = now.due + " " + now.sent;
  if (now.by_days) {
    bytes.append(1, ' ').append(kByDays);
  }
  state_->Put(KnownKey(customer), bytes);
}

void SaleBook::Forget(const std::string& customer, const KnownCustomer& before) {
  ReplaceDue(customer, before.due, {});
  state_->Delete(KnownKey(customer));
}

void SaleBook::ReplaceDue(const std::string& customer, const std::string& before, const std::string& now) {
  if (before == now) {
    return;
  }
  if (!before.empty()) {
    state_->Delete(DueKey(before, customer));
  }
  if (!now.empty()) {
    state_->Put(DueKey(now, customer), {});
  }
}

Result<std::vector<std::string>> SaleBook::All() {
  std::vector<std::string> customers;
  CROSSBILL_RETURN_IF_ERROR(
      state_->Scan(std::string_view(&kKnown, 1), [&](std::string_view key, std::string_view) {
        customers.emplace_back(key.substr(1));
        return true;
      }));
  return customers;
}

Result<std::vector<std::string>> SaleBook::DueUntil(Date date) {
  std::vector<std::string> customers;
  const std::string last = date.ToString();
  CROSSBILL_RETURN_IF_ERROR(
      state_->Scan(std::string_view(&kDue, 1), [&](std::string_view key, std::string_view) {
        if (key.substr(1, last.size()) > last) {
          return false;
        }
        customers.emplace_back(key.substr(1 + last.size()));
        return true;
      }));
  return customers;
}

}  // namespace crossbill::transforms
