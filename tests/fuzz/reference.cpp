// Names of images: what is read is printed and read again as the same.

#include "oci/reference.h"

#include "oci/digest.h"
#include "tests/fuzz/fuzz.h"

using namespace aictr;

void fuzz(std::string_view input) {
  auto digest = oci::Digest::parse(input);
  require(!digest.ok() || digest.value().text() == input, "a digest is printed as it was read");
  auto name = oci::Reference::parse(input);
  if (!name.ok()) {
    require(name.error().message.find('\n') == std::string::npos, "an error is one line");
    return;
  }
  const oci::Reference& reference = name.value();
  require(!reference.host.empty() && !reference.repository.empty(), "a name has a host and a repository");
  require(reference.repository.find("..") == std::string::npos, "a repository leads nowhere else in a URL");
  require(reference.full().find_first_of(" \n?#%\\") == std::string::npos, "a name can stand in a URL");
  for (const std::string& printed : {reference.full(), reference.familiar()}) {
    auto again = oci::Reference::parse(printed);
    require(again.ok() && again.value().full() == reference.full(), "what is printed is read again as the same");
  }
}
