# shellcheck shell=bash
# Completion of gatebench in bash 4.1 or later. In ~/.bashrc: source <(gatebench completion bash)
# gatebench itself says what can stand at the cursor, so this file needn't know its options.

_gatebench() {
  local line=${COMP_LINE:0:COMP_POINT} word words=() i
  # bash parts words at :, = and @ too: what has no blank before it belongs to the word before.
  for ((i = 0; i <= COMP_CWORD; i++)); do
    word=${COMP_WORDS[i]}
    # Up to the cursor.
    if ((i == COMP_CWORD)); then word=${line#"${line%%[![:space:]]*}"}; fi
    if ((i == 0)); then
      line=${line#*"$word"}
      words=("$word")
    elif [[ $line == [[:space:]]* ]]; then
      line=${line#"${line%%[![:space:]]*}"}
      line=${line#"$word"}
      words+=("$word")
    else
      line=${line#"$word"}
      words[${#words[@]} - 1]+=$word
    fi
  done
  words=("${words[@]//[\'\"\\]/}")

  local answer
  answer=$(gatebench __complete "${words[@]:1}" 2>/dev/null) || return
  local how=${answer%%$'\n'*}
  # Of the word at the cursor bash replaces only what is after its last : or =.
  local current=${words[${#words[@]} - 1]} kept=''
  for word in : =; do
    if [[ $COMP_WORDBREAKS == *"$word"* && $current == *"$word"* ]]; then
      word=${current%"${current##*"$word"}"}
      if ((${#word} > ${#kept})); then kept=$word; fi
    fi
  done
  # And of one with an @, what begins there.
  if [[ $COMP_WORDBREAKS == *@* && $current == *@* && ${current%@*} == "$kept"* ]]; then kept=${current%@*}; fi
  COMPREPLY=()
  if [[ $answer == *$'\n'* ]]; then
    while IFS=$'\t' read -r word _; do
      COMPREPLY+=("${word#"$kept"}")
    done <<<"${answer#*$'\n'}"
  fi

  # Where nothing is replied, bash completes files.
  if [[ $how == *folders* ]]; then
    compopt +o bashdefault +o default -o dirnames
  elif [[ $how != *files* ]]; then
    compopt +o bashdefault +o default
  fi
  if [[ $how == *nospace* ]]; then compopt -o nospace; fi
}

complete -o bashdefault -o default -F _gatebench gatebench
