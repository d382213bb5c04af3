# Signing in by sso-oidc, everything else by the AWS CLI. For bash and zsh.
function aws() {
    if command sso-oidc shim -- aws "$@" 2>/dev/null; then
        command sso-oidc aws "$@"
    else
        command aws "$@"
    fi
}
