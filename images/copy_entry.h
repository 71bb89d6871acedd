#pragma once

#include <string>

#include "base/result.h"
#include "base/unique_fd.h"
#include "images/copy.h"
#include "images/source_tree.h"

namespace aictr::images {

// Makes one file, link or device node that looks like `entry`, in place of what is there. Kind::exists when a folder
// is. A socket becomes an empty file, as there is no other way to keep its name.
Result<void> copy_entry(const SourceItem& item, const SourceEntry& entry, int directory, const std::string& name,
                        const CopyOptions& options);

// Makes the folder, or takes the one that is there. Kind::exists when something else is.
Result<UniqueFd> copy_folder_entry(int directory, const std::string& name);

// Owner, mode, attributes and times, once everything is in it.
Result<void> finish_folder(const SourceItem& item, const SourceEntry& entry, int folder, const CopyOptions& options);

// A new file in place of what is there.
Result<UniqueFd> create_file(int directory, const std::string& name);
Result<void> set_owner_and_mode(int fd, Owner owner, mode_t mode);

}  // namespace aictr::images
