#include "images/fetched_context.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>

#include <fmt/core.h>

#include "base/file.h"
#include "base/sys.h"
#include "images/archive_magic.h"
#include "images/byte_source.h"
#include "images/download.h"
#include "images/git_source.h"
#include "images/layer_unpack.h"

namespace aictr::images {
namespace {

Result<void> rewind(int file) {
  if (::lseek(file, 0, SEEK_SET) != 0) return sys_error("go back to the begin of the context");
  return {};
}

// An archive must be looked at before it is read, which a pipe does not allow.
Result<UniqueFd> spool(int input, const std::string& directory) {
  UniqueFd file = TRY(sys::open(AT_FDCWD, directory, O_RDWR | O_TMPFILE, 0600));
  std::array<char, 65536> buffer;
  for (;;) {
    std::size_t n = TRY(sys::read(input, buffer));
    if (n == 0) break;
    TRY(sys::write_all(file.get(), {buffer.data(), n}));
  }
  TRY(rewind(file.get()));
  return file;
}

Result<UniqueFd> download(const std::string& url, const std::string& directory) {
  Download found = TRY(Download::find(url, std::nullopt));
  UniqueFd place = TRY(open_directory(AT_FDCWD, directory));
  TRY(found.fetch(place.get()));
  UniqueFd file = TRY(sys::open(place.get(), found.name(), O_RDONLY | O_NOFOLLOW));
  TRY(sys::unlink(place.get(), found.name()));
  return file;
}

// The folder of a repository that "#REF:FOLDER" names, which is not to lead out of it.
Result<std::string> folder_of(const std::string& path, const GitSource& source) {
  if (source.folder.empty()) return path;
  UniqueFd top = TRY(open_directory(AT_FDCWD, path));
  auto folder = sys::open(top.get(), source.folder, O_PATH | O_DIRECTORY, 0, sys::Resolve::in_root);
  if (!folder.ok()) {
    return make_error(Kind::not_found, fmt::format("'{}' has no folder '{}'", source.url, source.folder));
  }
  return sys::readlink(AT_FDCWD, fmt::format("/proc/self/fd/{}", folder.value().get()));
}

}  // namespace

bool FetchedContext::is_one(std::string_view where) {
  return where == "-" || is_download(where) || GitSource::parse(where);
}

Result<FetchedContext> FetchedContext::fetch(const std::string& where, const Store& store) {
  LayerDraft place = TRY(LayerDraft::create(store));
  std::string path = place.upper();
  FetchedContext context(std::move(place), path);
  if (auto source = GitSource::parse(where)) {
    TRY(source->check_out(path, GitSource::GitFolder::drop));
    context.path_ = TRY(folder_of(path, *source));
    return context;
  }
  UniqueFd file = TRY(where == "-" ? spool(STDIN_FILENO, path) : download(where, path));
  TRY_AS(where == "-" ? "standard input" : fmt::format("'{}'", where), context.take(file.get()));
  return context;
}

Result<void> FetchedContext::take(int file) {
  bool archive = TRY(is_archive(file));
  TRY(rewind(file));
  if (!archive) {
    dockerfile_ = TRY(sys::read_to_end(file));
    return {};
  }
  UniqueFd root = TRY(open_directory(AT_FDCWD, path_));
  FdSource bytes(file);
  TRY(unpack_layer(bytes, root.get(), {Whiteouts::ordinary, std::nullopt}));
  return {};
}

Result<std::string> FetchedContext::read(const std::string& file) const {
  UniqueFd root = TRY(open_directory(AT_FDCWD, path_));
  UniqueFd fd = TRY(sys::open(root.get(), file, O_RDONLY, 0, sys::Resolve::in_root));
  return sys::read_to_end(fd.get());
}

}  // namespace aictr::images
