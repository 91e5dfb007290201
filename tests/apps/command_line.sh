#!/bin/sh
# What the program prints and which status it exits with, for good and bad command lines.
set -u
peerlab=$1
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
failures=0

# expect STATUS PATTERN ARGUMENT...: the status, and a line (of either stream) that the pattern meets
expect() {
  status=$1 pattern=$2
  shift 2
  "$peerlab" "$@" >"$dir/out" 2>&1
  actual=$?
  if [ $actual -ne "$status" ] || ! grep -q -- "$pattern" "$dir/out"; then
    echo "peerlab $*: status $actual, expected $status and a line with '$pattern', printed:"
    cat "$dir/out"
    failures=$((failures + 1))
  fi
}

cat >"$dir/fails.yaml" <<'YAML'
peerlab: 1
name: fails
topology: { a: { services: { x: {}, y: {} } } }
steps:
  - kill: a/y
  - call: { from: a/x, to: a/y, direct: true, timeout: 1s }
YAML
sed 's/kill: a.y/parallel: [[{ wait: 2s }]]/; s/^steps/limits: { time: 1s }\nsteps/' "$dir/fails.yaml" >"$dir/undecided.yaml"
sed 's/kill:/kil:/' "$dir/fails.yaml" >"$dir/invalid.yaml"
awk '/^```yaml$/ { inside = 1; next } /^```$/ { inside = 0 } inside' README.md >"$dir/readme.yaml"
: >"$dir/readme.txt"

expect 0 '^[0-9]* passed, 0 failed$' run scenarios/
expect 0 '^[0-9]* files, [0-9]* cases, 0 errors$' check scenarios/
# What README shows is so.
expect 0 '^passed    an un-export that nobody heard of' run "$dir/readme.yaml"
expect 1 'instances of web of dc2 in dc1: 1 of 1 pass (expected 0 in all)' run "$dir/readme.yaml" --mutant HB-070
expect 1 '^0 passed, 1 failed$' run "$dir/fails.yaml"
expect 1 'expectation failed (seed 1, virtual time 1.000s)' run "$dir/fails.yaml"
expect 1 'replay: ./peerlab run .*fails.yaml --seed 9' run "$dir/fails.yaml" --seed 9
sed 's/timeout: 1s/timeout: "${patience}"/; s/^steps/vars: { patience: 9s }\nsteps/' "$dir/fails.yaml" >"$dir/set.yaml"
expect 1 "yaml --seed 1 --policy random --set 'patience=1s'" run "$dir/set.yaml" --policy random --set patience=1s
expect 0 '0 errors' check "$dir/set.yaml" --set patience=1s
sed '/^steps/d; s/^vars.*/steps:/' "$dir/set.yaml" >"$dir/asks.yaml"
expect 0 '0 errors' check "$dir/asks.yaml" --set patience=1s
expect 2 "peerlab: --set patients: no file has a variable of that name; did you mean 'patience'?" run "$dir/set.yaml" --set patients=1s
expect 2 'no file has a variable of that name; there are `patience`' check "$dir/set.yaml" --set foo=1
expect 2 'no file has a variable of that name$' check "$dir/fails.yaml" --set foo=1
for seed in -1 18446744073709551616 '' 0x10 ' 7' 7.0 1e3; do
  expect 2 "seed: '$seed' is no number from 0 to 18446744073709551615" run "$dir/fails.yaml" --seed "$seed"
done
expect 1 'yaml --seed 18446744073709551615' run "$dir/fails.yaml" --seed 18446744073709551615
expect 1 'yaml --seed 10$' run "$dir/fails.yaml" --seed 010
expect 2 "junit: it names a file, and '-' is none" run "$dir/fails.yaml" --junit -
expect 2 "jsonl: it names a file, and '-' is none" run "$dir/fails.yaml" --jsonl -
expect 1 '^{"type":"verdict"' run "$dir/fails.yaml" --jsonl /dev/stdout
expect 3 '^0 passed, 0 failed, 1 undecided$' run "$dir/undecided.yaml"
expect 3 '= help: `limits: { time: 48h, events: 100000000 }` in the file allows more' run "$dir/undecided.yaml"
expect 0 '^1 file, 1 case, 0 errors$' check "$dir/fails.yaml"
expect 2 '^1 file, 0 cases, 1 error$' check "$dir/invalid.yaml"
expect 2 'did you mean `kill`?' run "$dir/invalid.yaml"
expect 2 'error\[PL012\]' check "$dir/invalid.yaml"
expect 2 'does not exist' run "$dir/nowhere.yaml"
expect 2 'no case has such a tag or row' run scenarios/ --tag nobody
expect 2 'there is no mutant' run scenarios/ --mutant HB-999
expect 2 '--set takes name=value' run scenarios/ --set novalue
expect 2 'cannot be written' run "$dir/fails.yaml" --junit "$dir/no/such/folder/x.xml"
expect 2 'subcommand is required' # nothing at all
expect 2 "there is no subcommand 'frobnicate'" frobnicate
expect 2 "did you mean 'check'?" chekc
expect 0 'Examples:' --help
expect 0 '^peerlab 0' --version
expect 0 '^### `cut`$' explain cut
expect 0 'PL012' explain pl012
expect 0 '^### `steps`$' explain steps
expect 0 '^| `servers` ' explain topology
expect 0 '^HB-044: a stream that closes' explain HB-044
expect 0 '^QP-21: a dialer takes' explain qp-21
expect 2 "did you mean 'topology'?" explain topolgy
expect 2 'did you mean' explain cuts
expect 0 '"title": "peerlab scenario"' schema
expect 0 '"skew_ns":0' bench engine --world small

cat >"$dir/misses.yaml" <<'YAML'
peerlab: 1
name: misses
catches: { HB-036: nobody notices, HB-058: finally }
topology: { a: { services: { x: {}, y: {} } } }
steps:
  - as: nobody notices
    wait: 1s
finally: [{ call: { from: a/x, to: a/y, direct: true } }]
YAML
expect 1 '^HB-036  MISSED .*nobody notices' mutants "$dir/misses.yaml"
expect 1 '^ *instead: the run passes$' mutants "$dir/misses.yaml"
expect 1 '^0 mutants caught, 2 missed$' mutants "$dir/misses.yaml"
expect 1 'NONE: it does not bite$' check --bite "$dir/misses.yaml"
expect 0 '^[0-9]* files bite, 0 do not$' check --bite scenarios/network

"$peerlab" run "$dir/fails.yaml" --junit "$dir/j.xml" --jsonl "$dir/t.jsonl" --mermaid "$dir/d.mmd" >/dev/null
grep -q '<failure message=' "$dir/j.xml" || { echo "no failure in JUnit"; failures=$((failures + 1)); }
grep -q '"outcome":"failed"' "$dir/t.jsonl" || { echo "no verdict in JSON lines"; failures=$((failures + 1)); }
grep -q '^sequenceDiagram$' "$dir/d.mmd" || { echo "no diagram"; failures=$((failures + 1)); }

# What would run for hours ends at once when it is interrupted, and nothing that it wrote looks
# complete.
cat >"$dir/endless.yaml" <<'YAML'
peerlab: 1
name: endless
catches: { HB-036: finally }
topology: { a: { servers: 3, services: { x: {} } } }
limits: { time: 1000000h, events: 1000000000000 }
matrix: { pause: [1ms, 999999h, 1h] }
steps: [{ wait: "${pause}" }]
finally: [{ call: { from: a/x, to: a/x, direct: true } }]
YAML
# interrupt PATTERN ARGUMENT...: SIGINT after a second (SIGKILL 5 s later), status 130, and such a line
interrupt() {
  pattern=$1
  shift
  timeout --preserve-status -k 5 -s INT 1 "$peerlab" "$@" >"$dir/out" 2>&1
  actual=$?
  if [ $actual -ne 130 ] || ! grep -q -- "$pattern" "$dir/out"; then
    echo "peerlab $*, interrupted: status $actual and no line with '$pattern', printed:"
    cat "$dir/out"
    failures=$((failures + 1))
  fi
}
interrupt '^1 passed, 0 failed, interrupted after 1 of 3$' run "$dir/endless.yaml" --junit "$dir/j.xml" --jsonl "$dir/t.jsonl"
interrupt 'replay: .*endless.yaml --seed 1 --row .pause=999999h.' run "$dir/endless.yaml" --row pause=999999h
interrupt '^interrupted after 0 of 1$' mutants "$dir/endless.yaml"
interrupt '^interrupted after 0 of 1$' check --bite "$dir/endless.yaml"
timeout --preserve-status -k 5 -s INT 1 "$peerlab" bench engine --virtual-s 1000000
[ $? -eq 130 ] || { echo "an interrupted benchmark does not exit 130"; failures=$((failures + 1)); }
[ "$(tail -n 1 "$dir/t.jsonl")" = '{"type":"interrupted","run":1,"not_run":2}' ] ||
  { echo "JSON lines look complete"; failures=$((failures + 1)); }
grep -q '<testsuites tests="2" failures="0" errors="1"' "$dir/j.xml" &&
  grep -q '<error message="interrupted after 1 of 3"/>' "$dir/j.xml" ||
  { echo "JUnit looks complete"; failures=$((failures + 1)); }

# The launcher of a fresh clone answers without building anything.
mkdir "$dir/clone" && cp peerlab "$dir/clone"
for option in --help -h; do
  "$dir/clone/peerlab" $option | grep -q '^  test \[--all\]' && [ ! -e "$dir/clone/build" ] ||
    { echo "./peerlab $option does not tell of its own subcommands, or builds"; failures=$((failures + 1)); }
done

# Output that is lost is no success.
for command in "run $dir/endless.yaml --row pause=1ms" "check $dir/fails.yaml" "mutants scenarios/seed" \
  "check --bite scenarios/seed" "explain cut" schema reference --help --version "bench engine --world small"; do
  "$peerlab" $command >/dev/full 2>"$dir/out"
  actual=$?
  if [ $actual -ne 70 ] || ! grep -q 'standard output could not be written' "$dir/out"; then
    echo "peerlab $command >/dev/full: status $actual and not 70"
    failures=$((failures + 1))
  fi
done
expect 70 'peerlab: /dev/full could not be written to the end' run "$dir/fails.yaml" --junit /dev/full
expect 70 'peerlab: /dev/full could not be written to the end' run "$dir/fails.yaml" --jsonl /dev/full

# No output shows a secret, unless it is asked to. The token stands in the answer to the request; a
# check on it that fails prints what was answered.
sed 's/contains: PeeringToken/body: nothing/' scenarios/servers/peering-token.yaml >"$dir/token.yaml"
run_token() {
  "$peerlab" run "$dir/token.yaml" scenarios/servers --verbose --junit "$dir/j.xml" \
    --jsonl "$dir/t.jsonl" --mermaid "$dir/d.mmd" "$@" >"$dir/out" 2>&1
}
secret='eyJDQSI6\|EstablishmentSecret\|PRIVATE KEY'
run_token
grep -l "$secret" "$dir/out" "$dir/j.xml" "$dir/t.jsonl" "$dir/d.mmd" &&
  { echo "a secret is shown in these"; failures=$((failures + 1)); }
grep -q 'PeeringToken.*.redacted token.' "$dir/j.xml" ||
  { echo "the token is not redacted but missing"; failures=$((failures + 1)); }
run_token --reveal-secrets
for file in out j.xml t.jsonl; do
  grep -q "$secret" "$dir/$file" ||
    { echo "--reveal-secrets reveals nothing in $file"; failures=$((failures + 1)); }
done

exit $((failures > 0))
