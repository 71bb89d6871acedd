#pragma once

#include <string_view>

namespace aictr {

// Named step times of a start, for people who count milliseconds. Off unless a program switches it on (AICTR_TRACE=1 or
// --debug); then each step is written as one line "pid microseconds-since-enable name" to the descriptor given.
// A step costs one clock read when it is on and one branch when it is off. Child processes go on with the same clock.
void trace_enable(int fd);
void trace_step(std::string_view name);

}  // namespace aictr
