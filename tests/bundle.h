#pragma once

// An OCI bundle of a test's own: a busybox root file system and a spec that the test changes as it likes.

#include <string>
#include <vector>

#include "oci/runtime_spec.h"
#include "tests/skip.h"
#include "tests/temp_dir.h"

namespace aictr::test {

struct Outcome {
  int exit_code = -1;
  std::string output;  // standard output and standard error together

  bool says(std::string_view text) const { return output.find(text) != std::string::npos; }
};

// Ends a case that cannot have a bundle here.
#define NEEDS_BUNDLE() \
  if (std::string why = aictr::test::TestBundle::missing(); !why.empty()) SKIP(why)

std::string runtime_program();  // the path of aictr-runtime

class TestBundle {
 public:
  // Why there can be none here, or nothing: for SKIP.
  static std::string missing();

  TestBundle();
  TestBundle(const TestBundle&) = delete;
  TestBundle& operator=(const TestBundle&) = delete;
  ~TestBundle();  // checks that the containers left nothing behind

  oci::Spec spec;
  oci::Process& process() { return *spec.process; }
  oci::Linux& part() { return *spec.linux_part; }

  std::string path(const std::string& name = "") const { return dir_ / name; }
  std::string rootfs(const std::string& name = "") const { return dir_ / ("rootfs" + name); }
  void write(const std::string& path, const std::string& content, mode_t mode = 0644) const;  // below path()
  std::string read(const std::string& path) const;  // empty when there is no such file

  // `aictr-runtime run` of a shell script in the container.
  Outcome run(const std::string& script);
  // `aictr-runtime --root STATE WORDS...`, with config.json written and the bundle as working directory's parameter.
  Outcome runtime(const std::vector<std::string>& words);
  // `create --bundle … ID`, with the standard streams of the container in the file "output".
  Outcome create(const std::vector<std::string>& flags = {});
  std::string status();                     // as `state` prints it; empty when there is no container
  bool becomes(const std::string& status);  // within seconds

  const std::string& id() const { return id_; }
  std::string state_root() const { return dir_ / "state"; }

 private:
  void write_config() const;
  TempDir dir_;
  std::string id_;
};

// The lines of our /proc/self/mountinfo that name this path.
std::vector<std::string> mounts_naming(const std::string& path);

}  // namespace aictr::test
