#pragma once

#include <string>
#include <string_view>

#include "peerlab/text/diagnostic.hpp"
#include "peerlab/text/node.hpp"
#include "peerlab/text/yaml.hpp"

namespace peerlab::text {

/// One text and what a reader made of it. `read` is any of the room's readers.
struct Reading {
  template <class Reader>
  Reading(std::string text, Reader reader) : file(sources.add("test", std::move(text))) {
    tree = reader(sources, file, diagnostics);
  }

  /// The tree on one line, or `-` if there is none.
  std::string shown() const { return tree ? to_text(*tree) : "-"; }

  /// Each finding as `PL010 3:1 message`, one a line.
  std::string findings() const {
    std::string out;
    for (const Diagnostic& found : diagnostics.all()) {
      const Place place = sources.locate(found.primary.span);
      out += std::string(found.code.id) + " " + std::to_string(place.line) + ":" +
             std::to_string(place.column) + " " + found.message + "\n";
    }
    return out;
  }

  std::string rendered() const { return render(diagnostics, sources); }

  Sources sources;
  FileId file;
  Diagnostics diagnostics;
  std::optional<Node> tree;
};

inline Reading yaml(std::string text, Limits limits = {}) {
  return {std::move(text), [&](const Sources& sources, FileId file, Diagnostics& diagnostics) {
            return read_yaml(sources, file, diagnostics, limits);
          }};
}

}  // namespace peerlab::text
