#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "images/store.h"
#include "oci/reference.h"

namespace aictr::cli {

// One value of --output: where the result of a build goes in place of the store.
struct BuildOutput {
  enum class Type {
    image,  // the store
    local,  // the files, into a folder
    tar,    // the files, as a tar
    oci,    // the image, as an archive that is an OCI layout and Docker's at once
  };
  Type type = Type::image;
  std::string destination;  // a path, or "-"

  bool goes_to_standard_output() const {
    return (type == Type::tar || type == Type::oci) && (destination.empty() || destination == "-");
  }
};

// "DIR", "-", or "type=local|tar|oci|docker|image,dest=PATH". Kind::usage names the value. Pure.
Result<BuildOutput> parse_build_output(const std::string& text);

// Whether the store is to have the image: without any output, and where one says so.
bool stays_in_store(std::span<const BuildOutput> outputs);

// `names`: those that an archive gives the image.
Result<void> write_build_output(const BuildOutput& output, const images::Store& store, const images::Image& image,
                                const std::vector<oci::Reference>& names);

}  // namespace aictr::cli
