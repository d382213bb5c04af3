# Runs sso-oidc for sign-in commands, and the AWS CLI for everything else. For fish.
function aws --description 'AWS CLI, with sso-oidc for sign-in commands'
    if command sso-oidc shim -- aws $argv 2>/dev/null
        command sso-oidc aws $argv
    else
        command aws $argv
    end
end
