#include "oci/reference.h"

#include <algorithm>
#include <cctype>

#include <fmt/core.h>

#include "base/text.h"

namespace aictr::oci {
namespace {

constexpr std::string_view kDefaultHost = "docker.io";
constexpr std::string_view kOfficial = "library/";
constexpr std::size_t kMaxName = 255;
constexpr std::size_t kMaxTag = 128;

bool is_lower_alnum(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}
bool is_word(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

// Letters and digits in runs, joined by one '.', one or two '_', or any number of '-'.
bool is_component(std::string_view text) {
  if (text.empty() || !is_lower_alnum(text.front()) || !is_lower_alnum(text.back())) return false;
  for (std::size_t i = 0; i < text.size();) {
    if (is_lower_alnum(text[i])) {
      ++i;
      continue;
    }
    std::size_t end = i;
    while (end < text.size() && !is_lower_alnum(text[end])) ++end;
    std::string_view joint = text.substr(i, end - i);
    bool dashes = joint.find_first_not_of('-') == std::string_view::npos;
    if (joint != "." && joint != "_" && joint != "__" && !dashes) return false;
    i = end;
  }
  return true;
}

bool is_tag(std::string_view text) {
  return !text.empty() && text.size() <= kMaxTag && is_word(text[0]) &&
         std::all_of(text.begin(), text.end(), [](char c) { return is_word(c) || c == '.' || c == '-'; });
}

bool is_host(std::string_view text) {
  return text == "localhost" || text.find_first_of(".:") != std::string_view::npos ||
         std::any_of(text.begin(), text.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
}

bool is_valid_host(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 ||
           std::string_view(".-:[]").find(c) != std::string_view::npos;
  });
}

Error invalid(std::string_view text, std::string_view reason) {
  return make_error(Kind::usage, fmt::format("invalid image name '{}': {}", one_line(text), one_line(reason)));
}

}  // namespace

Result<Reference> Reference::parse(std::string_view text) {
  Reference reference;
  std::string_view rest = text;
  if (auto at = rest.find('@'); at != std::string_view::npos) {
    auto digest = Digest::parse(rest.substr(at + 1));
    if (!digest.ok()) return invalid(text, digest.error().message);
    reference.digest = digest.value();
    rest = rest.substr(0, at);
  }
  if (auto colon = rest.rfind(':');
      colon != std::string_view::npos && rest.find('/', colon) == std::string_view::npos) {
    reference.tag = rest.substr(colon + 1);
    if (!is_tag(reference.tag)) return invalid(text, fmt::format("'{}' is not a tag", reference.tag));
    rest = rest.substr(0, colon);
  }
  auto slash = rest.find('/');
  if (slash != std::string_view::npos && is_host(rest.substr(0, slash))) {
    reference.host = rest.substr(0, slash);
    if (!is_valid_host(reference.host)) return invalid(text, fmt::format("'{}' is not a host", reference.host));
    rest = rest.substr(slash + 1);
  }
  if (reference.host.empty() || reference.host == "index.docker.io") reference.host = kDefaultHost;
  if (rest.empty()) return invalid(text, "it has no name");
  for (const std::string& component : split(rest, '/')) {
    if (is_component(component)) continue;
    bool only_case = is_component(lower(component));
    return invalid(text, only_case ? "it must be lower case" : fmt::format("'{}' is not a name component", component));
  }
  bool official = reference.host == kDefaultHost && rest.find('/') == std::string_view::npos;
  reference.repository = (official ? std::string(kOfficial) : std::string()) + std::string(rest);
  if (reference.repository.size() > kMaxName) return invalid(text, "it is longer than 255 characters");
  if (reference.tag.empty() && !reference.digest) reference.tag = "latest";
  return reference;
}

std::string Reference::full() const {
  std::string name = fmt::format("{}/{}", host, repository);
  if (!tag.empty()) name += ":" + tag;
  if (digest) name += "@" + digest->text();
  return name;
}

std::string Reference::familiar_repository() const {
  std::string full = fmt::format("{}/{}", host, repository);
  if (host != kDefaultHost) return full;
  // Short only where it is read as the same again: "library/a/b" is not "a/b", and "localhost/a" would be elsewhere.
  std::string_view rest = repository;
  std::size_t slash = rest.find('/');
  if (rest.starts_with(kOfficial) && rest.find('/', kOfficial.size()) == std::string_view::npos) {
    return std::string(rest.substr(kOfficial.size()));
  }
  return slash != std::string_view::npos && is_host(rest.substr(0, slash)) ? full : repository;
}

std::string Reference::familiar() const {
  std::string name = familiar_repository();
  if (!tag.empty()) name += ":" + tag;
  if (digest) name += "@" + digest->text();
  return name;
}

}  // namespace aictr::oci
