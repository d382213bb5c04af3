# fish completion of sso-oidc.

function __sso_oidc_candidates
    set -l words (commandline --tokenize --cut-at-cursor --current-process)
    set -e words[1]
    set -l typed (commandline --cut-at-cursor --current-token)
    if set -l at (contains --index -- -- $words)
        # After --, complete the command line of another program.
        set -l rest (string escape -- $words[(math $at + 1)..])
        complete --do-complete (string join ' ' -- $rest $typed)
        return
    end
    # A word with an open quote cannot be unescaped; remove only the quote.
    set -l plain (string unescape -- $typed)
    or set plain (string replace --regex '^["\']' '' -- $typed)
    command sso-oidc completion fish -- $words "$plain" 2>/dev/null
end

complete --command sso-oidc --no-files --keep-order --arguments '(__sso_oidc_candidates)'
