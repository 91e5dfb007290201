#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "peerlab/base/go_json.hpp"

namespace peerlab::server::api {

/// Reads a JSON body into fields as Go's decoder does with unknown keys refused: keys match without
/// regard to case, null leaves a field alone, and of several errors the first one counts.
class BodyDecoder {
 public:
  /// `go_type` as Go's texts call the whole: `api.PeeringEstablishRequest`.
  explicit BodyDecoder(std::string go_type) : go_type_(std::move(go_type)) {}

  BodyDecoder& field(std::string name, std::string& into);
  BodyDecoder& field(std::string name, std::vector<std::string>& into);
  BodyDecoder& field(std::string name, std::map<std::string, std::string>& into);

  /// Fails with Go's text, without a prefix. (HTTP spec 1.3)
  tl::expected<void, std::string> read(std::string_view body) const;

 private:
  /// Takes a value; false where its JSON type does not fit.
  using Setter = std::function<bool(const GoJson&)>;
  struct Field {
    std::string name;
    std::string type;
    Setter set;
  };

  const Field* find(std::string_view key) const;

  std::string go_type_;
  std::vector<Field> fields_;
};

}  // namespace peerlab::server::api
