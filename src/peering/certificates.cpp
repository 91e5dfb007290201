#include "certificates.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "peerlab/base/encoding.hpp"
#include "peerlab/trust/certificate.hpp"

namespace peerlab::peering {
namespace {

struct PemBlock {
  std::string type;
  std::string bytes;
};

/// Takes the first line off `text`, without its end and without blanks before that.
std::string_view take_line(std::string_view& text) {
  const auto end = text.find('\n');
  std::string_view line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  const auto last = line.find_last_not_of(" \t\r");
  return line.substr(0, last == std::string_view::npos ? 0 : last + 1);
}

/// The block that starts right at `text`, which begins with "-----BEGIN ".
std::optional<PemBlock> block_at(std::string_view text, std::string_view begin) {
  text.remove_prefix(begin.size());
  std::string_view type = take_line(text);
  if (!type.ends_with("-----")) return std::nullopt;
  type.remove_suffix(5);

  std::string body;
  const std::string end = "-----END " + std::string(type) + "-----";
  while (!text.empty()) {
    const std::string_view line = take_line(text);
    if (line.starts_with("-----END ")) {
      const auto bytes = line == end ? from_base64(body) : std::nullopt;
      if (!bytes) return std::nullopt;
      return PemBlock{std::string(type), *bytes};
    }
    if (body.empty() && line.find(':') != std::string_view::npos) continue;  // a header line
    std::ranges::copy_if(line, std::back_inserter(body),
                         [](char c) { return c != ' ' && c != '\t'; });
  }
  return std::nullopt;
}

/// The first block that is whole, as Go's pem.Decode finds it: broken ones before it are skipped.
std::optional<PemBlock> first_block(std::string_view text) {
  constexpr std::string_view begin = "-----BEGIN ";
  for (std::size_t at = 0;;) {
    at = text.find(begin, at);
    if (at == std::string_view::npos) return std::nullopt;
    if (at == 0 || text[at - 1] == '\n') {
      if (auto block = block_at(text.substr(at), begin)) return block;
    }
    at += begin.size();
  }
}

}  // namespace

std::optional<std::string> fault_of_ca(std::string_view pem) {
  const auto block = first_block(pem);
  if (!block) return "no PEM-encoded data found";
  if (block->type != "CERTIFICATE") return "first PEM-block should be CERTIFICATE type";
  // OpenSSL reads PEM less tolerantly than Go, so it is given the block in its plainest form.
  const auto certificate = trust::Certificate::from_pem(fmt::format(
      "-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n", to_base64(block->bytes)));
  if (!certificate) return "x509: malformed certificate";
  if (certificate->der().size() != block->bytes.size()) return "x509: trailing data";
  return std::nullopt;
}

}  // namespace peerlab::peering
