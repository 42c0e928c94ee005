#!/bin/sh
# Links against the C library of 2014, whatever the machine has: the wheel runs on every Linux since.
# `maturin` and its `zig` are found in the PATH.
exec maturin zig cc -- -target "$(uname -m)-linux-gnu.2.17" "$@"
