# The key by which a run on one machine reaches the others.
#
#   make PATH COMMENT    make it, unless it is there; say its public half
#   admit PUBLIC_KEY     let it in, for commands alone
#   dismiss PUBLIC_KEY   no longer let it in
set -eu
umask 077
verb=$1
authorized=$HOME/.ssh/authorized_keys

case $verb in
make)
  mkdir -p "$(dirname "$2")"
  [ -f "$2" ] || ssh-keygen -q -t ed25519 -N '' -C "$3" -f "$2"
  cat "$2.pub"
  ;;
admit)
  mkdir -p "$HOME/.ssh"
  touch "$authorized"
  if grep -qF -- "$2" "$authorized"; then exit 0; fi
  # A last line without an end would swallow ours.
  if [ -s "$authorized" ] && [ -n "$(tail -c 1 "$authorized")" ]; then echo >>"$authorized"; fi
  printf 'restrict %s\n' "$2" >>"$authorized"
  ;;
dismiss)
  [ -f "$authorized" ] || exit 0
  rest=$(mktemp)
  trap 'rm -f "$rest"' EXIT
  grep -vF -- "$2" "$authorized" >"$rest" || [ $? = 1 ]
  # Written over in place: owner, mode and links stay as they are.
  cat "$rest" >"$authorized"
  ;;
*)
  echo "unknown verb: $verb" >&2
  exit 64
  ;;
esac
