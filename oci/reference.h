#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "oci/digest.h"

namespace aictr::oci {

// The name of an image: "python:3.9" is docker.io/library/python with tag 3.9. The grammar is Docker's
// (distribution/reference): the first component is a host when it holds '.' or ':' or is "localhost"; repository
// components are lower case.
struct Reference {
  std::string host;        // "docker.io"
  std::string repository;  // "library/python"
  std::string tag;         // "3.9"; "latest" when neither tag nor digest is given; empty with a digest alone
  std::optional<Digest> digest;

  static Result<Reference> parse(std::string_view text);

  std::string full() const;                 // "docker.io/library/python:3.9": how the store files it
  std::string familiar() const;             // "python:3.9": how a person writes it
  std::string familiar_repository() const;  // "python"
};

}  // namespace aictr::oci
