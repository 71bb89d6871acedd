#pragma once

// The rules of a CDI spec that go beyond its shape. Included by .cpp files of oci/ only.

#include "oci/cdi_spec.h"
#include "oci/codec.h"

namespace aictr::oci {

// The first violation, with the JSON pointer of the member that is to blame; no reason when there is none.
Problem check_cdi_spec(const CdiSpec& spec);

}  // namespace aictr::oci
