# Completion of gatebench in fish: gatebench completion fish > ~/.config/fish/completions/gatebench.fish
# gatebench itself says what can stand at the cursor, so this file needn't know its options.

function __gatebench_complete
    set -l words (commandline -opc)
    set -e words[1]
    set -l current (commandline -ct)
    set -l answer (gatebench __complete $words "$current" 2>/dev/null)
    or return
    if test (count $answer) -gt 1
        printf '%s\n' $answer[2..-1]
        return
    end
    # The path in --out=path
    set -l option (string match -r -- '^--[^=]+=' "$current")
    set -l path (string replace -r -- '^--[^=]+=' '' "$current")
    switch "$answer[1]"
        case '*folders*'
            __fish_complete_directories "$path" | string replace -r -- '^' "$option"
        case '*files*'
            __fish_complete_path "$path" | string replace -r -- '^' "$option"
    end
end

complete -c gatebench -e
complete -c gatebench -f -a '(__gatebench_complete)'
