#include "images/downloads.h"

#include <fcntl.h>

#include <fmt/core.h>

#include "base/file.h"
#include "images/content_digest.h"

namespace aictr::images {
namespace {

// What --checksum says of a repository: the commit, or the begin of it.
Result<void> check_commit(const GitSource& source, const std::string& commit, const std::string& wanted) {
  if (commit.starts_with(wanted)) return {};
  return make_error(Kind::usage, fmt::format("'{}' is at commit {}, not {}", source.url, commit, wanted),
                    "the branch has moved on, or the checksum is another commit's");
}

}  // namespace

Result<Downloads> Downloads::find(const CopyAction& action, const Store& store) {
  Downloads downloads(store, action);
  for (const std::string& url : action.downloads) {
    if (auto repository = GitSource::parse(url)) {
      downloads.wanted_.push_back({std::move(*repository), std::nullopt});
    } else {
      Download found = TRY(Download::find(url, action.checksum));
      downloads.wanted_.push_back({std::move(found), std::nullopt});
    }
  }
  return downloads;
}

Result<CopiedItem> Downloads::identity(Wanted& wanted, FileDigests& digests) {
  const auto* repository = std::get_if<GitSource>(&wanted.what);
  const auto* file = std::get_if<Download>(&wanted.what);
  std::string name = file != nullptr ? file->name() : std::string();
  if (file != nullptr && file->identity()) return CopiedItem{name, *file->identity()};
  std::string commit = repository != nullptr ? TRY(repository->find_commit()) : std::string();
  if (!commit.empty()) {
    TRY(check_commit(*repository, commit, action_->commit));
    std::string_view kept = action_->keep_git_folder ? " with .git" : "";
    return CopiedItem{name, fmt::format("{} {}{}", commit, repository->folder, kept)};
  }
  TRY(fetch(wanted));
  return CopiedItem{name, TRY(content_digest(*wanted.item, Owners::do_not, digests))};
}

Result<std::vector<CopiedItem>> Downloads::identities(FileDigests& digests) {
  std::vector<CopiedItem> all;
  for (Wanted& wanted : wanted_) all.push_back(TRY(identity(wanted, digests)));
  return all;
}

Result<std::vector<SourceItem>> Downloads::items() {
  std::vector<SourceItem> all;
  for (Wanted& wanted : wanted_) {
    if (!wanted.item) TRY(fetch(wanted));
    all.push_back(std::move(*wanted.item));
  }
  return all;
}

// Each in a directory of its own: two may have the same name.
Result<void> Downloads::fetch(Wanted& wanted) {
  places_.push_back(TRY(LayerDraft::create(*store_)));
  const std::string& path = places_.back().upper();
  if (auto* repository = std::get_if<GitSource>(&wanted.what)) {
    wanted.item = TRY(check_out(*repository, path));
  } else {
    UniqueFd place = TRY(open_directory(AT_FDCWD, path));
    wanted.item = TRY(fetch(std::get<Download>(wanted.what), std::move(place)));
  }
  return {};
}

Result<SourceItem> Downloads::fetch(Download& download, UniqueFd place) {
  TRY(download.fetch(place.get()));
  SourceTree tree("the download", std::move(place));
  return tree.file(download.name());
}

Result<SourceItem> Downloads::check_out(const GitSource& source, const std::string& path) {
  auto git_folder = action_->keep_git_folder ? GitSource::GitFolder::keep : GitSource::GitFolder::drop;
  std::string commit = TRY(source.check_out(path, git_folder));
  TRY(check_commit(source, commit, action_->commit));
  UniqueFd place = TRY(open_directory(AT_FDCWD, path));
  SourceTree tree("the repository", std::move(place));
  auto found = TRY(tree.find(source.folder, {}));
  return std::move(found.front());
}

}  // namespace aictr::images
