#pragma once

// The files in which vendors describe their devices (the Container Device Interface, "CDI JSON Specification",
// locations): *.json and *.yaml directly in /etc/cdi and /var/run/cdi, where a device of a later directory takes the
// place of one of the same name in an earlier one.

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "oci/cdi_name.h"
#include "oci/cdi_spec.h"

namespace aictr::hooks {

std::vector<std::string> default_cdi_directories();

struct CdiFile {
  std::string path;
  std::size_t directory = 0;  // its place in the list of directories
  oci::CdiSyntax syntax = oci::CdiSyntax::json;
  std::string text;
  oci::YamlReader read_yaml;         // to find lines
  std::optional<oci::CdiSpec> spec;  // none when the file is broken
  std::vector<Error> problems;       // why it is, or which of its devices another file of the directory has too
};

// Reads one file, whatever its name ends in; a problem of its content is in the result, that it cannot be read is the
// error.
Result<CdiFile> read_cdi_file(const std::string& path, const oci::YamlReader& read_yaml, std::size_t directory = 0);

class CdiRegistry {
 public:
  // A directory that is not there is empty. A broken file keeps no other from being used.
  static Result<CdiRegistry> read(const std::vector<std::string>& directories, const oci::YamlReader& read_yaml);
  // The same of files that were read. Pure.
  static CdiRegistry of(std::vector<CdiFile> files);

  struct Entry {
    const CdiFile* file = nullptr;
    std::size_t index = 0;  // in file->spec->devices
    const oci::CdiDevice& device() const { return file->spec->devices[index]; }
  };

  const std::vector<CdiFile>& files() const { return files_; }
  const std::map<std::string, Entry>& devices() const { return devices_; }  // by qualified name

  // The devices that qualified names mean, in their order, each once. "all" is the device of that name or, where a
  // vendor has none, all of the class. Kind::usage for what is no name; Kind::not_found names all that are unknown, and
  // the broken files that may be why.
  Result<std::vector<Entry>> find(const std::vector<std::string>& names) const;

 private:
  explicit CdiRegistry(std::vector<CdiFile> files);
  std::vector<Entry> all_of(const std::string& kind) const;
  std::string why_unknown(const std::vector<std::string>& names) const;

  std::vector<CdiFile> files_;
  std::map<std::string, Entry> devices_;
};

// The edits of devices: those for all containers of each file once, before those of its first device.
oci::ContainerEdits edits_of(const std::vector<CdiRegistry::Entry>& entries);

}  // namespace aictr::hooks
