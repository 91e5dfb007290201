#pragma once

#include <string>

namespace peerlab::apps {

/// `peerlab explain`: what a finding's code, a step or a check means. Returns the exit status.
int explain(const std::string& subject);

/// `peerlab schema`: the JSON Schema of scenario files, made from the vocabulary.
int print_schema();

/// `peerlab reference`: docs/scenario-reference.md, made from the vocabulary.
int print_reference();

}  // namespace peerlab::apps
