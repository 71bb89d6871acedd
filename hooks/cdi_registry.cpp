#include "hooks/cdi_registry.h"

#include <fcntl.h>

#include <algorithm>
#include <set>

#include <fmt/core.h>

#include "base/file.h"
#include "base/sys.h"
#include "base/text.h"

namespace aictr::hooks {
namespace {

constexpr std::size_t kMaxFile = 16U << 20;  // bytes; generated ones have some kilobytes

bool is_spec_name(const std::string& name) {
  return name.ends_with(".json") || name.ends_with(".yaml");
}

}  // namespace

std::vector<std::string> default_cdi_directories() {
  return {"/etc/cdi", "/var/run/cdi"};
}

Result<CdiFile> read_cdi_file(const std::string& path, const oci::YamlReader& read_yaml, std::size_t directory) {
  CdiFile file;
  file.path = path;
  file.directory = directory;
  file.read_yaml = read_yaml;
  file.syntax = path.ends_with(".json") ? oci::CdiSyntax::json : oci::CdiSyntax::yaml;
  file.text = TRY(read_file(AT_FDCWD, path, kMaxFile));
  auto spec = oci::parse_cdi_spec(file.text, file.syntax, path, read_yaml);
  if (spec.ok()) {
    file.spec = std::move(spec).value();
  } else {
    file.problems.push_back(std::move(spec).error());
  }
  return file;
}

Result<CdiRegistry> CdiRegistry::read(const std::vector<std::string>& directories, const oci::YamlReader& read_yaml) {
  std::vector<CdiFile> files;
  for (std::size_t i = 0; i < directories.size(); ++i) {
    if (!sys::exists(AT_FDCWD, directories[i])) continue;
    for (const std::string& name : TRY(list_directory(AT_FDCWD, directories[i]))) {
      if (!is_spec_name(name)) continue;
      std::string path = directories[i] + "/" + name;
      auto file = read_cdi_file(path, read_yaml, i);
      if (file.ok()) {
        files.push_back(std::move(file).value());
      } else {
        CdiFile unreadable;
        unreadable.path = path;
        unreadable.directory = i;
        unreadable.problems.push_back(std::move(file).error());
        files.push_back(std::move(unreadable));
      }
    }
  }
  return of(std::move(files));
}

CdiRegistry CdiRegistry::of(std::vector<CdiFile> files) {
  return CdiRegistry(std::move(files));
}

// Entries point into files_, whose elements stay where they are when the registry is moved.
CdiRegistry::CdiRegistry(std::vector<CdiFile> files) : files_(std::move(files)) {
  std::stable_sort(files_.begin(), files_.end(),
                   [](const CdiFile& a, const CdiFile& b) { return a.directory < b.directory; });
  std::set<std::string> ambiguous;
  for (CdiFile& file : files_) {
    if (!file.spec) continue;
    for (std::size_t i = 0; i < file.spec->devices.size(); ++i) {
      std::string name = file.spec->kind + "=" + file.spec->devices[i].name;
      auto [old, is_new] = devices_.try_emplace(name, Entry{&file, i});
      if (is_new) continue;
      if (old->second.file->directory < file.directory) {
        ambiguous.erase(name);
        old->second = Entry{&file, i};
        continue;
      }
      ambiguous.insert(name);
      auto& other = files_[static_cast<std::size_t>(old->second.file - files_.data())];
      Error problem = make_error(
          Kind::exists,
          fmt::format("'{}' and '{}' both describe the device '{}', so neither counts", other.path, file.path, name));
      other.problems.push_back(problem);
      file.problems.push_back(std::move(problem));
    }
  }
  for (const std::string& name : ambiguous) devices_.erase(name);
}

std::vector<CdiRegistry::Entry> CdiRegistry::all_of(const std::string& kind) const {
  std::vector<Entry> result;
  for (const auto& [name, entry] : devices_) {
    if (entry.file->spec->kind == kind) result.push_back(entry);
  }
  return result;
}

std::string CdiRegistry::why_unknown(const std::vector<std::string>& names) const {
  std::vector<std::string> broken;
  for (const CdiFile& file : files_) {
    if (!file.problems.empty()) broken.push_back(file.problems.front().message);
  }
  if (!broken.empty()) return "mend this first: " + join(broken, "; ");
  std::vector<std::string> known;
  for (const auto& [name, entry] : devices_) known.push_back(name);
  if (known.empty()) return "no device is described in the directories of CDI files";
  auto near = nearest(names.front(), known);
  return near ? fmt::format("did you mean '{}'?", *near) : "'aictr cdi list' shows those that there are";
}

Result<std::vector<CdiRegistry::Entry>> CdiRegistry::find(const std::vector<std::string>& names) const {
  std::vector<Entry> found;
  std::vector<std::string> unknown;
  auto add = [&](const Entry& entry) {
    bool again = std::any_of(found.begin(), found.end(), [&](const Entry& other) {
      return other.file == entry.file && other.index == entry.index;
    });
    if (!again) found.push_back(entry);
  };
  for (const std::string& text : names) {
    oci::CdiName name = TRY(oci::parse_cdi_name(text));
    auto device = devices_.find(text);
    auto all = name.name == "all" ? all_of(name.kind()) : std::vector<Entry>();
    if (device != devices_.end()) {
      add(device->second);
    } else if (!all.empty()) {
      std::for_each(all.begin(), all.end(), add);
    } else {
      unknown.push_back(text);
    }
  }
  if (unknown.empty()) return found;
  return make_error(Kind::not_found,
                    fmt::format("no CDI device{} '{}'", unknown.size() > 1 ? "s" : "", join(unknown, "', '")),
                    why_unknown(unknown));
}

oci::ContainerEdits edits_of(const std::vector<CdiRegistry::Entry>& entries) {
  oci::ContainerEdits edits;
  std::set<const CdiFile*> seen;
  for (const CdiRegistry::Entry& entry : entries) {
    if (seen.insert(entry.file).second) edits.append(entry.file->spec->edits);
    edits.append(entry.device().edits);
  }
  return edits;
}

}  // namespace aictr::hooks
