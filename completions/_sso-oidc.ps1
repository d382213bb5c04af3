# PowerShell completion of sso-oidc.

Register-ArgumentCompleter -Native -CommandName 'sso-oidc' -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)

    $words = @($commandAst.CommandElements | Select-Object -Skip 1 |
        Where-Object { $_.Extent.EndOffset -lt $cursorPosition } |
        ForEach-Object {
            if ($_ -is [System.Management.Automation.Language.StringConstantExpressionAst]) { $_.Value } else { $_.Extent.Text }
        })
    $words += $wordToComplete -replace '^[''"]', '' -replace '[''"]$', ''
    # Append a dot to each word, because PowerShell drops empty arguments.
    $words = @($words | ForEach-Object { "$_." })

    & (Get-Command -CommandType Application 'sso-oidc' | Select-Object -First 1) completion powershell -- @words 2>$null |
        ForEach-Object {
            $value, $help = $_ -split "`t", 2
            $text = if ($value -match '^[\w./:=+~-]+$') { $value } else { "'" + $value.Replace("'", "''") + "'" }
            if (-not $help) { $help = $value }
            [System.Management.Automation.CompletionResult]::new($text, $value, 'ParameterValue', $help)
        }
}
