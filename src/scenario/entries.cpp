#include "entries.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "files.hpp"
#include "peerlab/catalog/config_text.hpp"
#include "peerlab/text/hcl.hpp"
#include "peerlab/text/json.hpp"
#include "peerlab/text/suggest.hpp"
#include "peerlab/text/utf8.hpp"
#include "peerlab/text/yaml.hpp"
#include "values.hpp"

namespace peerlab::scenario {

using text::Node;

namespace {

/// A finding has one line.
std::string on_one_line(std::string text) {
  std::replace(text.begin(), text.end(), '\n', ' ');
  std::replace(text.begin(), text.end(), '\t', ' ');
  return text;
}

/// The scalar at a place, which may be that of its key; empty if there is none.
std::string_view value_at(const Node& tree, text::Span place) {
  if (tree.span == place) return tree.text;
  for (const Node& item : tree.items) {
    if (const std::string_view found = value_at(item, place); !found.empty()) return found;
  }
  for (const text::Entry& entry : tree.entries) {
    if (entry.key_span == place) return entry.value.text;
    if (const std::string_view found = value_at(entry.value, place); !found.empty()) return found;
  }
  return {};
}

/// Of the values that a message of Consul names in quotes the one that was meant, if any:
/// `Action must be set to 'allow' or 'deny'`.
std::optional<std::string> one_of_the_good(std::string_view message, std::string_view found) {
  std::vector<std::string_view> good;
  for (std::size_t open = message.find_first_of("\"'"); open != message.npos;) {
    const std::size_t close = message.find(message[open], open + 1);
    if (close == message.npos) break;
    const std::string_view word = message.substr(open + 1, close - open - 1);
    if (word == found) return std::nullopt;  // it quotes what it refuses
    good.push_back(word);
    open = message.find_first_of("\"'", close + 1);
  }
  return text::did_you_mean(found, good);
}

}  // namespace

std::vector<EntryBody> EntryReader::read(const Node& node,
                                         const std::vector<checks::Tenant>& tenants,
                                         bool is_to_be_refused) {
  std::vector<EntryBody> bodies;
  const std::optional<Text> text = text_of(node);
  if (!text) return bodies;
  if (is_to_be_refused && text->kind == "json") {
    for (const checks::Tenant& in : tenants) {
      bodies.push_back({in, std::string(sources_.text(text->source))});
    }
    return bodies;
  }
  const std::size_t before = lookup_.diagnostics().errors();
  const std::vector<Node> trees = trees_of(*text);
  if (lookup_.diagnostics().errors() != before) return bodies;
  for (const checks::Tenant& in : tenants) {
    for (const Node& tree : trees) {
      if (is_to_be_refused && text->kind == "hcl") {
        bodies.push_back({in, to_json(tree)});
      } else if (auto body = body_of(tree, in)) {
        bodies.push_back({in, *std::move(body)});
      }
    }
    // The same text has the same faults in every cluster.
    if (lookup_.diagnostics().errors() != before) return bodies;
  }
  return bodies;
}

std::optional<EntryReader::Text> EntryReader::text_of(const Node& node) {
  const text::Entry* found = nullptr;
  for (const text::Entry& entry : node.entries) {
    if (entry.key != "hcl" && entry.key != "json" && entry.key != "crd" && entry.key != "file") {
      continue;
    }
    if (found != nullptr) {
      lookup_.diagnostics()
          .error(text::codes::one_source, entry.key_span,
                 fmt::format("the entry has `{}` and `{}`", found->key, entry.key))
          .help("begin another item of the list for the second");
      return std::nullopt;
    }
    found = &entry;
  }
  if (found == nullptr) {
    lookup_.diagnostics()
        .error(text::codes::one_source, node.span, "there is no entry to write")
        .help("add `hcl`, `json`, `crd` or `file`");
    return std::nullopt;
  }
  if (found->key == "file") return file_of(found->value);
  const std::string_view kind = found->key == "hcl" ? "hcl" : found->key == "json" ? "json" : "crd";
  return Text{kind, sources_.embed(found->value.span, found->value.text)};
}

std::optional<EntryReader::Text> EntryReader::file_of(const Node& name) {
  const std::filesystem::path beside(sources_.name(name.span.file));
  const std::filesystem::path path = beside.parent_path() / name.text;
  const std::string ending = path.extension().string();
  std::string_view kind;
  if (ending == ".hcl") kind = "hcl";
  if (ending == ".json") kind = "json";
  if (ending == ".yaml" || ending == ".yml") kind = "crd";
  if (kind.empty()) {
    lookup_.diagnostics()
        .error(text::codes::bad_choice, name.span,
               fmt::format("{} has no ending that tells its kind", text::quote(name.text)))
        .help("entries stand in files called `.hcl`, `.json` or `.yaml`");
    return std::nullopt;
  }
  std::optional<std::string> content = contents_of(path);
  if (!content) {
    lookup_.diagnostics()
        .error(text::codes::unreadable_file, name.span,
               fmt::format("{} cannot be read", text::quote(path.string())))
        .help("paths count from the folder of the file that they stand in");
    return std::nullopt;
  }
  return Text{kind, sources_.add(path.string(), *std::move(content), name.span)};
}

std::vector<Node> EntryReader::trees_of(const Text& text) {
  text::Diagnostics& diagnostics = lookup_.diagnostics();
  if (text.kind == "crd") return text::read_yaml_documents(sources_, text.source, diagnostics);
  std::optional<Node> tree = text.kind == "hcl"
                                 ? text::read_hcl(sources_, text.source, diagnostics)
                                 : text::read_json(sources_, text.source, diagnostics);
  if (!tree) return {};
  return {*std::move(tree)};
}

std::optional<std::string> EntryReader::body_of(const Node& tree, const checks::Tenant& in) {
  const catalog::EntryHome home{PartitionName(in.partition), lookup_.edition(in.cluster)};
  const catalog::ReadEntry entry =
      catalog::is_custom_resource(tree)
          ? catalog::read_custom_resource(tree, lookup_.datacenter(in.cluster), home)
          : catalog::read_config_entry(tree, home);
  if (!entry) {
    for (const catalog::EntryProblem& problem : entry.error()) {
      const auto near = one_of_the_good(problem.text, value_at(tree, problem.span));
      lookup_.diagnostics()
          .error(text::codes::bad_config_entry, problem.span,
                 on_one_line(text::printable(problem.text)))
          .help(near ? fmt::format("did you mean `{}`?", *near)
                     : std::string("this is what Consul answers; a step that means it says "
                                   "`expect: { status: 500 }`"));
    }
    return std::nullopt;
  }
  check_peers(tree, in);
  return catalog::to_json_text(*entry);
}

/// Every `Peer` that an entry names must be one that the scenario creates.
void EntryReader::check_peers(const Node& tree, const checks::Tenant& in) {
  for (const Node& item : tree.items) check_peers(item, in);
  for (const text::Entry& entry : tree.entries) {
    const bool is_name = entry.value.kind == text::Kind::string && !entry.value.text.empty();
    if (text::same_folded(entry.key, "Peer") && is_name) {
      peers_.peer(entry.value, in, lookup_);
    } else {
      check_peers(entry.value, in);
    }
  }
}

}  // namespace peerlab::scenario
