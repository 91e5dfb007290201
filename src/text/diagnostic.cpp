#include "peerlab/text/diagnostic.hpp"

namespace peerlab::text {

Diagnostic& Diagnostic::label(std::string text) {
  primary.text = std::move(text);
  return *this;
}

Diagnostic& Diagnostic::also(Span span, std::string text) {
  secondary.push_back({span, std::move(text)});
  return *this;
}

Diagnostic& Diagnostic::footer(std::string heading, std::string text) {
  footers.push_back({std::move(heading), std::move(text)});
  return *this;
}

Diagnostic& Diagnostics::error(const Code& code, Span span, std::string message) {
  return add({Severity::error, code, std::move(message), {span, ""}, {}, {}});
}

Diagnostic& Diagnostics::warning(const Code& code, Span span, std::string message) {
  return add({Severity::warning, code, std::move(message), {span, ""}, {}, {}});
}

Diagnostic& Diagnostics::add(Diagnostic diagnostic) {
  if (diagnostic.severity == Severity::error) ++errors_;
  if (all_.size() < most_kept) return all_.emplace_back(std::move(diagnostic));
  ++more_;
  return spare_ = std::move(diagnostic);
}

}  // namespace peerlab::text
