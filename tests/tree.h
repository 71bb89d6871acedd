#pragma once

#include <string>
#include <vector>

namespace aictr::test {

// A directory tree as text, one line a file, sorted: path, type, mode, owner, time in seconds, size or device, link
// target, extended attributes, a checksum of the content, and which names are links of one inode. Two trees are the
// same when their lines are. The root's own time is left out.
std::vector<std::string> describe_tree(const std::string& path);

// The lines that only one of the two has, with "-" or "+" in front.
std::string differences(const std::vector<std::string>& expected, const std::vector<std::string>& actual);

// Runs a command with /bin/sh; its exit code.
int shell(const std::string& command);

}  // namespace aictr::test
