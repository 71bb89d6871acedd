#pragma once

// The members of Hook and Hooks, for codec.h. Included by .cpp files of oci/ only.

#include "oci/codec.h"
#include "oci/runtime_spec.h"

namespace aictr::oci {

template <class Codec>
void fields(Codec& codec, Is<Hook> auto& hook) {
  codec("path", hook.path, required);
  codec("args", hook.args);
  codec("env", hook.env);
  codec("timeout", hook.timeout);
}

template <class Codec>
void fields(Codec& codec, Is<Hooks> auto& hooks) {
  codec("prestart", hooks.prestart);
  codec("createRuntime", hooks.create_runtime);
  codec("createContainer", hooks.create_container);
  codec("startContainer", hooks.start_container);
  codec("poststart", hooks.poststart);
  codec("poststop", hooks.poststop);
}

}  // namespace aictr::oci
