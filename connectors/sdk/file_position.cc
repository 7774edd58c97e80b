#include <nlohmann/json.hpp>

#include "connectors/sdk/file_walk.h"

namespace crossbill::connectors {
namespace {

using json = nlohmann::ordered_json;

Error NoPosition(std::string_view text) {
  return {Code::kSourceChanged,
          "the stored position \"" + std::string(text.substr(0, 200)) + "\" is none of a stream of files"};
}

std::optional<FileEntry> EntryOf(const json& in) {
  if (!in.is_array() || in.size() < 4 || !in[0].is_number_integer() || !in[1].is_number_integer() ||
      !in[2].is_string() || !in[3].is_number_integer()) {
    return std::nullopt;
  }
  const std::string companions = in.size() > 4 && in[4].is_string() ? in[4].get<std::string>() : "";
  return FileEntry{in[0].get<std::int64_t>(), in[1].get<std::int64_t>(), in[2].get<std::string>(), companions,
                   in[3].get<std::int64_t>()};
}

}  // namespace

std::string FilePosition::ToJson() const {
  json out;
  out["files"] = json::object();
  for (const auto& [path, entry] : files) {
    json& item = out["files"][path] = {entry.size, entry.modified, entry.hash, entry.line};
    if (!entry.companions.empty()) {
      item.push_back(entry.companions);
    }
  }
  if (!file.empty()) {
    out["file"] = file;
    out["offset"] = offset;
    out["line"] = line;
    out["head"] = head;
    if (rows_done) {
      out["extra"] = extra;
    }
  }
  if (!columns.empty()) {
    out["columns"] = columns;
  }
  return out.dump(-1, ' ', false, json::error_handler_t::replace);
}

Result<FilePosition> FilePosition::FromJson(std::string_view text) {
  FilePosition position;
  if (text.empty()) {
    return position;
  }
  const json in = json::parse(text, nullptr, false);
  if (!in.is_object() || !in.contains("files") || !in["files"].is_object()) {
    return NoPosition(text);
  }
  for (const auto& [path, item] : in["files"].items()) {
    auto entry = EntryOf(item);
    if (!entry) {
      return NoPosition(text);
    }
    position.files.emplace(path, std::move(*entry));
  }
  const auto number = [&](const char* name, std::int64_t otherwise) {
    return in.contains(name) && in[name].is_number_integer() ? in[name].get<std::int64_t>() : otherwise;
  };
  const auto words = [&](const char* name) {
    return in.contains(name) && in[name].is_string() ? in[name].get<std::string>() : std::string();
  };
  position.file = words("file");
  position.head = words("head");
  position.offset = number("offset", 0);
  position.line = number("line", 1);
  position.rows_done = in.contains("extra");
  position.extra = number("extra", 0);
  if (in.contains("columns") && in["columns"].is_array()) {
    for (const json& column : in["columns"]) {
      position.columns.push_back(column.is_string() ? column.get<std::string>() : std::string());
    }
  }
  return position;
}

}  // namespace crossbill::connectors
