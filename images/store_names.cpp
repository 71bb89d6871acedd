// The names of images: giving and taking them.

#include <algorithm>

#include <fmt/core.h>

#include "base/lock.h"
#include "images/gc.h"
#include "images/store.h"
#include "images/store_index.h"
#include "images/store_layout.h"
#include "images/stored_image.h"

namespace aictr::images {
namespace {

Result<FileLock> lock_index(int store) {
  return FileLock::acquire(store, layout::kLock, FileLock::Mode::exclusive);
}

bool contains(const std::vector<oci::Digest>& list, const oci::Digest& one) {
  return std::find(list.begin(), list.end(), one) != list.end();
}

// What a removal is about to change.
struct Plan {
  oci::Digest manifest;
  oci::Digest id;  // the manifest's own digest where the image cannot be read
  std::vector<oci::Reference> names;
  bool last = false;  // no name is left: the image goes
};

// By name the index is enough, so that an image whose blobs are damaged can be removed too.
Result<Plan> plan_by_name(int store, const StoreIndex& index, const oci::Reference& name, const oci::Digest& manifest) {
  Plan plan{manifest, manifest, {name}, false};
  std::vector<oci::Reference> all = index.names_of(manifest);
  if (name.digest) {
    plan.names.clear();
    for (const oci::Reference& one : all) {
      if (one.host == name.host && one.repository == name.repository) plan.names.push_back(one);
    }
  }
  plan.last = plan.names.size() >= all.size();
  auto read = load_manifest(store, manifest);
  if (read.ok()) plan.id = read.value().config.digest;
  return plan;
}

Result<Plan> plan_by_id(const Image& image, bool force) {
  if (image.names.size() > 1 && !force) {
    return make_error(Kind::busy, fmt::format("image {} has {} names", image.id.short_id(), image.names.size()),
                      "remove it by each of its names, or by force (-f)");
  }
  return Plan{image.manifest_digest, image.id, image.names, true};
}

Result<Plan> plan_removal(const Store& store, const StoreIndex& index, std::string_view name, bool force) {
  auto reference = oci::Reference::parse(name);
  if (reference.ok()) {
    if (const oci::Descriptor* entry = index.find(reference.value())) {
      return plan_by_name(store.fd(), index, reference.value(), entry->digest);
    }
  }
  return plan_by_id(TRY(store.find(name)), force);
}

Error in_use_error(const Plan& plan) {
  return make_error(Kind::busy, fmt::format("image {} is used by a container", plan.id.short_id()),
                    "remove the container first (`aictr ps -a` shows it), or take only the name away by force (-f)");
}

// The image itself stays where a container needs it: forced, it loses its names only.
Result<bool> may_delete(const Plan& plan, bool force, const ImagesInUse& in_use) {
  if (!plan.last) return false;
  if (!in_use) return true;
  bool used = contains(TRY(in_use()), plan.id);
  if (used && !force) return in_use_error(plan);
  return !used;
}

void apply(StoreIndex& index, const Plan& plan, bool deletes) {
  std::vector<oci::Descriptor> before = index.manifests();
  for (const oci::Reference& name : plan.names) index.remove_name(name);
  if (deletes) {
    index.remove(plan.manifest);
    return;
  }
  for (const oci::Descriptor& entry : before) {
    if (entry.digest == plan.manifest) index.add_unnamed(entry);
  }
}

}  // namespace

Result<void> Store::tag(const Image& image, const oci::Reference& name) {
  FileLock lock = TRY(lock_index(fd()));
  StoreIndex index = TRY(StoreIndex::load(fd()));
  for (const oci::Descriptor& entry : index.manifests()) {
    if (entry.digest != image.manifest_digest) continue;
    index.set_name(entry, name);
    return index.save(fd());
  }
  return make_error(Kind::not_found, fmt::format("image {} is gone", image.id.short_id()));
}

Result<Store::Removed> Store::remove(std::string_view name, bool force, const ImagesInUse& in_use) {
  Removed removed;
  {
    FileLock lock = TRY(lock_index(fd()));
    StoreIndex index = TRY(StoreIndex::load(fd()));
    Plan plan = TRY(plan_removal(*this, index, name, force));
    bool deletes = TRY(may_delete(plan, force, in_use));
    apply(index, plan, deletes);
    TRY_AS(fmt::format("remove image '{}'", name), index.save(fd()));
    for (const oci::Reference& gone : plan.names) removed.untagged.push_back(gone.familiar());
    if (deletes) removed.deleted.push_back(plan.id);
  }
  if (removed.deleted.empty()) return removed;
  std::vector<oci::Digest> layers = TRY_AS("the image is removed, its layers are not", collect_garbage(*this, in_use));
  removed.deleted.insert(removed.deleted.end(), layers.begin(), layers.end());
  return removed;
}

}  // namespace aictr::images
