#compdef gatebench
# Completion of gatebench in zsh. In ~/.zshrc, after compinit: source <(gatebench completion zsh)
# or as a file named _gatebench in a folder of $fpath.
# gatebench itself says what can stand at the cursor, so this file needn't know its options.

_gatebench() {
  local answer how line
  local -a lines described nospace
  answer=$(gatebench __complete "${(@Q)words[2,CURRENT-1]}" "${(Q)PREFIX}" 2>/dev/null) || return 1
  lines=("${(@f)answer}")
  how=$lines[1]
  for line in "${(@)lines[2,-1]}"; do
    # _describe parts word and description at the first colon that isn't escaped.
    described+=("${${line%%$'\t'*}//:/\\:}:${line#*$'\t'}")
  done
  if (( $#described )); then
    if [[ $how == *nospace* ]]; then nospace=(-S ''); fi
    _describe -t gatebench gatebench described "$nospace[@]"
  elif [[ $how == *folders* ]]; then
    compset -P '--*='
    # And not _files, which would go on to other files.
    _path_files -/
  elif [[ $how == *files* ]]; then
    compset -P '--*='
    _files
  fi
}

# Loaded from $fpath, this file is the function; sourced, it is not.
if [[ $funcstack[1] == _gatebench ]]; then
  _gatebench "$@"
else
  compdef _gatebench gatebench
fi
