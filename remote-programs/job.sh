# A job that outlives the connection which started it.
#
#   start DIR WORKDIR COMMAND...  start COMMAND in WORKDIR, unless a job of DIR is running
#   status DIR                    how it stands, as lines of key=value
#   follow DIR OFFSET             its log from that byte on, until it ends
#   stop DIR                      ask it to end
#
# DIR holds log, status (running | exited CODE) and pid (PID, and the tick at which it started).
set -u
verb=$1
dir=$2
shift 2

# Field 22 of stat. PIDs are handed out again; a PID and the tick of its start are not.
start_tick() {
  sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | cut -d ' ' -f 20
}

alive() {
  pid='' tick=''
  read -r pid tick 2>/dev/null <"$dir/pid" || return 1
  [ -n "$pid" ] && [ -n "$tick" ] && [ "$(start_tick "$pid")" = "$tick" ]
}

case $verb in
start)
  work=$1
  shift
  mkdir -p "$dir" && dir=$(cd "$dir" && pwd) || exit 73
  if alive; then
    echo running
    exit 0
  fi
  cd "$work" || exit 73
  # Both files get their full size now and are overwritten in place: a disk that fills later can't swallow the end.
  : >"$dir/log" && printf '%-15s\n' running >"$dir/status" && printf '%-31s\n' '' >"$dir/pid" || exit 73
  # A trap that does nothing lets the signal of `stop` reach the command, and this shell live on to note the end.
  # shellcheck disable=SC2016 # the inner shell expands it
  setsid sh -c 'dir=$1; shift; trap : TERM INT HUP; "$@"; printf "%-15s\n" "exited $?" 1<>"$dir/status"' \
    gatebench-job "$dir" "$@" </dev/null >>"$dir/log" 2>&1 &
  printf '%-31s\n' "$! $(start_tick $!)" 1<>"$dir/pid"
  echo started
  ;;
status)
  state=none code=''
  if [ -f "$dir/status" ]; then
    if alive; then living=yes; else living=no; fi
    # Read after the look at the process: one that has just ended has noted it by now.
    read -r state code <"$dir/status"
    if [ "$state" = running ] && [ $living = no ]; then state=lost; fi
  fi
  echo "state=$state"
  echo "code=$code"
  echo "logBytes=$(wc -c 2>/dev/null <"$dir/log" || echo 0)"
  echo "freeKib=$(df -Pk "$dir" 2>/dev/null | awk 'NR == 2 { print $4 }')"
  ;;
follow)
  if alive; then
    exec tail -c "+$(($1 + 1))" -f --pid="$pid" "$dir/log" </dev/null
  fi
  exec tail -c "+$(($1 + 1))" "$dir/log" </dev/null
  ;;
stop)
  # A session of its own, so a process group too. dash knows no `kill -TERM -- -PID`.
  if alive; then kill -s TERM -- "-$pid"; fi
  ;;
*)
  echo "unknown verb: $verb" >&2
  exit 64
  ;;
esac
