# Runs sso-oidc for sign-in commands, and the AWS CLI for everything else. For bash and zsh.
function aws() {
    if command sso-oidc shim -- aws "$@" 2>/dev/null; then
        command sso-oidc aws "$@"
    else
        command aws "$@"
    fi
}
