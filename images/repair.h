#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "images/check.h"
#include "images/store.h"

namespace aictr::images {

// Takes what is damaged out of the store, and the images that need it, so that they are got anew when somebody wants
// them; what is sound of them stays until garbage is collected, and need not be got again. What a container needs is
// left alone. What was done, in lines.
Result<std::vector<std::string>> repair_store(const Store& store, const std::vector<Damage>& damages,
                                              const ImagesInUse& in_use);

}  // namespace aictr::images
