#include "cli/protected_self.h"

#include <fcntl.h>

#include <string>
#include <vector>

#include "base/file.h"
#include "base/text.h"
#include "runtime/self_protect.h"

namespace aictr::cli {

Result<void> protect_this_program() {
  std::string text = TRY(read_file(AT_FDCWD, "/proc/self/cmdline"));
  std::vector<std::string> words = split(text, '\0');
  words.pop_back();  // behind the last NUL
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  return runtime::protect_self(argv.data());
}

}  // namespace aictr::cli
