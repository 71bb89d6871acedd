// What a registry or an archive says about an image, and what a machine says about registries.

#include "images/media_type.h"
#include "images/platform_choice.h"
#include "images/registries_conf.h"
#include "images/registry_challenge.h"
#include "images/registry_manifest.h"
#include "images/url.h"
#include "oci/image_spec.h"
#include "tests/fuzz/fuzz.h"

using namespace aictr;

namespace {

template <class T>
void check_document(std::string_view input, Result<T> (*parse)(std::string_view), std::string (*print)(const T&)) {
  auto document = parse(input);
  if (!document.ok()) {
    require(document.error().message.find('\n') == std::string::npos, "an error is one line");
    return;
  }
  std::string printed = print(document.value());
  auto again = parse(printed);
  require(again.ok() && print(again.value()) == printed, "what is printed is read again as the same");
}

void check_conf(std::string_view input) {
  images::RegistriesConf conf;
  if (!conf.add(input).ok()) return;
  oci::Reference name{"docker.io", "library/box", "latest", std::nullopt};
  auto sources = conf.sources(name);
  if (!sources.ok()) return;
  require(!sources.value().empty() && !sources.value().back().mirror, "the registry itself comes last");
  for (const auto& source : sources.value()) require(source.name.tag == "latest", "a mirror is asked for the same tag");
}

}  // namespace

void fuzz(std::string_view input) {
  check_document(input, oci::parse_index, oci::print_index);
  check_document(input, oci::parse_manifest, oci::print_manifest);
  check_document(input, oci::parse_image_config, oci::print_image_config);
  auto index = oci::parse_index(input);
  if (index.ok()) ignore(images::choose_platform(index.value(), images::machine_platform()));
  images::media_type_in(input);
  images::parse_challenges(input);
  images::parse_url(input);
  check_conf(input);
}
