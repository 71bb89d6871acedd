#include "hooks/forward_compat.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <utility>

#include "base/file.h"
#include "base/sys.h"
#include "base/text.h"
#include "hooks/cuda_versions.h"
#include "hooks/elf_file.h"
#include "oci/json.h"

namespace aictr::hooks {
namespace {

constexpr const char* kDirectory = "/usr/local/cuda/compat";
constexpr const char* kSection = ".note.cuda.fwd_compatibility";
constexpr const char* kOwner = "NVIDIA Corporation";
constexpr std::string_view kName = "libcuda.so.";

std::optional<CompatNote> note_of(int file) {
  auto text = read_elf_note(file, kSection, kOwner);
  if (!text.ok() || !text.value()) return std::nullopt;
  std::string json = *text.value();
  json.resize(std::min(json.size(), json.find('\0')));
  return parse_compat_note(json);
}

}  // namespace

std::optional<CompatNote> parse_compat_note(std::string_view json) {
  auto parsed = oci::parse_json(json);
  if (!parsed.ok()) return std::nullopt;
  const oci::Json* cuda = parsed.value().find("CUDA version");
  const oci::Json* drivers = parsed.value().find("driver");
  const std::string* text = cuda == nullptr ? nullptr : cuda->as<std::string>();
  const oci::Json::Array* majors = drivers == nullptr ? nullptr : drivers->as<oci::Json::Array>();
  auto version = text == nullptr ? std::nullopt : DottedVersion::parse(*text);
  if (!version || majors == nullptr) return std::nullopt;
  CompatNote note{*version, {}};
  for (const oci::Json& major : *majors) {
    const auto* positive = major.as<std::uint64_t>();
    const auto* number = major.as<std::int64_t>();
    if (positive != nullptr && *positive < 100000) note.drivers.push_back(static_cast<unsigned>(*positive));
    if (number != nullptr && *number >= 0 && *number < 100000) note.drivers.push_back(static_cast<unsigned>(*number));
  }
  return note;
}

bool prefers_compat(const DottedVersion& offered, const std::optional<CompatNote>& note, const DottedVersion& driver) {
  if (!note) return offered.major() > driver.major();
  auto cuda = cuda_of_driver(driver);
  bool works = std::ranges::find(note->drivers, driver.major()) != note->drivers.end();
  return works && cuda && compare(note->cuda, *cuda) > 0;
}

std::optional<std::string> compat_directory(int root, const DottedVersion& driver) {
  auto directory = sys::open(root, kDirectory, O_RDONLY | O_DIRECTORY, 0, sys::Resolve::in_root);
  if (!directory.ok()) return std::nullopt;
  std::optional<std::string> found;
  std::optional<DottedVersion> version;
  for (const std::string& name : list_directory(directory.value().get()).value_or({})) {
    if (!name.starts_with(kName)) continue;
    auto candidate = DottedVersion::parse(std::string_view(name).substr(kName.size()));
    if (!candidate || candidate->numbers.size() < 2) continue;
    if (found) return std::nullopt;  // two: nobody can say which
    found = name;
    version = candidate;
  }
  if (!found) return std::nullopt;
  auto file = sys::open(directory.value().get(), *found, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  if (!file.ok()) return std::nullopt;
  auto st = sys::stat(file.value().get());
  if (!st.ok() || !S_ISREG(st.value().st_mode)) return std::nullopt;
  if (!prefers_compat(*version, note_of(file.value().get()), driver)) return std::nullopt;
  return kDirectory;
}

}  // namespace aictr::hooks
