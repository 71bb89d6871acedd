#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "cli/build_record.h"
#include "images/store.h"

namespace aictr::cli {

// The page that --report writes, with a place for the data of build_report().
extern const std::string_view kBuildReportPage;

// One self-contained HTML page: the steps of a build on a line of time, and what makes its image big. Without an image,
// the build has failed with `failure`. The caller holds the store.
Result<std::string> build_report(const std::vector<RecordedStep>& steps, double seconds, const std::string& name,
                                 const images::Store& store, const std::optional<images::Image>& image,
                                 const std::string& failure);

}  // namespace aictr::cli
