# Runs sso-oidc for sign-in commands, and the AWS CLI for everything else. For PowerShell.
function aws {
    $program = Get-Command -CommandType Application 'sso-oidc' -ErrorAction SilentlyContinue | Select-Object -First 1
    $words = $args
    if ($program) { & $program shim '--' aws @words 2>$null }
    if ($program -and $LASTEXITCODE -eq 0) {
        $words = @('aws') + $args
    } else {
        $program = Get-Command -CommandType Application 'aws' | Select-Object -First 1
    }
    if ($MyInvocation.ExpectingInput) { $input | & $program @words } else { & $program @words }
}
