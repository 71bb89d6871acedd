#include "images/store_index.h"

#include <algorithm>

#include <fmt/core.h>

#include "base/file.h"
#include "base/sys.h"
#include "images/store_layout.h"

namespace aictr::images {
namespace {

const std::string kRefName = "org.opencontainers.image.ref.name";

std::string name_in(const oci::Descriptor& entry) {
  auto found = entry.annotations.find(kRefName);
  return found == entry.annotations.end() ? std::string() : found->second;
}

oci::Descriptor entry_of(const oci::Descriptor& manifest, const std::string& name) {
  oci::Descriptor entry = manifest;
  entry.annotations.erase(kRefName);
  if (!name.empty()) entry.annotations[kRefName] = name;
  return entry;
}

// "host/repository@": what the full names of a repository begin with, up to the tag or digest.
std::string repository_of(const oci::Reference& name) {
  return fmt::format("{}/{}", name.host, name.repository);
}

bool is_in_repository(std::string_view full_name, std::string_view repository) {
  if (!full_name.starts_with(repository)) return false;
  std::string_view rest = full_name.substr(repository.size());
  return rest.empty() || rest.front() == ':' || rest.front() == '@';
}

}  // namespace

Result<StoreIndex> StoreIndex::load(int store) {
  StoreIndex loaded;
  loaded.index_.media_type = oci::media::kIndex;
  auto text = read_file(store, layout::kIndex);
  if (!text.ok() && text.error().kind == Kind::not_found) return loaded;
  if (!text.ok()) return std::move(text).error();
  auto index = oci::parse_index(text.value());
  if (!index.ok()) {
    return std::move(index)
        .error()
        .context(layout::kIndex)
        .with_hint("the file holds the names of all images; restore it, or move it away to start without any");
  }
  loaded.index_ = std::move(index).value();
  return loaded;
}

Result<void> StoreIndex::save(int store) const {
  if (index_.manifests.empty()) {
    TRY(unless_gone(sys::unlink(store, layout::kIndex)));
    return sync_directory(store, ".");
  }
  return write_file(store, layout::kIndex, oci::print_index(index_) + "\n", 0600);
}

const oci::Descriptor* StoreIndex::find(const oci::Reference& name) const {
  std::string full = name.full();
  std::string repository = repository_of(name);
  for (const oci::Descriptor& entry : index_.manifests) {
    std::string stored = name_in(entry);
    if (stored.empty()) continue;
    if (stored == full) return &entry;
    if (name.digest && entry.digest == *name.digest && is_in_repository(stored, repository)) return &entry;
  }
  return nullptr;
}

std::vector<oci::Descriptor> StoreIndex::manifests() const {
  std::vector<oci::Descriptor> unique;
  for (const oci::Descriptor& entry : index_.manifests) unique.push_back(entry_of(entry, ""));
  std::sort(unique.begin(), unique.end(), [](const auto& a, const auto& b) { return a.digest < b.digest; });
  auto end =
      std::unique(unique.begin(), unique.end(), [](const auto& a, const auto& b) { return a.digest == b.digest; });
  unique.erase(end, unique.end());
  return unique;
}

std::vector<oci::Reference> StoreIndex::names_of(const oci::Digest& manifest) const {
  std::vector<oci::Reference> names;
  for (const oci::Descriptor& entry : index_.manifests) {
    if (entry.digest != manifest) continue;
    auto name = oci::Reference::parse(name_in(entry));
    if (name.ok()) names.push_back(std::move(name).value());
  }
  return names;
}

bool StoreIndex::has(const oci::Digest& manifest) const {
  return std::any_of(index_.manifests.begin(), index_.manifests.end(),
                     [&](const oci::Descriptor& entry) { return entry.digest == manifest; });
}

void StoreIndex::set_name(const oci::Descriptor& manifest, const oci::Reference& name) {
  std::string full = name.full();
  for (const oci::Descriptor& entry : std::vector(index_.manifests)) {
    if (name_in(entry) != full) continue;
    if (entry.digest == manifest.digest) return;
    std::erase_if(index_.manifests, [&](const oci::Descriptor& one) { return name_in(one) == full; });
    add_unnamed(entry);
    break;
  }
  std::erase_if(index_.manifests, [&](const oci::Descriptor& entry) {
    return entry.digest == manifest.digest && name_in(entry).empty();
  });
  index_.manifests.push_back(entry_of(manifest, full));
}

void StoreIndex::add_unnamed(const oci::Descriptor& manifest) {
  if (!has(manifest.digest)) index_.manifests.push_back(entry_of(manifest, ""));
}

void StoreIndex::remove_name(const oci::Reference& name) {
  std::string full = name.full();
  std::erase_if(index_.manifests, [&](const oci::Descriptor& entry) { return name_in(entry) == full; });
}

void StoreIndex::remove(const oci::Digest& manifest) {
  std::erase_if(index_.manifests, [&](const oci::Descriptor& entry) { return entry.digest == manifest; });
}

}  // namespace aictr::images
