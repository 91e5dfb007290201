#!/bin/sh
# Each file of tests/bad/ is refused by `peerlab check` with status 2 and the findings that stand beside
# it. After a change that is meant, PEERLAB_BLESS=1 writes these anew; read the diff.
set -u
peerlab=$1
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
failures=0
files=0

for file in tests/bad/*.yaml; do
  files=$((files + 1))
  expected=${file%.yaml}.expected
  "$peerlab" check "$file" >"$dir/out" 2>"$dir/err"
  status=$?
  sed '$d' "$dir/out" >"$dir/findings" # the last line counts files and errors
  if [ $status -ne 2 ] || [ -s "$dir/err" ]; then
    echo "$file: status $status and not 2"
    cat "$dir/err"
    failures=$((failures + 1))
  fi
  if [ -n "${PEERLAB_BLESS:-}" ]; then
    cp "$dir/findings" "$expected"
  elif ! diff -u "$expected" "$dir/findings"; then
    failures=$((failures + 1))
  fi
done

if [ $files -lt 40 ]; then
  echo "only $files files"
  failures=$((failures + 1))
fi
exit $((failures > 0))
