#include "transforms/routing/routed.h"

#include <algorithm>

#include "transforms/sdk/wire.h"

namespace crossbill::transforms {
namespace {

// Field numbers of RoutedDocument and SourceRef.
enum : std::uint32_t {
  kSource = 1,
  kKind = 2,
  kSequence = 3,
  kDocument = 4,
  kVia = 5,
  kRemoved = 6,
  kNumberKey = 7,
  kNumberKeyBefore = 8,
  kAnnouncement = 9,
  kCustomer = 10,
  kNextPlaces = 11,
  kClues = 12,
  kCluesBefore = 13,
  kDecisions = 14,
  kDecisionsOnly = 15
};
enum : std::uint32_t { kSystem = 1, kStream = 2, kKey = 3 };

bool ReadSource(std::string_view bytes, Routed& routed) {
  WireReader reader(bytes);
  while (reader.Next()) {
    if (reader.IsBytes(kSystem)) {
      routed.system = reader.bytes();
    }
    if (reader.IsBytes(kStream)) {
      routed.stream = reader.bytes();
    }
    if (reader.IsBytes(kKey)) {
      routed.key = reader.bytes();
    }
  }
  return reader.ok();
}

std::size_t FieldSize(std::string_view bytes) {
  if (bytes.empty()) {
    return 0;
  }
  std::size_t size = 2 + bytes.size();  // the tag is one byte: field numbers below 16
  for (std::size_t length = bytes.size(); length >= 0x80; length >>= 7) {
    ++size;
  }
  return size;
}

void AppendJoined(std::string& out, std::string_view head, std::string_view part) {
  out += head;
  out += part;
}

}  // namespace

bool ReadRouted(std::string_view bytes, Routed& routed) {
  routed = {};
  WireReader reader(bytes);
  while (reader.Next()) {
    if (reader.type() == WireType::kBytes) {
      switch (reader.field()) {
        case kSource:
          if (!ReadSource(reader.bytes(), routed)) {
            return false;
          }
          break;
        case kDocument:
          routed.document = reader.bytes();
          break;
        case kVia:
          routed.via = reader.bytes();
          break;
        case kNumberKey:
          routed.number_key = reader.bytes();
          break;
        case kNumberKeyBefore:
          routed.number_key_before = reader.bytes();
          break;
        case kCustomer:
          routed.customer = reader.bytes();
          break;
        case kNextPlaces:
          routed.next_places = reader.bytes();
          break;
        case kClues:
          routed.clues = reader.bytes();
          break;
        case kCluesBefore:
          routed.clues_before = reader.bytes();
          break;
        case kDecisions:
          routed.decisions = reader.bytes();
          break;
        default:
          break;
      }
    } else if (reader.type() == WireType::kVarint) {
      switch (reader.field()) {
        case kKind:
          routed.kind = static_cast<std::uint32_t>(reader.varint());
          break;
        case kSequence:
          routed.sequence = static_cast<std::int64_t>(reader.varint());
          break;
        case kRemoved:
          routed.removed = reader.varint() != 0;
          break;
        case kAnnouncement:
          routed.announcement = reader.varint() != 0;
          break;
        case kDecisionsOnly:
          routed.decisions_only = reader.varint() != 0;
          break;
        default:
          break;
      }
    }
  }
  return reader.ok();
}

void AppendRouted(const Routed& routed, std::string& out) {
  const std::size_t source = FieldSize(routed.system) + FieldSize(routed.stream) + FieldSize(routed.key);
  if (source > 0) {
    AppendVarint(out, (kSource << 3) | static_cast<std::uint32_t>(WireType::kBytes));
    AppendVarint(out, source);
    AppendBytesField(out, kSystem, routed.system);
    AppendBytesField(out, kStream, routed.stream);
    AppendBytesField(out, kKey, routed.key);
  }
  AppendVarintField(out, kKind, routed.kind);
  AppendVarintField(out, kSequence, static_cast<std::uint64_t>(routed.sequence));
  AppendBytesField(out, kDocument, routed.document);
  AppendBytesField(out, kVia, routed.via);
  AppendVarintField(out, kRemoved, routed.removed ? 1 : 0);
  AppendBytesField(out, kNumberKey, routed.number_key);
  AppendBytesField(out, kNumberKeyBefore, routed.number_key_before);
  AppendVarintField(out, kAnnouncement, routed.announcement ? 1 : 0);
  AppendBytesField(out, kCustomer, routed.customer);
  AppendBytesField(out, kNextPlaces, routed.next_places);
  AppendBytesField(out, kClues, routed.clues);
  AppendBytesField(out, kCluesBefore, routed.clues_before);
  AppendBytesField(out, kDecisions, routed.decisions);
  AppendVarintField(out, kDecisionsOnly, routed.decisions_only ? 1 : 0);
}

bool ReplaceDecisions(std::string_view stored, std::string_view decisions, std::string& out) {
  Routed routed;
  if (!ReadRouted(stored, routed)) {
    return false;
  }
  routed.decisions = decisions;
  out.clear();
  AppendRouted(routed, out);
  return true;
}

bool TakeLine(std::string_view& lines, std::string_view& line) {
  if (lines.empty()) {
    return false;
  }
  const std::size_t end = std::min(lines.find('\n'), lines.size());
  line = lines.substr(0, end);
  lines.remove_prefix(std::min(end + 1, lines.size()));
  return true;
}

bool HasLine(std::string_view lines, std::string_view line) {
  std::string_view one;
  while (TakeLine(lines, one)) {
    if (one == line) {
      return true;
    }
  }
  return false;
}

std::string RecordKeyOf(const Routed& routed) {
  std::string key;
  key.reserve(routed.system.size() + routed.stream.size() + routed.key.size() + 2);
  key += routed.system;
  AppendJoined(key, "/", routed.stream);
  AppendJoined(key, "/", routed.key);
  return key;
}

}  // namespace crossbill::transforms
