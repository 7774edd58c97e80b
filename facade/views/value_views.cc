// What customers are worth, in the read model: values by customer, markets, ranks, and what is sold together.
#include "crossbill/v1/customer_value.pb.h"
#include "facade/views/ranks.h"
#include "facade/views/views_impl.h"

namespace crossbill::facade {
namespace {

template <class Message>
Result<std::optional<Message>> FindMessage(Store& store, char space, std::string_view name) {
  CROSSBILL_TRY(const std::optional<std::string> bytes, store.Get(Key(space, name)));
  std::optional<Message> message;
  if (bytes) {
    CROSSBILL_RETURN_IF_ERROR(Decode(*bytes, name, message.emplace()));
  }
  return message;
}

}  // namespace

Result<std::optional<v1::CustomerValue>> ViewsImpl::FindValue(std::string_view customer) {
  return FindMessage<v1::CustomerValue>(*store_, 'v', customer);
}

Result<std::optional<v1::MarketFigures>> ViewsImpl::FindMarket(std::string_view name) {
  return FindMessage<v1::MarketFigures>(*store_, 'k', name);
}

Result<std::optional<v1::AffinityFigures>> ViewsImpl::FindAffinity(std::string_view name) {
  return FindMessage<v1::AffinityFigures>(*store_, 'a', name);
}

Status ViewsImpl::VisitMarkets(const std::function<void(const v1::MarketFigures&)>& visit) {
  Status status = Ok();
  CROSSBILL_RETURN_IF_ERROR(store_->Scan("k", "", [&](std::string_view key, std::string_view bytes) {
    v1::MarketFigures market;
    status = Decode(bytes, key.substr(1), market);
    if (status.ok()) {
      visit(market);
    }
    return status.ok();
  }));
  return status;
}

Status ViewsImpl::VisitPairs(std::string_view product,
                             const std::function<void(std::string_view other, std::int64_t sales)>& visit) {
  const std::string prefix = WithNul('A', product);
  return store_->Scan(prefix, "", [&](std::string_view key, std::string_view value) {
    visit(key.substr(prefix.size()), static_cast<std::int64_t>(NumberOf(value)));
    return true;
  });
}

Result<std::int64_t> ViewsImpl::CountAbove(const RankScope& scope, const Decimal& amount) {
  return facade::CountAbove(*store_, scope, amount);
}

Result<Page> ViewsImpl::ListTop(const RankScope& scope, std::size_t limit, std::string_view after) {
  CROSSBILL_TRY(Page page, ListKeys(RankPrefix(scope), limit, after,
                                    [](std::string_view, std::string_view) { return true; }));
  for (std::string& name : page.names) {
    name = CustomerOfRankKey(name);
  }
  return page;
}

}  // namespace crossbill::facade
