// The headers of events, after the CloudEvents Kafka binding in binary mode, and Crossbill's own.
#pragma once

#include <cstdint>
#include <string_view>

namespace crossbill::bus {

inline constexpr std::string_view kHeaderId = "ce_id";
inline constexpr std::string_view kHeaderType =
    "ce_type";  // "crossbill.v1.Order"; a deletion: "crossbill.v1.Order.deleted"
inline constexpr std::string_view kHeaderSource = "ce_source";    // "system/stream"
inline constexpr std::string_view kHeaderSubject = "ce_subject";  // the record's key
inline constexpr std::string_view kHeaderTime = "ce_time";        // when it was read
inline constexpr std::string_view kHeaderSpecVersion = "ce_specversion";
inline constexpr std::string_view kHeaderContentType = "content-type";
// The stream's running number of its events, decimal: of two events of one record the higher is the newer,
// whatever order they arrive in.
inline constexpr std::string_view kHeaderSequence = "ce_sequence";
// On a source event that takes the place of an equal one because a person was forgotten: it has the same
// sequence and counts nevertheless.
inline constexpr std::string_view kHeaderErasure = "crossbill-erasure";
inline constexpr std::string_view kDeletedSuffix = ".deleted";

}  // namespace crossbill::bus
