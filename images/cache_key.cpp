#include "images/cache_key.h"

#include <fmt/core.h>

namespace aictr::images {
namespace {

// Raised when a step's result changes for the same key.
constexpr int kVersion = 1;

void add_words(CacheKey& key, const BindMount& bind) {
  key.add("bind").add(bind.writable ? "rw" : "ro");
}

void add_words(CacheKey& key, const CacheMount& cache) {
  key.add("cache").add(cache.id);
}

void add_words(CacheKey& key, const TmpfsMount&) {
  key.add("tmpfs");
}

void add_words(CacheKey& key, const SecretMount& secret) {
  key.add("secret").add(secret.id).add(secret.variable);
}

void add_words(CacheKey& key, const SshMount& ssh) {
  key.add("ssh").add(ssh.id);
}

}  // namespace

CacheKey::CacheKey(std::string_view kind, Layers layers, Epoch epoch) {
  add(fmt::format("{} {}", kind, kVersion));
  add(fmt::format("{}", layers.size()));
  for (const oci::Digest& layer : layers) add(layer.text());
  add(epoch ? fmt::format("{}", *epoch) : "");
}

// With its length, so that no two lists of values look the same.
CacheKey& CacheKey::add(std::string_view value) {
  hash_.update(fmt::format("{}:", value.size()));
  hash_.update(value);
  return *this;
}

CacheKey& CacheKey::add(const std::vector<std::string>& values) {
  add(fmt::format("{}", values.size()));
  for (const std::string& value : values) add(value);
  return *this;
}

std::string key_of(const RunAction& action, const std::vector<std::string>& contents, Layers layers, Epoch epoch) {
  CacheKey key("run", layers, epoch);
  key.add(action.arguments).add(action.environment).add(action.user).add(action.working_directory);
  key.add(action.network ? "network" : "");
  if (action.script) key.add(action.script->content);
  for (std::size_t i = 0; i < action.mounts.size(); ++i) {
    key.add(action.mounts[i].target);
    std::visit([&](const auto& mount) { add_words(key, mount); }, action.mounts[i].what);
    key.add(contents[i]);
  }
  return key.finish();
}

std::string key_of(const MakeDirectoryAction& action, Layers layers, Epoch epoch) {
  return CacheKey("directory", layers, epoch).add(action.path).add(action.user).finish();
}

std::string key_of(const CopyAction& action, const std::vector<CopiedItem>& items, Layers layers, Epoch epoch) {
  CacheKey key("copy", layers, epoch);
  key.add(action.destination).add(action.into_directory ? "/" : "").add(action.chown).add(action.chmod);
  key.add(action.unpack ? "unpack" : "");
  if (!action.downloads.empty()) key.add(action.unpack_downloads ? "unpack downloads" : "downloads");
  for (const CopiedItem& item : items) key.add(item.name).add(item.digest);
  for (const auto& document : action.documents) key.add(document.name).add(document.content);
  return key.finish();
}

std::string key_of_stage_copy(const CopyAction& action, Layers stage, Layers layers, Epoch epoch) {
  CacheKey key("copy of a stage", stage, epoch);
  key.add(key_of(action, {}, layers, epoch)).add(action.sources).add(action.excludes);
  key.add(action.parents ? "parents" : "");
  return key.finish();
}

}  // namespace aictr::images
