#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace peerlab::server::api {

/// Decodes `%41`; nothing where an escape is broken. A plus stays a plus unless `plus_is_space`.
std::optional<std::string> percent_decoded(std::string_view text, bool plus_is_space);

/// The parameters of a request. Names are exact; a parameter may be present without a value.
class Query {
 public:
  /// Nothing where Go refuses the text: a broken escape or a semicolon.
  static std::optional<Query> parse(std::string_view text);

  bool has(const std::string& name) const { return values_.contains(name); }
  /// The first value, empty where there is none.
  std::string get(const std::string& name) const;
  const std::vector<std::string>& all(const std::string& name) const;
  /// The parameters as Go writes them: sorted by name, escaped.
  std::string encoded() const;

 private:
  std::map<std::string, std::vector<std::string>> values_;
};

/// A path as Go's mux wants it, on the text as written: rooted, without `//`, `.` and `..`, a
/// trailing slash kept. (HTTP spec 1.1)
std::string clean_path(std::string_view path);

/// Whether text holds a character that Go's unicode.IsPrint refuses, as far as Consul's filter
/// meets them: controls, spaces other than U+0020, and invisible marks. Bytes that are not UTF-8
/// pass. (H-008)
bool has_unprintable(std::string_view text);

}  // namespace peerlab::server::api
