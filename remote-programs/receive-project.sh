# FOLDER: unpack the tar archive of a project from stdin. Of an earlier copy stays what was installed there. A folder that
# holds somebody else's files is left alone, and told by exit code 65.
set -eu
folder=$1
mark=.gatebench-copy

mkdir -p "$folder"
if [ ! -e "$folder/$mark" ] && [ -n "$(ls -A "$folder")" ]; then
  # shellcheck disable=SC2012 # the names are for people
  ls -A "$folder" | head -n 3 >&2
  exit 65
fi
touch "$folder/$mark"
find "$folder" -mindepth 1 -maxdepth 1 ! -name "$mark" ! -name node_modules ! -name .gateways ! -name .tools -exec rm -rf {} +
tar -xf - -C "$folder"
