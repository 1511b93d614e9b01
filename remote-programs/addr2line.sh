#!/bin/sh
# Stands before addr2line in the PATH of `perf script`, which asks it for the functions that were inlined at an address.
# A file without debug information has none: the answer is "unknown", at once. Files with some are listed in
# GATEBENCH_INLINED; src/profilers/perf/addr2line-proxy.ts asks the real addr2line for them.
file=
previous=
addresses=
for argument; do
  [ "$previous" = -e ] && file=$argument
  [ "$argument" = -a ] && addresses=yes
  previous=$argument
done
if grep -qxFe "$file" "$GATEBENCH_INLINED"; then
  exec "$GATEBENCH_NODE" "$GATEBENCH_PROXY" "$@"
fi
while read -r address; do
  # perf ends each question with a comma, which addr2line takes for address 0.
  [ "$address" = , ] && address=0
  [ -n "$addresses" ] && printf '0x%016x\n' "0x$address"
  printf '??\n??:0\n'
done
