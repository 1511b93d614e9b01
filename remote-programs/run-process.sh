# Becomes COMMAND, in an environment of its own: nothing of the user's changes what it does.
#
#   [--watch-cpu START_MS LAST_MS] [NAME=VALUE]... COMMAND...
#
# Says its PID first. With --watch-cpu, a child says on stderr what CPU time COMMAND and the host have used: at START_MS,
# each second after it, and at LAST_MS, by this host's clock. stdout is COMMAND's, whose lines are too long for a pipe to
# take in one piece.
set -u

# Four short processes a second, of `date` and `sleep`. Nothing is sent meanwhile: the first reading and the last two are
# written when all are taken, since the very last may come too late to count. Ends with its last reading, or within a
# second of COMMAND's end, however that came: it has lost its parent then.
watch_cpu() {
  due=$1 last=$2 first='' before='' latest=''
  cpus=$(unset OMP_NUM_THREADS OMP_THREAD_LIMIT; nproc 2>/dev/null)
  while { read -r _ _ _ parent _ </proc/self/stat; } 2>/dev/null && [ "$parent" = "$$" ]; do
    now=$(date +%s%3N) || break
    left=$((due - now))
    if [ "$left" -ge 1000 ]; then
      sleep 1 || break
    elif [ "$left" -gt 0 ]; then
      left=$((1000 + left))
      sleep "0.${left#1}" || break
    else
      command='' host=''
      { read -r command </proc/$$/stat; read -r host </proc/stat; } 2>/dev/null
      before=$latest
      latest="gatebench-cpu $now $(date +%s%3N) ${cpus:-0}|$command|$host"
      if [ -z "$first" ]; then first=$latest latest=''; fi
      if [ "$now" -ge "$last" ]; then
        printf '%s\n' "$first" ${before:+"$before"} ${latest:+"$latest"} >&2
        break
      fi
      due=$((now + 1000))
      [ "$due" -lt "$last" ] || due=$last
    fi
  done
}

if [ "${1-}" = --watch-cpu ]; then
  watch_cpu "$2" "$3" >/dev/null &
  shift 3
fi
echo "gatebench-pid $$"
exec env -i PATH="$PATH" LANG=C.UTF-8 "$@"
