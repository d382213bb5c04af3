# bash completion of sso-oidc.

_sso_oidc() {
    local line=${COMP_LINE:0:COMP_POINT} words=() raw=() at rest word
    # Bash also splits at = and :, so join the words that have no space between them.
    line=${line#*"${COMP_WORDS[0]}"}
    for ((at = 1; at <= COMP_CWORD; at++)); do
        rest=${line#"${line%%[![:space:]]*}"}
        word=${COMP_WORDS[at]}
        ((at == COMP_CWORD)) && word=$rest
        if [[ -n $word && $rest == "$line" && ${#raw[@]} -gt 0 ]]; then
            raw[${#raw[@]} - 1]+=$word
        elif [[ -n $word || $rest != "$line" ]]; then
            raw+=("$word")
        fi
        line=${rest#"$word"}
    done

    COMPREPLY=()
    # After --, complete the command line of another program.
    for ((at = 1; at < COMP_CWORD; at++)); do
        if [[ ${COMP_WORDS[at]} == -- ]]; then
            compopt -o bashdefault -o default 2>/dev/null
            if declare -F _command_offset >/dev/null; then
                _command_offset $((at + 1))
            elif ((at + 1 == COMP_CWORD)); then
                while IFS= read -r word; do COMPREPLY+=("$word"); done < <(compgen -c -- "${COMP_WORDS[COMP_CWORD]}")
            fi
            return
        fi
    done

    # Readline replaces only the part of the last word after the last = or :, unless the word is quoted.
    local last=${raw[${#raw[@]} - 1]} breaks=${COMP_WORDBREAKS//[!=:]/} typed quote= kept
    typed=$last
    [[ -n $breaks && $last != [\"\']* ]] && typed=${last##*[$breaks]}
    kept=${last%"$typed"}
    [[ $typed == [\"\']* ]] && quote=${typed:0:1}

    while IFS=$'\t' read -r word rest; do
        word=${word#"$kept"}
        case $quote in
        \") word=${word//\\/\\\\} word=${word//\"/\\\"} word=${word//\$/\\\$} word=${word//\`/\\\`} ;;
        \') word=${word//\'/\'\\\'\'} ;;
        *)
            printf -v word %q "$word"
            word=${word/#\\\~\//\~/}
            ;;
        esac
        COMPREPLY+=("$word")
    done < <(command sso-oidc completion bash -- "${raw[@]}" 2>/dev/null)
    [[ ${#COMPREPLY[@]} == 1 && $COMPREPLY == */ ]] && compopt -o nospace 2>/dev/null
    return 0
}

complete -F _sso_oidc sso-oidc
