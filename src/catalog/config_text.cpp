#include "peerlab/catalog/config_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "catalog/config_checks.hpp"
#include "catalog/key_names.hpp"
#include "catalog/weak_decode.hpp"
#include "peerlab/catalog/config_write.hpp"

namespace peerlab::catalog {

namespace {

/// The tree as the reader of request bodies knows it. Numbers in the spelling of HCL and YAML
/// become those of JSON.
GoJson to_go_json(const text::Node& node) {
  GoJson json;
  switch (node.kind) {
    case text::Kind::null:
      break;
    case text::Kind::boolean:
      json.kind = GoJson::Kind::boolean;
      json.boolean = node.boolean().value_or(false);
      break;
    case text::Kind::integer:
    case text::Kind::floating: {
      const auto integer = node.integer();
      const auto number = node.number();
      json.kind = integer || number ? GoJson::Kind::number : GoJson::Kind::string;
      json.text = integer ? std::to_string(*integer) : number ? to_text(Json(*number)) : node.text;
      break;
    }
    case text::Kind::string:
      json.kind = GoJson::Kind::string;
      json.text = node.text;
      break;
    case text::Kind::list:
      json.kind = GoJson::Kind::array;
      for (const text::Node& item : node.items) json.elements.push_back(to_go_json(item));
      break;
    case text::Kind::map:
      json.kind = GoJson::Kind::object;
      for (const text::Entry& entry : node.entries) {
        json.members.emplace_back(entry.key, to_go_json(entry.value));
      }
      break;
  }
  return json;
}

const text::Entry* member(const text::Node& node, std::string_view key) {
  const auto found = std::ranges::find_if(node.entries, [&](const text::Entry& entry) {
    return same_key(entry.key, key) || same_key(entry.key, key_alias(key));
  });
  return found == node.entries.end() ? nullptr : &*found;
}

/// One step of a path such as `Services[0].Consumers[1].Peer` or `Failover[*].Service`.
std::string_view next_step(std::string_view& path, bool& is_index) {
  is_index = path.starts_with('[');
  if (is_index) {
    const auto end = std::min(path.find(']'), path.size());
    const std::string_view step = path.substr(1, end - 1);
    path.remove_prefix(std::min(end + 1, path.size()));
    return step;
  }
  if (path.starts_with('.')) path.remove_prefix(1);
  const auto end = std::min(path.find_first_of(".["), path.size());
  const std::string_view step = path.substr(0, end);
  path.remove_prefix(end);
  return step;
}

/// Where a path leads to; as far as it leads, when something on the way is not there.
text::Span place_of(const text::Node& root, std::string_view path) {
  const text::Node* at = &root;
  text::Span span = root.span;
  while (!path.empty()) {
    bool is_index = false;
    const std::string_view step = next_step(path, is_index);
    std::size_t index = 0;
    std::from_chars(step.data(), step.data() + step.size(), index);
    if (is_index && at->kind == text::Kind::list) {
      if (index >= at->items.size()) return span;
      at = &at->items[index];
      span = at->span;
    } else if (const text::Entry* entry = member(*at, step)) {
      at = &entry->value;
      span = entry->key_span;
    } else if (!is_index) {
      return span;
    }
    // An index into what is no list: one thing that stands for a list of one.
  }
  return span;
}

/// The path that an error text begins with or quotes; a single key that it names.
std::string_view path_in(const text::Node& root, std::string_view error) {
  // `Sources[0].Action must be set ...`, `Services[1]: service name cannot be empty`
  const std::string_view first = error.substr(0, error.find_first_of(" :"));
  const bool quoted = first.starts_with('\'');
  if (first.find('[') != std::string_view::npos && !quoted && !first.starts_with("Route[")) {
    return first;
  }
  for (const std::string_view mark :
       {std::string_view("invalid config key \""), std::string_view("'")}) {
    const auto begin = error.find(mark);
    if (begin == std::string_view::npos) continue;
    const std::string_view rest = error.substr(begin + mark.size());
    return rest.substr(0, std::min(rest.find(mark.back()), rest.size()));
  }
  // `exported-services Name must be "default"`
  while (!error.empty()) {
    const auto end = std::min(error.find_first_of(" :"), error.size());
    const std::string_view word = error.substr(0, end);
    if (!word.empty() && member(root, word) != nullptr) return word;
    error.remove_prefix(std::min(end + 1, error.size()));
  }
  return {};
}

/// Each of several errors has its place: those of a list are told one by one.
std::vector<EntryProblem> problems(const text::Node& root, const std::string& error) {
  std::vector<EntryProblem> out;
  const auto add = [&](std::string_view text) {
    out.push_back({place_of(root, path_in(root, text)), std::string(text)});
  };
  constexpr std::string_view bullet = "\n\t* ";
  constexpr std::string_view decoding = "decoding failed due to the following error(s):\n\n";
  std::string_view rest = error;
  if (rest.starts_with(decoding)) {
    rest.remove_prefix(decoding.size());
    while (!rest.empty()) {
      const auto end = std::min(rest.find('\n'), rest.size());
      add(rest.substr(0, end));
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    return out;
  }
  const auto first = rest.find(bullet);
  // Lists in lists stay one text.
  if (first == std::string_view::npos || rest.find("occurred:", first) != std::string_view::npos) {
    add(rest);
    return out;
  }
  rest.remove_prefix(first + bullet.size());
  while (true) {
    const auto end = std::min({rest.find(bullet), rest.find("\n\n"), rest.size()});
    add(rest.substr(0, end));
    if (rest.substr(end, bullet.size()) != bullet) return out;
    rest.remove_prefix(end + bullet.size());
  }
}

ReadEntry read(const GoJson& json, const text::Node& root, const EntryHome& home) {
  auto entry = decode_config_entry(json, home.edition).and_then([&](ConfigEntry&& decoded) {
    return normalize(std::move(decoded), home);
  });
  if (!entry) return tl::unexpected(problems(root, entry.error().detail));
  return std::move(*entry);
}

struct ResourceKind {
  std::string_view resource;
  std::string_view entry;
  std::string_view only_name;  ///< the one name it may have; empty if any, or the partition's
};
constexpr std::array<ResourceKind, 9> resource_kinds = {{
    {"ExportedServices", ExportedServices::kind, ""},
    {"Mesh", MeshConfig::kind, "mesh"},
    {"ProxyDefaults", ProxyDefaults::kind, "global"},
    {"SamenessGroup", "sameness-group", ""},
    {"ServiceDefaults", ServiceDefaults::kind, ""},
    {"ServiceIntentions", ServiceIntentions::kind, ""},
    {"ServiceResolver", ServiceResolver::kind, ""},
    {"ServiceRouter", ServiceRouter::kind, ""},
    {"ServiceSplitter", ServiceSplitter::kind, ""},
}};

tl::unexpected<std::vector<EntryProblem>> problem(text::Span span, std::string text) {
  return tl::unexpected(std::vector<EntryProblem>{{span, std::move(text)}});
}

/// The name of the entry: that of the resource, but intentions name their destination inside.
const text::Node* name_node(const text::Node& resource, const text::Node& spec, bool intentions) {
  const text::Node* holder = intentions ? spec.get("destination") : resource.get("metadata");
  return holder == nullptr ? nullptr : holder->get("name");
}

GoJson text_value(std::string_view text) {
  GoJson json;
  json.kind = GoJson::Kind::string;
  json.text = text;
  return json;
}

}  // namespace

ReadEntry read_config_entry(const text::Node& node, const EntryHome& home) {
  return read(to_go_json(node), node, home);
}

bool is_custom_resource(const text::Node& node) {
  return node.get("apiVersion") != nullptr && node.get("kind") != nullptr;
}

ReadEntry read_custom_resource(const text::Node& node, const DatacenterName& datacenter,
                               const EntryHome& home) {
  const text::Node* kind = node.get("kind");
  if (kind == nullptr) return problem(node.span, "the resource has no kind");
  const auto known =
      std::ranges::find(resource_kinds, std::string_view(kind->text), &ResourceKind::resource);
  if (known == resource_kinds.end()) {
    return problem(kind->span, fmt::format("{} is no config entry of Consul", kind->text));
  }
  const text::Node nothing;
  const text::Node& spec = node.get("spec") != nullptr ? *node.get("spec") : nothing;
  const bool intentions = known->entry == ServiceIntentions::kind;
  const text::Node* name = name_node(node, spec, intentions);
  if (name == nullptr) {
    return problem(node.span,
                   intentions ? "spec.destination.name is missing" : "metadata.name is missing");
  }
  const std::string_view only_name =
      known->entry == ExportedServices::kind ? home.partition.value() : known->only_name;
  if (!only_name.empty() && name->text != only_name) {
    return problem(name->span, fmt::format("{} resource name must be \"{}\"",
                                           lower_case(known->resource), only_name));
  }

  GoJson json = to_go_json(spec);
  json.kind = GoJson::Kind::object;
  if (intentions) {
    std::erase_if(json.members, [](const auto& entry) { return entry.first == "destination"; });
  }
  json.members.emplace_back("Kind", text_value(known->entry));
  if (known->entry != MeshConfig::kind) json.members.emplace_back("Name", text_value(name->text));
  GoJson meta;
  meta.kind = GoJson::Kind::object;
  meta.members = {{"consul.hashicorp.com/source-datacenter", text_value(datacenter.value())},
                  {"external-source", text_value("kubernetes")}};
  json.members.emplace_back("Meta", std::move(meta));
  return read(json, spec, home);
}

}  // namespace peerlab::catalog
