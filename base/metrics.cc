#include "base/metrics.h"

namespace crossbill {
namespace {

void AppendEscaped(std::string& out, std::string_view text, bool quotes) {
  for (const char c : text) {
    if (c == '\\') {
      out += "\\\\";
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '"' && quotes) {
      out += "\\\"";
    } else {
      out += c;
    }
  }
}

void AppendLabels(std::string& out, const Metrics::Labels& labels) {
  if (labels.empty()) {
    return;
  }
  char separator = '{';
  for (const auto& [name, value] : labels) {
    out += separator;
    out += name;
    out += "=\"";
    AppendEscaped(out, value, true);
    out += '"';
    separator = ',';
  }
  out += '}';
}

}  // namespace

Counter& Metrics::Get(std::string_view name, std::string_view help, const Labels& labels) {
  const std::lock_guard lock(mutex_);
  auto family = families_.find(name);
  if (family == families_.end()) {
    family = families_.emplace(std::string(name), Named{std::string(help), {}}).first;
  }
  for (const Entry& entry : family->second.entries) {
    if (entry.labels == labels) {
      return *entry.counter;
    }
  }
  family->second.entries.push_back({labels, std::make_unique<Counter>()});
  return *family->second.entries.back().counter;
}

std::string Metrics::ToPrometheusText() const {
  const std::lock_guard lock(mutex_);
  std::string out;
  for (const auto& [name, family] : families_) {
    out.append("# HELP ").append(name).append(" ");
    AppendEscaped(out, family.help, false);
    out.append("\n# TYPE ").append(name).append(name.ends_with("_total") ? " counter\n" : " gauge\n");
    for (const Entry& entry : family.entries) {
      out += name;
      AppendLabels(out, entry.labels);
      out.append(" ").append(std::to_string(entry.counter->value())).append("\n");
    }
  }
  return out;
}

}  // namespace crossbill
