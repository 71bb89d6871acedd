#include "images/login.h"

#include "images/registry.h"

namespace aictr::images {

Result<std::string> log_in(const std::string& registry, const RegistryOptions& options) {
  HttpClient http;
  oci::Reference anything;
  anything.host = registry;
  auto opened = TRY(Registry::open(http, anything, options));
  HttpRequest request;
  request.url = opened->root_url();
  HttpResponse response = TRY(opened->send(http, request, ""));
  if (!response.ok()) return registry_error(response, "log in");
  return store_credentials(options.authfile, registry, *options.credentials);
}

}  // namespace aictr::images
