// ReadYaml: checks the bytes, scans the text, then builds the tree from yaml-cpp's events.
#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <map>
#include <sstream>
#include <utility>
#include <vector>

#include "base/text.h"
#include "config/node.h"
#include "config/raw_scan.h"
#include "config/source_text.h"
#include "config/variables.h"

namespace crossbill::config {
namespace {

constexpr std::size_t kMaxBytes = 1024 * 1024;
constexpr std::size_t kMaxNodes = 100'000;
constexpr int kMaxTextProblems = 20;

// Leaves yaml-cpp's parser: nothing more can be read.
struct Refused {
  std::size_t offset;
  std::string message;
};

// Builds the tree. Only plain data is thrown through yaml-cpp, and caught in ReadYaml.
class TreeBuilder final : public YAML::EventHandler {
 public:
  TreeBuilder(const SourceText& source, const Variables& variables, std::string_view directory,
              Problems& problems)
      : source_(source), variables_(variables), directory_(directory), problems_(problems) {}

  Node TakeRoot() { return std::move(root_); }

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (std::exchange(started_, true)) {
      throw Refused{Offset(mark), "the document ends above this line; look at the indentation"};
    }
  }
  void OnDocumentEnd() override {}
  void OnAnchor(const YAML::Mark& mark, const std::string& name) override {
    throw Refused{Offset(mark), fmt::format("the anchor \"&{}\" is not supported", Printable(name, 60))};
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    throw Refused{Offset(mark), "aliases are not supported"};
  }

  void OnNull(const YAML::Mark& mark, YAML::anchor_t) override {
    if (ExpectsKey()) {
      throw Refused{
          Offset(mark),
          "a key is missing before \":\", or it is null; write the text of the key, in quotes if need be"};
    }
    Node node;
    node.at = source_.At(Offset(mark));
    if (!levels_.empty() && levels_.back().has_key && !IsNullWord(Offset(mark))) {
      node.at = levels_.back().key_at;  // yaml-cpp gives the place of what follows
    }
    Place(std::move(node));
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t,
                const std::string& value) override {
    const std::size_t offset = Offset(mark);
    // yaml-cpp gives "!" to quoted texts and blocks, "?" to plain ones; others were refused before.
    const bool quoted = tag != "?";
    std::string text = value;
    if (!quoted) {
      RestoreReplaced(text);
    }
    if (ExpectsKey()) {
      Key(offset, std::move(text), quoted);
      return;
    }
    Node node;
    node.type = Node::Type::kScalar;
    node.at = source_.At(offset);
    node.quoted = quoted;
    node.scalar = std::move(text);
    if (node.scalar.find("${") != std::string::npos) {
      Replace(offset, node);
    }
    Place(std::move(node));
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t,
                       YAML::EmitterStyle::value) override {
    Open(mark, Node::Type::kSequence);
  }
  void OnSequenceEnd() override { Close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t,
                  YAML::EmitterStyle::value) override {
    Open(mark, Node::Type::kMapping);
  }
  void OnMapEnd() override { Close(); }

 private:
  struct Level {
    Node node;
    bool has_key = false;  // the next node is the value of `key`
    bool dropped = false;  // the key stands twice: its value is read and forgotten
    std::string key;
    Position key_at;
    std::map<std::string, Position> keys;
  };

  bool IsNullWord(std::size_t offset) const {
    const std::string_view rest = source_.text().substr(offset, 4);
    return rest.starts_with('~') || rest == "null" || rest == "Null" || rest == "NULL";
  }
  std::size_t Offset(const YAML::Mark& mark) const { return source_.Offset(mark.line, mark.column); }
  bool ExpectsKey() const {
    return !levels_.empty() && levels_.back().node.IsMapping() && !levels_.back().has_key;
  }

  void Open(const YAML::Mark& mark, Node::Type type) {
    if (ExpectsKey()) {
      throw Refused{Offset(mark), "a key must be text, not a list or a mapping"};
    }
    if (levels_.size() >= static_cast<std::size_t>(kMaxDepth)) {
      throw Refused{Offset(mark), fmt::format("nested deeper than {} levels", kMaxDepth)};
    }
    Level level;
    level.node.type = type;
    level.node.at = source_.At(Offset(mark));
    levels_.push_back(std::move(level));
  }

  void Close() {
    Node node = std::move(levels_.back().node);
    levels_.pop_back();
    Place(std::move(node));
  }

  void Key(std::size_t offset, std::string key, bool quoted) {
    if (key == "<<" && !quoted) {
      throw Refused{offset, "merge keys (\"<<\") are not supported; write the keys out"};
    }
    Level& level = levels_.back();
    level.key_at = source_.At(offset);
    const auto [place, is_new] = level.keys.emplace(key, level.key_at);
    level.dropped = !is_new;
    if (level.dropped) {
      Problem problem = source_.MakeProblem(
          offset, Code::kConfigDuplicate,
          fmt::format("the key \"{}\" stands twice: in line {} and again in line {}; keep one",
                      Printable(key, 100), place->second.line, level.key_at.line));
      problems_.Add(std::move(problem));
    }
    level.key = std::move(key);
    level.has_key = true;
  }

  void Place(Node node) {
    if (++nodes_ > kMaxNodes) {
      throw Refused{0, fmt::format("more than {} values in one file; split it", kMaxNodes)};
    }
    if (levels_.empty()) {
      root_ = std::move(node);
      return;
    }
    Level& level = levels_.back();
    if (level.node.IsSequence()) {
      level.node.items.push_back(std::move(node));
      return;
    }
    level.has_key = false;
    if (!level.dropped) {
      level.node.entries.push_back({std::move(level.key), level.key_at, std::move(node)});
    }
  }

  void Replace(std::size_t offset, Node& node) {
    Expansion expansion = Expand(node.scalar, variables_, directory_);
    for (Expansion::Failure& failure : expansion.failures) {
      problems_.Add(source_.MakeProblem(OffsetOfReference(offset, failure.index), Code::kConfigVariable,
                                        std::move(failure.message)));
    }
    node.scalar = std::move(expansion.text);
    // A value that could not be had is treated like one that may not be printed: further findings name the
    // variable.
    node.unresolved = !expansion.failures.empty();
    node.has_secret = expansion.has_secret || node.unresolved;
    if (node.has_secret) {
      node.written = std::move(expansion.written);
    }
  }

  // The place of a "${" after the scalar's start, counted from 0.
  std::size_t OffsetOfReference(std::size_t start, std::size_t index) const {
    std::size_t at = start;
    for (std::size_t i = 0;; ++i) {
      at = source_.text().find("${", at);
      if (at == std::string_view::npos) {
        return start;
      }
      if (i == index) {
        return at;
      }
      at += 2;
    }
  }

  const SourceText& source_;
  const Variables& variables_;
  std::string_view directory_;
  Problems& problems_;
  std::vector<Level> levels_;
  Node root_;
  std::size_t nodes_ = 0;
  bool started_ = false;
};

// Bytes that are not text: invalid UTF-8 and control characters. Each line once.
bool CheckBytes(const SourceText& source, Problems& problems) {
  const std::string_view text = source.text();
  int found = 0;
  for (std::size_t begin = 0; begin < text.size() && found < kMaxTextProblems;) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    const std::string_view line = text.substr(begin, end - begin);
    if (!IsValidUtf8(line)) {
      std::size_t good = 0;
      for (std::size_t i = 1; i <= line.size(); ++i) {
        // The longest valid beginning; at most four bytes are in doubt after it.
        if (i - good > 4) {
          break;
        }
        if (IsValidUtf8(line.substr(good, i - good))) {
          good = i;
        }
      }
      problems.Add(
          source.MakeProblem(begin + good, Code::kConfigFile,
                             fmt::format("the byte 0x{:02x} is not UTF-8; save the file as UTF-8",
                                         static_cast<unsigned char>(line[std::min(good, line.size() - 1)]))));
      ++found;
    } else {
      for (std::size_t i = 0; i < line.size(); ++i) {
        const auto c = static_cast<unsigned char>(line[i]);
        const bool line_end = c == '\r' && i + 1 == line.size();
        if ((c < 0x20 && c != '\t' && !line_end) || c == 0x7F) {
          problems.Add(source.MakeProblem(
              begin + i, Code::kConfigFile,
              fmt::format("the control character 0x{:02x}; remove it, or write it as \"\\x{:02x}\"", c, c)));
          ++found;
          break;
        }
      }
    }
    begin = end + 1;
  }
  return found == 0;
}

// yaml-cpp's words, with what to do.
std::string Explained(const std::string& message) {
  return fmt::format(
      "not valid YAML: {}; look at the indentation, the brackets and the quotes here and above", message);
}

}  // namespace

std::shared_ptr<const File> ReadYaml(std::string file, std::string_view text, const Variables& variables,
                                     std::string_view directory, Problems& problems) {
  const SourceText source(std::move(file), text);
  if (text.size() > kMaxBytes) {
    problems.Add(source.MakeProblem(
        0, Code::kConfigFile,
        fmt::format("the file has {} bytes; at most {} are read", text.size(), kMaxBytes)));
    return nullptr;
  }
  const std::size_t before = problems.list().size();
  if (!CheckBytes(source, problems)) {
    return nullptr;
  }
  const std::string prepared = ScanRaw(source, problems);
  if (problems.list().size() != before) {
    return nullptr;
  }
  TreeBuilder builder(source, variables, directory, problems);
  try {
    std::istringstream in(prepared);
    YAML::Parser parser(in);
    while (parser.HandleNextDocument(builder)) {
    }
  } catch (const Refused& refused) {
    problems.Add(source.MakeProblem(refused.offset, Code::kConfigValue, refused.message));
    return nullptr;
  } catch (const YAML::Exception& error) {
    problems.Add(source.MakeProblem(source.Offset(error.mark.line, error.mark.column), Code::kConfigValue,
                                    Explained(error.msg)));
    return nullptr;
  } catch (const std::exception& error) {
    problems.Add(source.MakeProblem(0, Code::kConfigValue, Explained(error.what())));
    return nullptr;
  }
  auto result = std::make_shared<File>();
  result->file = source.file();
  result->root = builder.TakeRoot();
  return result;
}

}  // namespace crossbill::config
