#!/bin/sh
# Every scenario gives the same trace, byte for byte, in two processes that differ in all that must
# not matter: allocator, time zone, locale, folder and environment. (architecture, determinism)
set -eu
peerlab=$1
root=$PWD
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

jemalloc=$(ls /usr/lib/*/libjemalloc.so.2 | head -n 1)
for policy in fifo random pct; do
  "$peerlab" run scenarios/ --quiet --policy $policy --seed 5 --jsonl "$dir/one" >"$dir/one.out"
  (cd / && env -i LD_PRELOAD="$jemalloc" TZ=Asia/Kathmandu LC_ALL=tr_TR.UTF-8 PADDING="$(seq 500)" \
    "$peerlab" run "$root/scenarios/" --quiet --policy $policy --seed 5 --jsonl "$dir/two") >"$dir/two.out"
  sed -i "s,$root/,,g" "$dir/two"
  cmp "$dir/one" "$dir/two"
  cmp "$dir/one.out" "$dir/two.out"
  test "$(grep -c '"type":"verdict"' "$dir/one")" -gt 0
done
