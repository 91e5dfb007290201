#include "filter.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "filter_parse.hpp"
#include "peerlab/base/assert.hpp"

namespace peerlab::server::api {
namespace {

using Node = Filter::Node;

constexpr std::string_view prefix = "Failed to create boolean expression evaluator: ";
constexpr std::size_t longest_pattern = 1000;

// --- Shapes ---

class ShapeReader {
 public:
  explicit ShapeReader(std::string_view text) : text_(text) {}

  Shape read() {
    Shape made;
    switch (const char c = next()) {
      case 's':
        made.kind = Shape::Kind::text;
        return made;
      case 'i':
        made.kind = Shape::Kind::integer;
        return made;
      case 'b':
        made.kind = Shape::Kind::boolean;
        return made;
      case '[':
        made.kind = Shape::Kind::list;
        made.element = std::make_shared<const Shape>(read());
        PEERLAB_ASSERT(next() == ']');
        return made;
      default:
        PEERLAB_ASSERT(c == '{');
    }
    if (text_.starts_with('*')) {
      text_.remove_prefix(2);
      made.kind = Shape::Kind::map;
      made.element = std::make_shared<const Shape>(read());
      PEERLAB_ASSERT(next() == '}');
      return made;
    }
    do {
      const std::size_t colon = text_.find(':');
      std::string name(text_.substr(0, colon));
      text_.remove_prefix(colon + 1);
      made.fields.emplace(std::move(name), read());
    } while (next() == ',');
    return made;
  }

 private:
  char next() {
    PEERLAB_ASSERT(!text_.empty());
    const char c = text_.front();
    text_.remove_prefix(1);
    return c;
  }

  std::string_view text_;
};

constexpr std::string_view proxy =
    "{DestinationServiceName:s,DestinationServiceID:s,LocalServiceAddress:s,LocalServicePort:i,"
    "LocalServiceSocketPath:s,Mode:s,Upstreams:[{DestinationType:s,DestinationNamespace:s,"
    "DestinationPartition:s,DestinationPeer:s,DestinationName:s,Datacenter:s,LocalBindAddress:s,"
    "LocalBindPort:i,LocalBindSocketPath:s,LocalBindSocketMode:s,MeshGateway:{Mode:s}}],"
    "MeshGateway:{Mode:s},Expose:{Checks:b,Paths:[{ListenerPort:i,Path:s,LocalPathPort:i,"
    "Protocol:s}]},TransparentProxy:{OutboundListenerPort:i,DialedDirectly:b}}";
constexpr std::string_view node_fields =
    "ID:s,Node:s,Address:s,Datacenter:s,Partition:s,PeerName:s,TaggedAddresses:{*:s},Meta:{*:s}";
constexpr std::string_view check_fields =
    "Node:s,CheckID:s,Name:s,Status:s,Notes:s,Output:s,ServiceID:s,ServiceName:s,ServiceTags:[s],"
    "Type:s,Interval:s,Timeout:s,ExposedPort:i,PeerName:s";
constexpr std::string_view addresses = "{*:{Address:s,Port:i}}";

std::string service_fields() {
  return fmt::format(
      "Kind:s,ID:s,Service:s,Tags:[s],Address:s,TaggedAddresses:{},Meta:{{*:s}},Port:i,"
      "SocketPath:s,Weights:{{Passing:i,Warning:i}},EnableTagOverride:b,Proxy:{},"
      "Connect:{{Native:b}},PeerName:s",
      addresses, proxy);
}

// --- Checking a tree against a shape ---

std::string joined(const std::vector<std::string>& parts, std::size_t count) {
  std::string out;
  for (std::size_t i = 0; i < count; ++i) out += (i > 0 ? "." : "") + parts[i];
  return out;
}

std::string operator_name(const Node& node) {
  const std::string name = node.op == Node::Operator::equal     ? "Equal"
                           : node.op == Node::Operator::in      ? "In"
                           : node.op == Node::Operator::matches ? "Matches"
                                                                : "Empty";
  if (node.op == Node::Operator::is_empty) return node.negated ? "Is Not Empty" : "Is Empty";
  return node.negated ? "Not " + name : name;
}

bool supports(const Shape& shape, Node::Operator op) {
  switch (shape.kind) {
    case Shape::Kind::text:
      return op != Node::Operator::is_empty;
    case Shape::Kind::integer:
    case Shape::Kind::boolean:
      return op == Node::Operator::equal;
    case Shape::Kind::map:
      return op == Node::Operator::in || op == Node::Operator::is_empty;
    case Shape::Kind::list:
      return op == Node::Operator::is_empty ||
             (op == Node::Operator::in && shape.element->kind == Shape::Kind::text);
    case Shape::Kind::object:
      return false;
  }
  return false;
}

std::optional<bool> parse_bool(std::string_view text) {
  for (const std::string_view yes : {"1", "t", "T", "TRUE", "true", "True"}) {
    if (text == yes) return true;
  }
  for (const std::string_view no : {"0", "f", "F", "FALSE", "false", "False"}) {
    if (text == no) return false;
  }
  return std::nullopt;
}

bool is_integer(std::string_view text) {
  std::int64_t value = 0;
  const auto end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, value);
  return read.ec == std::errc() && read.ptr == end;
}

std::string check_match(Node& node, const Shape& root) {
  const Shape* shape = &root;
  for (std::size_t i = 0; i < node.selector.size(); ++i) {
    while (shape->kind == Shape::Kind::list) shape = shape->element.get();
    const auto invalid = [&] {
      return fmt::format("Selector \"{}\" is not valid", joined(node.selector, i + 1));
    };
    if (shape->kind == Shape::Kind::map) {
      shape = shape->element.get();
      continue;
    }
    const auto found = shape->fields.find(node.selector[i]);
    if (found == shape->fields.end()) return invalid();
    shape = &found->second;
  }
  const std::string name = joined(node.selector, node.selector.size());
  if (!supports(*shape, node.op)) {
    return fmt::format("Invalid match operator \"{}\" for selector \"{}\"", operator_name(node),
                       name);
  }
  const auto coerced = [&](std::string_view function) {
    return fmt::format(
        "Failed to coerce value \"{}\" for selector \"{}\": strconv.{}: parsing \"{}\": invalid "
        "syntax",
        node.value, name, function, node.value);
  };
  if (shape->kind == Shape::Kind::integer && !is_integer(node.value)) return coerced("ParseInt");
  if (shape->kind == Shape::Kind::boolean) {
    const auto value = parse_bool(node.value);
    if (!value) return coerced("ParseBool");
    node.value = *value ? "true" : "false";
  }
  if (node.op == Node::Operator::matches) {
    try {
      if (node.value.size() > longest_pattern)
        throw std::regex_error(std::regex_constants::error_space);
      // Without backtracking, so that no expression takes for ever or exhausts the stack.
      node.pattern.emplace(node.value, std::regex::ECMAScript | std::regex_constants::__polynomial);
    } catch (const std::regex_error&) {
      const bool open = std::ranges::count(node.value, '(') > std::ranges::count(node.value, ')');
      return fmt::format(
          "Failed to compile regular expression \"{}\": error parsing regexp: {}: `{}`", node.value,
          open ? "missing closing )" : "invalid syntax", node.value);
    }
  }
  return {};
}

std::string check(Node& node, const Shape& shape) {
  if (node.kind == Node::Kind::match) return check_match(node, shape);
  for (const auto& part : node.parts) {
    if (std::string error = check(*part, shape); !error.empty()) return error;
  }
  return {};
}

// --- Evaluating ---

const GoJson* member(const GoJson& object, std::string_view name) {
  for (const auto& [key, value] : object.members) {
    if (key == name) return &value;
  }
  return nullptr;
}

/// The text of a scalar; absent members have the zero value of their type.
std::string scalar(const GoJson* json, Shape::Kind kind) {
  if (json == nullptr || json->kind == GoJson::Kind::null) {
    return kind == Shape::Kind::integer ? "0" : kind == Shape::Kind::boolean ? "false" : "";
  }
  if (json->kind == GoJson::Kind::boolean) return json->boolean ? "true" : "false";
  return json->text;
}

bool decide(const Node& node, const GoJson* json, const Shape& shape) {
  const auto elements = [&] {
    return json == nullptr ? 0 : json->elements.size() + json->members.size();
  };
  switch (node.op) {
    case Node::Operator::equal:
      return scalar(json, shape.kind) == node.value;
    case Node::Operator::matches:
      return std::regex_search(scalar(json, shape.kind), *node.pattern);
    case Node::Operator::is_empty:
      return elements() == 0;
    case Node::Operator::in:
      break;
  }
  if (shape.kind == Shape::Kind::text) {
    return scalar(json, shape.kind).find(node.value) != std::string::npos;
  }
  if (json == nullptr) return false;
  if (shape.kind == Shape::Kind::map) return member(*json, node.value) != nullptr;
  return std::ranges::any_of(json->elements,
                             [&](const GoJson& element) { return element.text == node.value; });
}

/// Follows the selector from part `at` on. A way through a list is good if any of its elements is.
bool follow(const Node& node, std::size_t at, const GoJson* json, const Shape& shape) {
  if (at == node.selector.size()) return decide(node, json, shape) != node.negated;
  if (shape.kind == Shape::Kind::list) {
    return json != nullptr && std::ranges::any_of(json->elements, [&](const GoJson& element) {
             return follow(node, at, &element, *shape.element);
           });
  }
  const GoJson* next = json == nullptr ? nullptr : member(*json, node.selector[at]);
  if (shape.kind == Shape::Kind::map) {
    // A key that is not there fails what asks for a value, and passes all else.
    if (next == nullptr) {
      const bool asks = node.op == Node::Operator::equal || node.op == Node::Operator::in;
      const bool is_set = node.op == Node::Operator::is_empty && node.negated;
      return asks ? node.negated : !is_set;
    }
    return follow(node, at + 1, next, *shape.element);
  }
  return follow(node, at + 1, next, shape.fields.find(node.selector[at])->second);
}

bool evaluate(const Node& node, const GoJson& json, const Shape& shape) {
  const auto holds = [&](const auto& part) { return evaluate(*part, json, shape); };
  switch (node.kind) {
    case Node::Kind::all_of:
      return std::ranges::all_of(node.parts, holds);
    case Node::Kind::any_of:
      return std::ranges::any_of(node.parts, holds);
    case Node::Kind::none_of:
      return std::ranges::none_of(node.parts, holds);
    case Node::Kind::match:
      return follow(node, 0, &json, shape);
  }
  return false;
}

}  // namespace

Shape shape(std::string_view notation) { return ShapeReader(notation).read(); }

const Shape& node_shape() {
  static const Shape made = shape(fmt::format("{{{}}}", node_fields));
  return made;
}
const Shape& service_shape() {
  static const Shape made = shape(fmt::format("{{{}}}", service_fields()));
  return made;
}
const Shape& service_node_shape() {
  static const Shape made = shape(fmt::format(
      "{{ID:s,Node:s,Address:s,Datacenter:s,TaggedAddresses:{{*:s}},NodeMeta:{{*:s}},"
      "ServiceKind:s,ServiceID:s,ServiceName:s,ServiceTags:[s],ServiceAddress:s,"
      "ServiceTaggedAddresses:{},ServiceWeights:{{Passing:i,Warning:i}},ServiceMeta:{{*:s}},"
      "ServicePort:i,ServiceSocketPath:s,ServiceEnableTagOverride:b,ServiceProxy:{},"
      "ServiceConnect:{{Native:b}},PeerName:s}}",
      addresses, proxy));
  return made;
}
const Shape& check_shape() {
  static const Shape made = shape(fmt::format("{{{}}}", check_fields));
  return made;
}
const Shape& entry_shape() {
  static const Shape made = shape(fmt::format("{{Node:{{{}}},Service:{{{}}},Checks:[{{{}}}]}}",
                                              node_fields, service_fields(), check_fields));
  return made;
}
const Shape& intention_shape() {
  static const Shape made = shape(
      "{ID:s,Description:s,SourceNS:s,SourceName:s,DestinationNS:s,DestinationName:s,"
      "SourcePartition:s,DestinationPartition:s,SourcePeer:s,SourceSamenessGroup:s,SourceType:s,"
      "Action:s,Meta:{*:s},Precedence:i}");
  return made;
}
const Shape& service_defaults_shape() {
  static const Shape made = shape(
      "{Kind:s,Name:s,Protocol:s,Mode:s,MutualTLSMode:s,ExternalSNI:s,MeshGateway:{Mode:s},"
      "MaxInboundConnections:i,LocalConnectTimeoutMs:i,LocalRequestTimeoutMs:i,"
      "BalanceInboundConnections:s,Meta:{*:s}}");
  return made;
}

tl::expected<Filter, std::string> Filter::parse(std::string_view expression, const Shape& shape) {
  Filter filter;
  if (expression.empty()) return filter;
  auto tree = parse_filter(expression);
  std::string error = tree ? check(**tree, shape) : tree.error();
  if (!error.empty()) return tl::unexpected<std::string>(std::string(prefix) + error);
  filter.root_ = std::move(*tree);
  filter.shape_ = &shape;
  return filter;
}

bool Filter::passes(std::string_view json) const {
  if (root_ == nullptr) return true;
  const auto element = read_go_json(json, GoJsonExtent::whole);
  PEERLAB_ASSERT(element.has_value());
  return evaluate(*root_, *element, *shape_);
}

}  // namespace peerlab::server::api
