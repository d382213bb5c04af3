# Signing in by sso-oidc, everything else by the AWS CLI. For fish.
function aws --description 'AWS CLI, with sso-oidc for signing in'
    if command sso-oidc shim -- aws $argv 2>/dev/null
        command sso-oidc aws $argv
    else
        command aws $argv
    end
end
