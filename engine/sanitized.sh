#!/bin/sh
# Runs a Python program with an engine that is built with warnings as errors, and checks memory and undefined behaviour:
#   sh engine/sanitized.sh benchmarks/engine_mutants.py --count 100000
set -eu
engine=$(cd "$(dirname "$0")" && pwd)
python=${PYTHON:-$engine/../.venv/bin/python}
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
mkdir "$place/relaxgen_engine"
cp "$engine"/relaxgen_engine/*.py "$place/relaxgen_engine/"
include=$("$python" -c 'import sysconfig; print(sysconfig.get_paths()["include"])')
${CC:-cc} -std=c11 -g -O1 -fno-omit-frame-pointer -fPIC -shared \
    -Wall -Wextra -Wconversion -Wshadow -Werror \
    -fsanitize=address,undefined -fno-sanitize-recover=undefined \
    -isystem "$include" "$engine"/src/*.c -o "$place/relaxgen_engine/_engine.so"
# Python itself keeps objects until it ends, so leaks are looked for by the tests, not by the sanitizer.
LD_PRELOAD="$(${CC:-cc} -print-file-name=libasan.so) $(${CC:-cc} -print-file-name=libubsan.so)" \
    ASAN_OPTIONS=detect_leaks=0 PYTHONMALLOC=malloc PYTHONPATH="$place" "$python" "$@"
