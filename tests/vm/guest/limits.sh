#!/bin/busybox sh
# shellcheck shell=dash
# The cases of limits_test.cpp and of tests/root/cgroup_test.cpp, with the time that each took.
exec vm_guest --no-colors --duration
