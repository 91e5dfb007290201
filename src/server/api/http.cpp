#include "peerlab/server/api/http.hpp"

#include <algorithm>

namespace peerlab::server::api {
namespace {

bool same_name(std::string_view one, std::string_view other) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return std::ranges::equal(one, other, {}, lower, lower);
}

}  // namespace

std::string header(const Headers& headers, std::string_view name) {
  for (const auto& [key, value] : headers) {
    if (same_name(key, name)) return value;
  }
  return {};
}

Request request(std::string method, std::string_view target, std::string body) {
  const std::size_t mark = target.find('?');
  Request made;
  made.method = std::move(method);
  made.path = std::string(target.substr(0, mark));
  if (mark != std::string_view::npos) made.query = std::string(target.substr(mark + 1));
  made.body = std::move(body);
  return made;
}

int status_of(std::string_view error_text) {
  const auto says = [&](std::string_view part) {
    return error_text.find(part) != std::string_view::npos;
  };
  if (says("Permission denied") || says("ACL not found")) return 403;
  if (says("RPC rate limit exceeded") || error_text == "Rate limit reached, try again later") {
    return 429;
  }
  return 500;
}

Answer failed(int status, std::string text) {
  return {status, {{"Content-Type", "text/plain; charset=utf-8"}}, std::move(text), false};
}

Answer failed(std::string text) {
  const int status = status_of(text);
  Answer answer = failed(status, std::move(text));
  answer.failed_remotely = true;
  return answer;
}

Answer json(std::string value) {
  return {200, {{"Content-Type", "application/json"}}, std::move(value), false};
}

Answer relayed(Answer answer) {
  if (answer.failed_remotely) answer.body.insert(0, "rpc error making call: ");
  return answer;
}

}  // namespace peerlab::server::api
