#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "peerlab/base/go_json.hpp"

namespace peerlab::server::api {

/// What can be selected in the elements of a list, and of which type it is.
struct Shape {
  enum class Kind { text, integer, boolean, map, list, object };
  Kind kind = Kind::object;
  std::map<std::string, Shape, std::less<>> fields;  ///< of an object
  std::shared_ptr<const Shape> element;              ///< of a map or list
};

/// Reads the notation of the table below: `s`, `i`, `b` for text, integer and boolean, `{*:T}` for
/// a map, `[T]` for a list, `{A:T,B:T}` for an object.
Shape shape(std::string_view notation);

// The elements that filters see. Left out is what Consul does not let be filtered.
const Shape& node_shape();
const Shape& service_shape();       ///< NodeService
const Shape& service_node_shape();  ///< flat: node and service in one
const Shape& check_shape();
const Shape& entry_shape();  ///< CheckServiceNode
const Shape& intention_shape();
const Shape& service_defaults_shape();

/// A filter expression in the language of go-bexpr, checked against a shape. (HTTP spec 1.10)
class Filter {
 public:
  /// An empty expression lets everything pass. Fails with Consul's text: `Failed to create boolean
  /// expression evaluator: ...`.
  static tl::expected<Filter, std::string> parse(std::string_view expression, const Shape& shape);

  /// Whether an element passes; `json` is how the API shows it.
  bool passes(std::string_view json) const;

  struct Node;

 private:
  std::shared_ptr<const Node> root_;
  const Shape* shape_ = nullptr;
};

}  // namespace peerlab::server::api
