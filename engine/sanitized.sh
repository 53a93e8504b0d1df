#!/bin/sh
# Runs a Python program with an engine that is built with warnings as errors, checks memory and undefined behaviour, and
# counts what it meets, by which mutants are found:
#   sh engine/sanitized.sh benchmarks/engine_mutants.py --count 100000
# Without the checks the same is several times as fast:
#   CHECKS= sh engine/sanitized.sh benchmarks/engine_mutants.py --count 10000000
set -eu
engine=$(cd "$(dirname "$0")" && pwd)
python=${PYTHON:-$engine/../.venv/bin/python}
checks=${CHECKS-address,undefined}
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
mkdir "$place/relaxgen_engine"
cp "$engine"/relaxgen_engine/*.py "$place/relaxgen_engine/"
include=$("$python" -c 'import sysconfig; print(sysconfig.get_paths()["include"])')
flags="-std=c11 -g -fPIC -Wall -Wextra -Wconversion -Wshadow -Werror"
if [ -n "$checks" ]; then
    flags="$flags -O1 -fno-omit-frame-pointer -fsanitize=$checks -fno-sanitize-recover=undefined"
    # Python itself keeps objects until it ends, so leaks are looked for by the tests, not by the sanitizer.
    preload="$(${CC:-cc} -print-file-name=libasan.so) $(${CC:-cc} -print-file-name=libubsan.so)"
    export ASAN_OPTIONS=detect_leaks=0 PYTHONMALLOC=malloc
else
    flags="$flags -O2"
fi
${CC:-cc} -std=c11 -O2 -fPIC -Wall -Wextra -Werror -Wno-missing-prototypes -c "$engine/coverage.c" -o "$place/coverage.o"
# shellcheck disable=SC2086
${CC:-cc} $flags -fsanitize-coverage=trace-pc,trace-cmp -shared -isystem "$include" \
    "$engine"/src/*.c "$place/coverage.o" -o "$place/relaxgen_engine/_engine.so"
LD_PRELOAD="${preload:-}" PYTHONPATH="$place" "$python" "$@"
