#pragma once

#include <functional>
#include <initializer_list>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "peerlab/base/go_json.hpp"
#include "peerlab/base/strong.hpp"

namespace peerlab::peering {

/// Fills our structs from JSON as Go's encoding/json fills the structs of Consul: keys match
/// without regard to case, null leaves a field as it was, and after a value that does not fit
/// reading goes on while the text of the first fault is kept.
class GoStructReader {
 public:
  enum class UnknownKeys { ignored, refused };
  explicit GoStructReader(UnknownKeys unknown_keys) : unknown_keys_(unknown_keys) {}

  /// One field of a struct: its name, and how to read it. `path` is how Go's texts name it.
  struct Field {
    std::string_view name;
    std::function<void(const GoJson& json, const std::string& path)> read;
  };

  /// `path` is where the struct lies, "" at the top; `type` as Go prints it, `structs.Locality`.
  void object(const GoJson& json, const std::string& path, std::string_view type,
              std::initializer_list<Field> fields);

  Field text(std::string_view name, std::string& out);
  Field list(std::string_view name, std::vector<std::string>& out);
  Field map(std::string_view name, std::map<std::string, std::string>& out);
  template <class Tag>
  Field text(std::string_view name, Strong<Tag, std::string>& out) {
    return {name, [this, &out](const GoJson& json, const std::string& path) {
              std::string value = out.value();
              read_text(json, path, value);
              out = Strong<Tag, std::string>(std::move(value));
            }};
  }

  /// What Go's decoder says of it all; nothing where it is content.
  const std::optional<std::string>& fault() const { return fault_; }

 private:
  void mismatch(const GoJson& json, const std::string& path, std::string_view type);
  void read_text(const GoJson& json, const std::string& path, std::string& out);

  UnknownKeys unknown_keys_;
  std::string_view struct_name_;  // of the innermost struct, without its package
  std::optional<std::string> fault_;
};

}  // namespace peerlab::peering
