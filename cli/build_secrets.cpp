#include "cli/build_secrets.h"

#include <fcntl.h>

#include <cstdlib>

#include <fmt/core.h>

#include "base/file.h"
#include "base/text.h"

namespace aictr::cli {
namespace {

constexpr std::size_t kLargest = 500 * 1024;  // as BuildKit has it

struct Source {
  std::string id;
  std::string file;
  std::string variable;
};

Error wrong(std::string message, std::string hint = "write id=NAME,src=FILE or id=NAME,env=VARIABLE") {
  return make_error(Kind::usage, std::move(message), std::move(hint));
}

Result<Source> source_of(const std::string& text) {
  Source source;
  std::string type;
  for (const std::string& field : split(text, ',')) {
    std::size_t equals = field.find('=');
    std::string key = lower(field.substr(0, equals));
    std::string value = equals == std::string::npos ? "" : field.substr(equals + 1);
    if (value.empty()) return wrong(fmt::format("'{}' has no value", key));
    if (key == "id") {
      source.id = value;
    } else if (key == "src" || key == "source") {
      source.file = value;
    } else if (key == "env") {
      source.variable = value;
    } else if (key == "type") {
      type = value;
    } else {
      return wrong(fmt::format("unknown key '{}'", key));
    }
  }
  if (!type.empty() && type != "file" && type != "env") return wrong(fmt::format("type={} is not file or env", type));
  if (type == "env" && source.variable.empty()) source.variable = std::exchange(source.file, {});
  if (source.id.empty()) return wrong("the id is missing");
  if (!source.file.empty() && !source.variable.empty()) return wrong("it has a file and a variable");
  bool same_name = source.file.empty() && source.variable.empty();
  if (same_name)
    (type != "file" && std::getenv(source.id.c_str()) != nullptr ? source.variable : source.file) = source.id;
  return source;
}

Result<std::string> content_of(const Source& source) {
  if (source.variable.empty()) return read_file(AT_FDCWD, source.file);
  const char* value = std::getenv(source.variable.c_str());
  if (value != nullptr) return std::string(value);
  return make_error(Kind::not_found, fmt::format("there is no variable '{}'", source.variable));
}

Result<void> add_secret(images::BuildSecrets& into, const std::string& text) {
  Source source = TRY(source_of(text));
  std::string content = TRY(content_of(source));
  if (content.size() > kLargest) {
    return wrong(fmt::format("'{}' has {} bytes; 500 KiB is the most", source.id, content.size()),
                 "a secret is a key or a token; what is larger goes into a bind mount");
  }
  into.contents.insert_or_assign(source.id, std::move(content));
  return {};
}

Result<void> add_agent(images::BuildSecrets& into, const std::string& text) {
  std::size_t equals = text.find('=');
  std::string id = text.substr(0, equals);
  const char* agent = std::getenv("SSH_AUTH_SOCK");
  std::string socket = agent == nullptr ? "" : agent;
  if (equals != std::string::npos) socket = text.substr(equals + 1);
  if (id.empty() || socket.empty()) {
    return wrong("there is no agent: SSH_AUTH_SOCK is not set", "start one with ssh-agent, or write NAME=SOCKET");
  }
  into.ssh_sockets.insert_or_assign(id, socket);
  return {};
}

}  // namespace

Result<images::BuildSecrets> read_build_secrets(const std::vector<std::string>& secrets,
                                                const std::vector<std::string>& ssh) {
  images::BuildSecrets read;
  for (const std::string& text : secrets) TRY_AS(fmt::format("--secret '{}'", text), add_secret(read, text));
  for (const std::string& text : ssh) TRY_AS(fmt::format("--ssh '{}'", text), add_agent(read, text));
  return read;
}

}  // namespace aictr::cli
