#!/bin/sh
# Measure mine:base and mine:head interleaved, compare them, and measure once more before calling the head worse.
# Exit codes: 0 not worse, or not worse for sure; 1 worse, twice; 2 it could not be measured or compared.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
# A built gatebench.
: "${GATEBENCH:=$here/../..}"
: "${OUT:=comparison}"
# More repeats find smaller differences; arguments of this script are added, such as --duration 5s.
set -- --gateways-dir "$here/gateways" --gateways direct,mine:base,mine:head --vus 50 --warmup 5s --duration 20s --repeats 5 "$@"

gatebench() {
  node "$GATEBENCH/dist/src/main.js" "$@"
}

# $1: first or second; its code is compare's.
judge() {
  set -- "$OUT/$1" --between mine:base mine:head --fail-if 'rate<-3%' 'p99>+5%' 'cpuUsPerRequest>+5%' 'rss>+10%'
  gatebench compare "$@" --format junit >"$OUT/junit.xml" || [ $? -ne 2 ]
  code=0
  gatebench compare "$@" --format markdown >"$OUT/comparison.md" || code=$?
  gatebench compare "$@" >&2 || true
  return $code
}

# $1: first or second; the rest are bench's options.
measure() {
  name=$1
  shift
  # An earlier attempt's runs would be compared too.
  rm -rf "${OUT:?}/$name"
  gatebench bench "$@" --out "$OUT/$name" >/dev/null || exit 2
}

mkdir -p "$OUT"
gatebench setup mine --gateways-dir "$here/gateways" || exit 2

measure first "$@"
code=0
judge first || code=$?
if [ $code -eq 1 ]; then
  echo "worse: measuring once more before this fails" >&2
  measure second "$@"
  code=0
  # By itself: the first measurement is why this one was made, so both together would be one-sided.
  judge second || code=$?
  [ $code -eq 1 ] || echo "the second measurement doesn't confirm it" >&2
fi

case $code in
0 | 3) exit 0 ;;
1) exit 1 ;;
*) exit 2 ;;
esac
