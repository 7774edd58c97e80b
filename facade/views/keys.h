// The keys of the read model, and the index entries that a record brings with it. An entry's key names its
// record, so that no two records share an entry and the entries of an old value can be taken away exactly.
// Pure; any thread.
//
//   c<name>                              a customer            d<name> a document            e<name> an
//   exception g<name>                              the last event of a customer that was merged away; gives
//   the next two m<name>                              the successor that the customer's own last event names
//   p<previous name>\0<name>             a successor that lists the name among its previous ones
//   s<system/stream/key>\0<name>         the customer or document that a source record is in
//   i<customer>\0<date, newest first>\0<document>       value: kind, chain
//   h<chain>\0<document>                                value: kind
//   x<customer>\0<order>\0<exception>   y<document>\0<exception>   w<order>\0<exception>   values: state,
//   type; <order>: "a" for what is open or acknowledged, "r" for what is resolved, then the most at stake
//   first
//   q<question><customer>\0<amount, greatest first>\0<document>   Q<question><the same, without the customer>
//   t<kind of term><term>\0<customer>\0<where it was found>
//   v<customer>                          its value        k<market>  a<name>      figures of markets, of
//   products
//   A<product>\0<product>                value: sales with both, each way
//   R<org unit>\0<currency>\0<period><measure><amount, greatest first><customer>
//   N<the same, without the customer>    how many there are, by first digits; see ranks.h
//   f<sequence>                          a change of a customer        #…  bookkeeping
//   B<block><narrower …><number>   O<number>     the index of parties; see party_entries.h
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "bus/record.h"

namespace crossbill::v1 {
class AffinityFigures;
class Customer;
class CustomerValue;
class Exception;
class MarketFigures;
class SourceRef;
class UnifiedDocument;
}  // namespace crossbill::v1

namespace crossbill::facade {

using Entries = std::map<std::string, std::string>;

inline constexpr std::string_view kCollectionCustomers = "customers/";
inline constexpr std::string_view kCollectionExceptions = "exceptions/";

Entries EntriesOf(const v1::Customer& customer);
Entries EntriesOf(const v1::UnifiedDocument& document);
Entries EntriesOf(const v1::Exception& exception);
Entries EntriesOf(const v1::CustomerValue& value);
Entries EntriesOf(const v1::MarketFigures& market);
Entries EntriesOf(const v1::AffinityFigures& figures);

// "orders/" for Document::ORDER; empty for what is no kind.
std::string_view CollectionOfKind(int kind);
std::string RecordText(const v1::SourceRef& record);
std::string WithNul(char space, std::string_view text);  // space, text, NUL
std::string Key(char space, std::string_view text);
std::string FeedKey(std::uint64_t sequence);
std::uint64_t NumberOf(std::string_view eight_bytes);  // 0 when it is not eight bytes
std::string BytesOf(std::uint64_t number);
std::string OffsetKey(const bus::TopicPartition& partition);
std::optional<bus::TopicPartition> PartitionOfOffsetKey(std::string_view key);

inline constexpr std::string_view kOffsetPrefix = "#offset ";
inline constexpr std::string_view kTopicPrefixKey = "#prefix";
inline constexpr std::string_view kFormatKey = "#format";
inline constexpr std::string_view kFeedBeginKey = "#feed";
inline constexpr std::string_view kProblemPrefix = "#problem ";
inline constexpr std::string_view kPartiesKey = "#parties";  // the comparer of the index of parties
inline constexpr char kBlockSpace = 'B', kPartySpace = 'O';
inline constexpr std::string_view kPartySpaces = "BO";
inline constexpr std::size_t kPartyPrefixBytes = 9;  // of their keys: what files have filters by
// Raised when an entry changes its form: an older read model is then built anew.
inline constexpr std::string_view kFormat = "3";

}  // namespace crossbill::facade
