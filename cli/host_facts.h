#pragma once

#include "oci/json.h"

namespace aictr::cli {

// What `info` tells of the machine, named as `docker info` names it where it has a name. What cannot be read is empty.
oci::Json host_facts();

}  // namespace aictr::cli
