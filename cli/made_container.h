#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/unique_fd.h"
#include "cli/container.h"
#include "cli/each_container.h"
#include "cli/global.h"
#include "cli/run_command.h"
#include "images/store.h"
#include "oci/runtime_spec.h"

namespace aictr::cli {

// A container that can be started: what was asked for, the image it is made of, and the spec of those two, without what
// only a running start can tell (cli/bring_up.h).
struct MadeContainer {
  Container record;
  UniqueFd claim;  // its lock, for as long as it is open anywhere: we look after it
  RunFlags flags;
  oci::ContainerConfig config;  // the image's
  std::vector<oci::Digest> layers;
  oci::Spec spec;
};

// A new one. Nothing: its image could not be pulled, and the reason has been printed. The defaults that were chosen are
// reported.
Result<std::optional<MadeContainer>> make_container(const Globals& globals, const ContainerPlaces& places,
                                                    const RunFlags& flags, const std::vector<std::string>& arguments,
                                                    bool waits_for_start);

// One that was made before and does not run, from its record. Kind::busy when it runs.
Result<MadeContainer> take_container(const Globals& globals, const ContainerPlaces& places, Container record);
// The same by who looks after it already.
Result<MadeContainer> make_again(const Globals& globals, Container record, UniqueFd claim);

// What it was asked for, for commands that only need to know a little of it.
Result<RunFlags> flags_of(const Container& container);

}  // namespace aictr::cli
