# Keeps what gatebench sends to a host, below ~/.cache/gatebench under a name made of its content.
#
#   look NAME                               what the host is, where NAME belongs, whether it is there, what can be sent
#   look NAME SHA256                        the same for a program, which is there only where it is whole
#   receive KIND PATH SHA256 gzip | plain   take from stdin: a program, or the tar archive of a folder
#
# At PATH there is a whole file or folder, or none, whenever this ends.
set -u

fail() {
  echo "$1" >&2
  exit 1
}

matches() {
  [ "$(sha256sum <"$1")" = "$2  -" ]
}

look() {
  command -v sha256sum >/dev/null || fail 'there is no sha256sum'
  [ -n "${HOME-}" ] || fail 'HOME is not set'
  path=$HOME/.cache/gatebench/$1
  echo "gatebench-machine $(uname -sm)"
  echo "gatebench-path $path"
  if [ $# -eq 1 ]; then
    if [ -d "$path" ]; then echo 'gatebench-present yes'; fi
  elif [ -x "$path" ] && matches "$path" "$2"; then
    echo 'gatebench-present yes'
  fi
  if command -v gzip >/dev/null; then echo 'gatebench-takes gzip'; fi
}

unpacked() {
  if [ "$1" = gzip ]; then gzip -dc; else cat; fi
}

receive() {
  kind=$1 path=$2 sha256=$3 encoding=$4
  mkdir -p "${path%/*}" || exit
  part=$(mktemp -d "$path.XXXXXX") || exit
  trap 'rm -rf "$part"' EXIT
  trap 'exit 1' HUP INT TERM
  unpacked "$encoding" >"$part/sent" || exit
  matches "$part/sent" "$sha256" || fail 'what arrived there has another checksum'
  if [ "$kind" = program ]; then
    chmod 755 "$part/sent" && mv -fT "$part/sent" "$path" || exit
  else
    mkdir "$part/folder" && tar -xf "$part/sent" -C "$part/folder" || exit
    # Another run may have been faster.
    mv -T "$part/folder" "$path" 2>/dev/null || [ -d "$path" ] || fail "it could not be moved to $path"
  fi
}

verb=$1
shift
case $verb in
look | receive) "$verb" "$@" ;;
*) fail "unknown verb: $verb" ;;
esac
