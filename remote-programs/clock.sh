# Answers each line with the time, in nanoseconds since the epoch.
while read -r _; do date +%s%N; done
