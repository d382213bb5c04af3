# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_sso_oidc_global_optspecs
    string join \n debug endpoint-url= no-verify-ssl no-paginate output= query= profile= region= color= no-sign-request ca-bundle= cli-read-timeout= cli-connect-timeout= cli-binary-format= no-cli-pager cli-auto-prompt no-cli-auto-prompt cli-error-format= h/help V/version
end

function __fish_sso_oidc_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_sso_oidc_global_optspecs) -- $cmd 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_sso_oidc_using_subcommand
    set -l cmd (__fish_sso_oidc_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c sso-oidc -n "__fish_sso_oidc_needs_command" -l endpoint-url -d 'Send requests to this URL instead of the service\'s own endpoint' -r -f
complete -c sso-oidc -n "__fish_sso_oidc_needs_command" -l output -d 'How data is printed' -r -f -a "json\t''
text\t''
table\t''
yaml\t''
yaml-stream\t''
off\t''"
complete -c sso-oidc -n "__fish_sso_oidc_needs_command" -l query -d 'Choose and reshape what is printed, in JMESPath' -r
complete -c sso-oidc -n "__fish_sso_oidc_needs_command" -l profile -d 'Use this profile of the config and credentials files' -r
complete -c sso-oidc -n "__fish_sso_oidc_needs_command" -l region -d 'Use this region; login takes its region from the SSO configuration instead' -r
complete -c sso-oidc -n "__fish_sso_oidc_needs_command" -l color -d 'When tables are coloured; auto is on a terminal' -r -f -a "on\t''
off\t''
auto\t''"
complete -c sso-oidc -n "__fish_sso_oidc_needs_command" -l ca-bundle -d 'Trust the certificates of this PEM file or folder instead of the built-in ones' -r -F
complete -c sso-oidc -n "__fish_sso_oidc_needs_command" -l cli-read-timeout -d 'Seconds to wait for data; 0 is for ever' -r
complete -c sso-oidc -n "__fish_sso_oidc_needs_command" -l cli-connect-timeout -d 'Seconds to wait for a connection; 0 is for ever' -r
complete -c sso-oidc -n "__fish_sso_oidc_needs_command" -l cli-binary-format -d 'Accepted for compatibility; no operation has binary members' -r -f -a "base64\t''
raw-in-base64-out\t''"
complete -c sso-oidc -n "__fish_sso_oidc_needs_command" -l cli-error-format -d 'How errors are printed; enhanced is the default' -r -f -a "legacy\t''
json\t''
yaml\t''
text\t''
table\t''
enhanced\t''"
complete -c sso-oidc -n "__fish_sso_oidc_needs_command" -l debug -d 'Log what happens to standard error; secrets are redacted'
complete -c sso-oidc -n "__fish_sso_oidc_needs_command" -l no-verify-ssl -d 'Do not verify TLS certificates'
complete -c sso-oidc -n "__fish_sso_oidc_needs_command" -l no-paginate -d 'Accepted for compatibility; no operation paginates'
complete -c sso-oidc -n "__fish_sso_oidc_needs_command" -l no-sign-request -d 'Do not sign requests and do not look for credentials'
complete -c sso-oidc -n "__fish_sso_oidc_needs_command" -l no-cli-pager -d 'Do not send output through a pager'
complete -c sso-oidc -n "__fish_sso_oidc_needs_command" -l cli-auto-prompt -d 'Ask for missing options on the terminal'
complete -c sso-oidc -n "__fish_sso_oidc_needs_command" -l no-cli-auto-prompt -d 'Do not ask for missing options'
complete -c sso-oidc -n "__fish_sso_oidc_needs_command" -s h -l help -d 'Print help'
complete -c sso-oidc -n "__fish_sso_oidc_needs_command" -s V -l version -d 'Print version'
complete -c sso-oidc -n "__fish_sso_oidc_needs_command" -f -a "login" -d 'Sign in: reuse a valid token, refresh it, or ask in the browser'
complete -c sso-oidc -n "__fish_sso_oidc_needs_command" -f -a "status" -d 'Show which sessions are there, until when, and whether they can be refreshed'
complete -c sso-oidc -n "__fish_sso_oidc_needs_command" -f -a "token" -d 'Print a valid access token, refreshed first when needed'
complete -c sso-oidc -n "__fish_sso_oidc_needs_command" -f -a "export-credentials" -d 'Print credentials of a role, or run a command with them'
complete -c sso-oidc -n "__fish_sso_oidc_needs_command" -f -a "logout" -d 'Sign out: remove tokens and role credentials from this machine, and end the sessions at the service'
complete -c sso-oidc -n "__fish_sso_oidc_needs_command" -f -a "create-token" -d 'Create and return access and refresh tokens for a registered client (CreateToken)'
complete -c sso-oidc -n "__fish_sso_oidc_needs_command" -f -a "create-token-with-iam" -d 'Create and return access and refresh tokens with IAM credentials (CreateTokenWithIAM)'
complete -c sso-oidc -n "__fish_sso_oidc_needs_command" -f -a "register-client" -d 'Register a public client with IAM Identity Center (RegisterClient)'
complete -c sso-oidc -n "__fish_sso_oidc_needs_command" -f -a "start-device-authorization" -d 'Start the authorization of a device by a verification code (StartDeviceAuthorization)'
complete -c sso-oidc -n "__fish_sso_oidc_needs_command" -f -a "completion" -d 'Print the completion script of a shell'
complete -c sso-oidc -n "__fish_sso_oidc_needs_command" -f -a "help" -d 'Explain the program or one of its commands'
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand login" -l sso-session -d 'Sign in to this sso-session of the config file; may be repeated' -r
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand login" -l start-url -d 'Sign in at this start URL, without configuration' -r -f
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand login" -l sso-region -d 'Region of the Identity Center instance, instead of sso_region' -r
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand login" -l min-ttl -d 'Ask for at least this much life, like 30m or 4h' -r
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand login" -l flow -d 'How to sign in: auto, authorization-code or device-code; also `SSO_OIDC_FLOW` and `sso_login_flow`' -r
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand login" -l browser-command -d 'Open the URL with this command, in which {url} or %s stands for it; also `sso_browser_command`' -r -f -a "(__fish_complete_command)"
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand login" -l redirect-port -d 'Listen for the browser on this port of 127.0.0.1; also `sso_redirect_port`' -r
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand login" -l interactive -d 'May a person be asked: auto, always or never; also `SSO_OIDC_INTERACTIVE`' -r
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand login" -l timeout -d 'Give up when nobody has answered for this long, like 90 or 5m' -r
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand login" -l endpoint-url -d 'Send requests to this URL instead of the service\'s own endpoint' -r -f
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand login" -l output -d 'How data is printed' -r -f -a "json\t''
text\t''
table\t''
yaml\t''
yaml-stream\t''
off\t''"
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand login" -l query -d 'Choose and reshape what is printed, in JMESPath' -r
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand login" -l profile -d 'Use this profile of the config and credentials files' -r
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand login" -l region -d 'Use this region; login takes its region from the SSO configuration instead' -r
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand login" -l color -d 'When tables are coloured; auto is on a terminal' -r -f -a "on\t''
off\t''
auto\t''"
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand login" -l ca-bundle -d 'Trust the certificates of this PEM file or folder instead of the built-in ones' -r -F
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand login" -l cli-read-timeout -d 'Seconds to wait for data; 0 is for ever' -r
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand login" -l cli-connect-timeout -d 'Seconds to wait for a connection; 0 is for ever' -r
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand login" -l cli-binary-format -d 'Accepted for compatibility; no operation has binary members' -r -f -a "base64\t''
raw-in-base64-out\t''"
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand login" -l cli-error-format -d 'How errors are printed; enhanced is the default' -r -f -a "legacy\t''
json\t''
yaml\t''
text\t''
table\t''
enhanced\t''"
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand login" -l all -d 'Sign in to every sso-session of the config file'
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand login" -l save -d 'Write --start-url and --sso-region into the config file after the login'
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand login" -l force -d 'Ask in the browser even if the token is valid or can be refreshed'
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand login" -l new-session -d 'End the old session at the service first, so that the new one has a full life'
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand login" -l use-device-code -d 'Use the device code flow, as --flow device-code'
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand login" -l no-browser -d 'Do not open a browser; print the URL'
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand login" -l no-qr -d 'Do not show the device code\'s URL as a QR code'
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand login" -l debug -d 'Log what happens to standard error; secrets are redacted'
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand login" -l no-verify-ssl -d 'Do not verify TLS certificates'
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand login" -l no-paginate -d 'Accepted for compatibility; no operation paginates'
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand login" -l no-sign-request -d 'Do not sign requests and do not look for credentials'
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand login" -l no-cli-pager -d 'Do not send output through a pager'
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand login" -l cli-auto-prompt -d 'Ask for missing options on the terminal'
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand login" -l no-cli-auto-prompt -d 'Do not ask for missing options'
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand login" -s h -l help -d 'Print help'
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand status" -l sso-session -d 'Look at this sso-session only; may be repeated' -r
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand status" -l min-ttl -d 'A token with less life than this counts as ended, like 30m or 4h' -r
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand status" -l endpoint-url -d 'Send requests to this URL instead of the service\'s own endpoint' -r -f
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand status" -l output -d 'How data is printed' -r -f -a "json\t''
text\t''
table\t''
yaml\t''
yaml-stream\t''
off\t''"
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand status" -l query -d 'Choose and reshape what is printed, in JMESPath' -r
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand status" -l profile -d 'Use this profile of the config and credentials files' -r
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand status" -l region -d 'Use this region; login takes its region from the SSO configuration instead' -r
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand status" -l color -d 'When tables are coloured; auto is on a terminal' -r -f -a "on\t''
off\t''
auto\t''"
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand status" -l ca-bundle -d 'Trust the certificates of this PEM file or folder instead of the built-in ones' -r -F
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand status" -l cli-read-timeout -d 'Seconds to wait for data; 0 is for ever' -r
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand status" -l cli-connect-timeout -d 'Seconds to wait for a connection; 0 is for ever' -r
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand status" -l cli-binary-format -d 'Accepted for compatibility; no operation has binary members' -r -f -a "base64\t''
raw-in-base64-out\t''"
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand status" -l cli-error-format -d 'How errors are printed; enhanced is the default' -r -f -a "legacy\t''
json\t''
yaml\t''
text\t''
table\t''
enhanced\t''"
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand status" -l check -d 'Ask the access portal whether it still accepts the tokens'
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand status" -l debug -d 'Log what happens to standard error; secrets are redacted'
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand status" -l no-verify-ssl -d 'Do not verify TLS certificates'
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand status" -l no-paginate -d 'Accepted for compatibility; no operation paginates'
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand status" -l no-sign-request -d 'Do not sign requests and do not look for credentials'
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand status" -l no-cli-pager -d 'Do not send output through a pager'
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand status" -l cli-auto-prompt -d 'Ask for missing options on the terminal'
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand status" -l no-cli-auto-prompt -d 'Do not ask for missing options'
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand status" -s h -l help -d 'Print help'
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand token" -l sso-session -d 'Use this sso-session of the config file' -r
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand token" -l start-url -d 'Use the session of this start URL, without configuration' -r -f
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand token" -l sso-region -d 'Region of the Identity Center instance, instead of sso_region' -r
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand token" -l min-ttl -d 'Ask for at least this much life, like 30m or 4h' -r
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand token" -l endpoint-url -d 'Send requests to this URL instead of the service\'s own endpoint' -r -f
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand token" -l output -d 'How data is printed' -r -f -a "json\t''
text\t''
table\t''
yaml\t''
yaml-stream\t''
off\t''"
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand token" -l query -d 'Choose and reshape what is printed, in JMESPath' -r
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand token" -l profile -d 'Use this profile of the config and credentials files' -r
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand token" -l region -d 'Use this region; login takes its region from the SSO configuration instead' -r
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand token" -l color -d 'When tables are coloured; auto is on a terminal' -r -f -a "on\t''
off\t''
auto\t''"
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand token" -l ca-bundle -d 'Trust the certificates of this PEM file or folder instead of the built-in ones' -r -F
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand token" -l cli-read-timeout -d 'Seconds to wait for data; 0 is for ever' -r
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand token" -l cli-connect-timeout -d 'Seconds to wait for a connection; 0 is for ever' -r
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand token" -l cli-binary-format -d 'Accepted for compatibility; no operation has binary members' -r -f -a "base64\t''
raw-in-base64-out\t''"
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand token" -l cli-error-format -d 'How errors are printed; enhanced is the default' -r -f -a "legacy\t''
json\t''
yaml\t''
text\t''
table\t''
enhanced\t''"
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand token" -l header -d 'Print the header that the access portal takes, with the token in it'
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand token" -l debug -d 'Log what happens to standard error; secrets are redacted'
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand token" -l no-verify-ssl -d 'Do not verify TLS certificates'
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand token" -l no-paginate -d 'Accepted for compatibility; no operation paginates'
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand token" -l no-sign-request -d 'Do not sign requests and do not look for credentials'
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand token" -l no-cli-pager -d 'Do not send output through a pager'
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand token" -l cli-auto-prompt -d 'Ask for missing options on the terminal'
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand token" -l no-cli-auto-prompt -d 'Do not ask for missing options'
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand token" -s h -l help -d 'Print help'
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand export-credentials" -l format -d 'How the credentials are printed; process is the default' -r -f -a "process\t''
env\t''
env-no-export\t''
powershell\t''
windows-cmd\t''
fish\t''"
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand export-credentials" -l account-id -d 'Account of the role, instead of sso_account_id' -r
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand export-credentials" -l role-name -d 'Name of the role, instead of sso_role_name' -r
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand export-credentials" -l sso-session -d 'Use this sso-session of the config file' -r
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand export-credentials" -l start-url -d 'Use the session of this start URL, without configuration' -r -f
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand export-credentials" -l sso-region -d 'Region of the Identity Center instance, instead of sso_region' -r
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand export-credentials" -l endpoint-url -d 'Send requests to this URL instead of the service\'s own endpoint' -r -f
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand export-credentials" -l output -d 'How data is printed' -r -f -a "json\t''
text\t''
table\t''
yaml\t''
yaml-stream\t''
off\t''"
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand export-credentials" -l query -d 'Choose and reshape what is printed, in JMESPath' -r
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand export-credentials" -l profile -d 'Use this profile of the config and credentials files' -r
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand export-credentials" -l region -d 'Use this region; login takes its region from the SSO configuration instead' -r
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand export-credentials" -l color -d 'When tables are coloured; auto is on a terminal' -r -f -a "on\t''
off\t''
auto\t''"
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand export-credentials" -l ca-bundle -d 'Trust the certificates of this PEM file or folder instead of the built-in ones' -r -F
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand export-credentials" -l cli-read-timeout -d 'Seconds to wait for data; 0 is for ever' -r
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand export-credentials" -l cli-connect-timeout -d 'Seconds to wait for a connection; 0 is for ever' -r
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand export-credentials" -l cli-binary-format -d 'Accepted for compatibility; no operation has binary members' -r -f -a "base64\t''
raw-in-base64-out\t''"
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand export-credentials" -l cli-error-format -d 'How errors are printed; enhanced is the default' -r -f -a "legacy\t''
json\t''
yaml\t''
text\t''
table\t''
enhanced\t''"
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand export-credentials" -l debug -d 'Log what happens to standard error; secrets are redacted'
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand export-credentials" -l no-verify-ssl -d 'Do not verify TLS certificates'
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand export-credentials" -l no-paginate -d 'Accepted for compatibility; no operation paginates'
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand export-credentials" -l no-sign-request -d 'Do not sign requests and do not look for credentials'
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand export-credentials" -l no-cli-pager -d 'Do not send output through a pager'
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand export-credentials" -l cli-auto-prompt -d 'Ask for missing options on the terminal'
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand export-credentials" -l no-cli-auto-prompt -d 'Do not ask for missing options'
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand export-credentials" -s h -l help -d 'Print help'
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand logout" -l sso-session -d 'Sign out of this sso-session only; may be repeated' -r
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand logout" -l endpoint-url -d 'Send requests to this URL instead of the service\'s own endpoint' -r -f
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand logout" -l output -d 'How data is printed' -r -f -a "json\t''
text\t''
table\t''
yaml\t''
yaml-stream\t''
off\t''"
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand logout" -l query -d 'Choose and reshape what is printed, in JMESPath' -r
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand logout" -l profile -d 'Use this profile of the config and credentials files' -r
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand logout" -l region -d 'Use this region; login takes its region from the SSO configuration instead' -r
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand logout" -l color -d 'When tables are coloured; auto is on a terminal' -r -f -a "on\t''
off\t''
auto\t''"
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand logout" -l ca-bundle -d 'Trust the certificates of this PEM file or folder instead of the built-in ones' -r -F
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand logout" -l cli-read-timeout -d 'Seconds to wait for data; 0 is for ever' -r
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand logout" -l cli-connect-timeout -d 'Seconds to wait for a connection; 0 is for ever' -r
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand logout" -l cli-binary-format -d 'Accepted for compatibility; no operation has binary members' -r -f -a "base64\t''
raw-in-base64-out\t''"
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand logout" -l cli-error-format -d 'How errors are printed; enhanced is the default' -r -f -a "legacy\t''
json\t''
yaml\t''
text\t''
table\t''
enhanced\t''"
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand logout" -l forget-clients -d 'Remove the registrations of the client as well'
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand logout" -l debug -d 'Log what happens to standard error; secrets are redacted'
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand logout" -l no-verify-ssl -d 'Do not verify TLS certificates'
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand logout" -l no-paginate -d 'Accepted for compatibility; no operation paginates'
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand logout" -l no-sign-request -d 'Do not sign requests and do not look for credentials'
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand logout" -l no-cli-pager -d 'Do not send output through a pager'
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand logout" -l cli-auto-prompt -d 'Ask for missing options on the terminal'
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand logout" -l no-cli-auto-prompt -d 'Do not ask for missing options'
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand logout" -s h -l help -d 'Print help'
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand create-token" -l client-id -d 'Identifier of the client, from register-client' -r
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand create-token" -l client-secret -d 'Secret of the client, from register-client' -r
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand create-token" -l grant-type -d 'Kind of grant: authorization_code, refresh_token or urn:ietf:params:oauth:grant-type:device_code' -r
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand create-token" -l device-code -d 'Device code, from start-device-authorization' -r
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand create-token" -l code -d 'Authorization code, from the redirect' -r
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand create-token" -l refresh-token -d 'Refresh token of an earlier answer' -r
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand create-token" -l scope -d 'Scopes to ask for' -r
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand create-token" -l redirect-uri -d 'Redirect URI that received the authorization code' -r
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand create-token" -l code-verifier -d 'PKCE code verifier of the authorization request' -r
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand create-token" -l cli-input-json -d 'Read the input members from this JSON text, file:// or fileb://, or - for standard input' -r
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand create-token" -l cli-input-yaml -d 'Read the input members from this YAML text, file:// or fileb://, or - for standard input' -r
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand create-token" -l generate-cli-skeleton -d 'Print a template instead of sending a request; without KIND that of the input' -r -f -a "input\t''
yaml-input\t''
output\t''"
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand create-token" -l endpoint-url -d 'Send requests to this URL instead of the service\'s own endpoint' -r -f
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand create-token" -l output -d 'How data is printed' -r -f -a "json\t''
text\t''
table\t''
yaml\t''
yaml-stream\t''
off\t''"
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand create-token" -l query -d 'Choose and reshape what is printed, in JMESPath' -r
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand create-token" -l profile -d 'Use this profile of the config and credentials files' -r
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand create-token" -l region -d 'Use this region; login takes its region from the SSO configuration instead' -r
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand create-token" -l color -d 'When tables are coloured; auto is on a terminal' -r -f -a "on\t''
off\t''
auto\t''"
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand create-token" -l ca-bundle -d 'Trust the certificates of this PEM file or folder instead of the built-in ones' -r -F
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand create-token" -l cli-read-timeout -d 'Seconds to wait for data; 0 is for ever' -r
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand create-token" -l cli-connect-timeout -d 'Seconds to wait for a connection; 0 is for ever' -r
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand create-token" -l cli-binary-format -d 'Accepted for compatibility; no operation has binary members' -r -f -a "base64\t''
raw-in-base64-out\t''"
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand create-token" -l cli-error-format -d 'How errors are printed; enhanced is the default' -r -f -a "legacy\t''
json\t''
yaml\t''
text\t''
table\t''
enhanced\t''"
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand create-token" -l debug -d 'Log what happens to standard error; secrets are redacted'
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand create-token" -l no-verify-ssl -d 'Do not verify TLS certificates'
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand create-token" -l no-paginate -d 'Accepted for compatibility; no operation paginates'
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand create-token" -l no-sign-request -d 'Do not sign requests and do not look for credentials'
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand create-token" -l no-cli-pager -d 'Do not send output through a pager'
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand create-token" -l cli-auto-prompt -d 'Ask for missing options on the terminal'
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand create-token" -l no-cli-auto-prompt -d 'Do not ask for missing options'
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand create-token" -s h -l help -d 'Print help'
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand create-token-with-iam" -l client-id -d 'ARN of the customer managed application' -r
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand create-token-with-iam" -l grant-type -d 'Kind of grant: authorization_code, refresh_token, urn:ietf:params:oauth:grant-type:jwt-bearer or urn:ietf:params:oauth:grant-type:token-exchange' -r
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand create-token-with-iam" -l code -d 'Authorization code, from the redirect' -r
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand create-token-with-iam" -l refresh-token -d 'Refresh token of an earlier answer' -r
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand create-token-with-iam" -l assertion -d 'JWT of a trusted token issuer' -r
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand create-token-with-iam" -l scope -d 'Scopes to ask for' -r
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand create-token-with-iam" -l redirect-uri -d 'Redirect URI that received the authorization code' -r
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand create-token-with-iam" -l subject-token -d 'Token to exchange' -r
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand create-token-with-iam" -l subject-token-type -d 'Kind of the token to exchange' -r
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand create-token-with-iam" -l requested-token-type -d 'Kind of token wanted in exchange' -r
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand create-token-with-iam" -l code-verifier -d 'PKCE code verifier of the authorization request' -r
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand create-token-with-iam" -l cli-input-json -d 'Read the input members from this JSON text, file:// or fileb://, or - for standard input' -r
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand create-token-with-iam" -l cli-input-yaml -d 'Read the input members from this YAML text, file:// or fileb://, or - for standard input' -r
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand create-token-with-iam" -l generate-cli-skeleton -d 'Print a template instead of sending a request; without KIND that of the input' -r -f -a "input\t''
yaml-input\t''
output\t''"
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand create-token-with-iam" -l endpoint-url -d 'Send requests to this URL instead of the service\'s own endpoint' -r -f
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand create-token-with-iam" -l output -d 'How data is printed' -r -f -a "json\t''
text\t''
table\t''
yaml\t''
yaml-stream\t''
off\t''"
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand create-token-with-iam" -l query -d 'Choose and reshape what is printed, in JMESPath' -r
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand create-token-with-iam" -l profile -d 'Use this profile of the config and credentials files' -r
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand create-token-with-iam" -l region -d 'Use this region; login takes its region from the SSO configuration instead' -r
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand create-token-with-iam" -l color -d 'When tables are coloured; auto is on a terminal' -r -f -a "on\t''
off\t''
auto\t''"
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand create-token-with-iam" -l ca-bundle -d 'Trust the certificates of this PEM file or folder instead of the built-in ones' -r -F
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand create-token-with-iam" -l cli-read-timeout -d 'Seconds to wait for data; 0 is for ever' -r
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand create-token-with-iam" -l cli-connect-timeout -d 'Seconds to wait for a connection; 0 is for ever' -r
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand create-token-with-iam" -l cli-binary-format -d 'Accepted for compatibility; no operation has binary members' -r -f -a "base64\t''
raw-in-base64-out\t''"
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand create-token-with-iam" -l cli-error-format -d 'How errors are printed; enhanced is the default' -r -f -a "legacy\t''
json\t''
yaml\t''
text\t''
table\t''
enhanced\t''"
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand create-token-with-iam" -l debug -d 'Log what happens to standard error; secrets are redacted'
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand create-token-with-iam" -l no-verify-ssl -d 'Do not verify TLS certificates'
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand create-token-with-iam" -l no-paginate -d 'Accepted for compatibility; no operation paginates'
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand create-token-with-iam" -l no-sign-request -d 'Do not sign requests and do not look for credentials'
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand create-token-with-iam" -l no-cli-pager -d 'Do not send output through a pager'
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand create-token-with-iam" -l cli-auto-prompt -d 'Ask for missing options on the terminal'
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand create-token-with-iam" -l no-cli-auto-prompt -d 'Do not ask for missing options'
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand create-token-with-iam" -s h -l help -d 'Print help'
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand register-client" -l client-name -d 'Name of the client, for people' -r
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand register-client" -l client-type -d 'Kind of client; the service knows only public' -r
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand register-client" -l scopes -d 'Scopes that the client may ask for' -r
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand register-client" -l redirect-uris -d 'Redirect URIs that the client may use' -r
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand register-client" -l grant-types -d 'Kinds of grant that the client may use' -r
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand register-client" -l issuer-url -d 'Start URL of the Identity Center instance' -r
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand register-client" -l entitled-application-arn -d 'ARN of an application that the client is entitled to' -r
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand register-client" -l cli-input-json -d 'Read the input members from this JSON text, file:// or fileb://, or - for standard input' -r
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand register-client" -l cli-input-yaml -d 'Read the input members from this YAML text, file:// or fileb://, or - for standard input' -r
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand register-client" -l generate-cli-skeleton -d 'Print a template instead of sending a request; without KIND that of the input' -r -f -a "input\t''
yaml-input\t''
output\t''"
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand register-client" -l endpoint-url -d 'Send requests to this URL instead of the service\'s own endpoint' -r -f
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand register-client" -l output -d 'How data is printed' -r -f -a "json\t''
text\t''
table\t''
yaml\t''
yaml-stream\t''
off\t''"
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand register-client" -l query -d 'Choose and reshape what is printed, in JMESPath' -r
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand register-client" -l profile -d 'Use this profile of the config and credentials files' -r
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand register-client" -l region -d 'Use this region; login takes its region from the SSO configuration instead' -r
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand register-client" -l color -d 'When tables are coloured; auto is on a terminal' -r -f -a "on\t''
off\t''
auto\t''"
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand register-client" -l ca-bundle -d 'Trust the certificates of this PEM file or folder instead of the built-in ones' -r -F
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand register-client" -l cli-read-timeout -d 'Seconds to wait for data; 0 is for ever' -r
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand register-client" -l cli-connect-timeout -d 'Seconds to wait for a connection; 0 is for ever' -r
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand register-client" -l cli-binary-format -d 'Accepted for compatibility; no operation has binary members' -r -f -a "base64\t''
raw-in-base64-out\t''"
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand register-client" -l cli-error-format -d 'How errors are printed; enhanced is the default' -r -f -a "legacy\t''
json\t''
yaml\t''
text\t''
table\t''
enhanced\t''"
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand register-client" -l debug -d 'Log what happens to standard error; secrets are redacted'
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand register-client" -l no-verify-ssl -d 'Do not verify TLS certificates'
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand register-client" -l no-paginate -d 'Accepted for compatibility; no operation paginates'
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand register-client" -l no-sign-request -d 'Do not sign requests and do not look for credentials'
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand register-client" -l no-cli-pager -d 'Do not send output through a pager'
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand register-client" -l cli-auto-prompt -d 'Ask for missing options on the terminal'
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand register-client" -l no-cli-auto-prompt -d 'Do not ask for missing options'
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand register-client" -s h -l help -d 'Print help'
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand start-device-authorization" -l client-id -d 'Identifier of the client, from register-client' -r
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand start-device-authorization" -l client-secret -d 'Secret of the client, from register-client' -r
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand start-device-authorization" -l start-url -d 'Start URL of the access portal' -r
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand start-device-authorization" -l cli-input-json -d 'Read the input members from this JSON text, file:// or fileb://, or - for standard input' -r
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand start-device-authorization" -l cli-input-yaml -d 'Read the input members from this YAML text, file:// or fileb://, or - for standard input' -r
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand start-device-authorization" -l generate-cli-skeleton -d 'Print a template instead of sending a request; without KIND that of the input' -r -f -a "input\t''
yaml-input\t''
output\t''"
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand start-device-authorization" -l endpoint-url -d 'Send requests to this URL instead of the service\'s own endpoint' -r -f
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand start-device-authorization" -l output -d 'How data is printed' -r -f -a "json\t''
text\t''
table\t''
yaml\t''
yaml-stream\t''
off\t''"
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand start-device-authorization" -l query -d 'Choose and reshape what is printed, in JMESPath' -r
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand start-device-authorization" -l profile -d 'Use this profile of the config and credentials files' -r
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand start-device-authorization" -l region -d 'Use this region; login takes its region from the SSO configuration instead' -r
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand start-device-authorization" -l color -d 'When tables are coloured; auto is on a terminal' -r -f -a "on\t''
off\t''
auto\t''"
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand start-device-authorization" -l ca-bundle -d 'Trust the certificates of this PEM file or folder instead of the built-in ones' -r -F
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand start-device-authorization" -l cli-read-timeout -d 'Seconds to wait for data; 0 is for ever' -r
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand start-device-authorization" -l cli-connect-timeout -d 'Seconds to wait for a connection; 0 is for ever' -r
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand start-device-authorization" -l cli-binary-format -d 'Accepted for compatibility; no operation has binary members' -r -f -a "base64\t''
raw-in-base64-out\t''"
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand start-device-authorization" -l cli-error-format -d 'How errors are printed; enhanced is the default' -r -f -a "legacy\t''
json\t''
yaml\t''
text\t''
table\t''
enhanced\t''"
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand start-device-authorization" -l debug -d 'Log what happens to standard error; secrets are redacted'
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand start-device-authorization" -l no-verify-ssl -d 'Do not verify TLS certificates'
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand start-device-authorization" -l no-paginate -d 'Accepted for compatibility; no operation paginates'
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand start-device-authorization" -l no-sign-request -d 'Do not sign requests and do not look for credentials'
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand start-device-authorization" -l no-cli-pager -d 'Do not send output through a pager'
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand start-device-authorization" -l cli-auto-prompt -d 'Ask for missing options on the terminal'
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand start-device-authorization" -l no-cli-auto-prompt -d 'Do not ask for missing options'
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand start-device-authorization" -s h -l help -d 'Print help'
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand completion" -l endpoint-url -d 'Send requests to this URL instead of the service\'s own endpoint' -r -f
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand completion" -l output -d 'How data is printed' -r -f -a "json\t''
text\t''
table\t''
yaml\t''
yaml-stream\t''
off\t''"
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand completion" -l query -d 'Choose and reshape what is printed, in JMESPath' -r
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand completion" -l profile -d 'Use this profile of the config and credentials files' -r
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand completion" -l region -d 'Use this region; login takes its region from the SSO configuration instead' -r
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand completion" -l color -d 'When tables are coloured; auto is on a terminal' -r -f -a "on\t''
off\t''
auto\t''"
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand completion" -l ca-bundle -d 'Trust the certificates of this PEM file or folder instead of the built-in ones' -r -F
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand completion" -l cli-read-timeout -d 'Seconds to wait for data; 0 is for ever' -r
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand completion" -l cli-connect-timeout -d 'Seconds to wait for a connection; 0 is for ever' -r
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand completion" -l cli-binary-format -d 'Accepted for compatibility; no operation has binary members' -r -f -a "base64\t''
raw-in-base64-out\t''"
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand completion" -l cli-error-format -d 'How errors are printed; enhanced is the default' -r -f -a "legacy\t''
json\t''
yaml\t''
text\t''
table\t''
enhanced\t''"
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand completion" -l debug -d 'Log what happens to standard error; secrets are redacted'
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand completion" -l no-verify-ssl -d 'Do not verify TLS certificates'
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand completion" -l no-paginate -d 'Accepted for compatibility; no operation paginates'
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand completion" -l no-sign-request -d 'Do not sign requests and do not look for credentials'
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand completion" -l no-cli-pager -d 'Do not send output through a pager'
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand completion" -l cli-auto-prompt -d 'Ask for missing options on the terminal'
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand completion" -l no-cli-auto-prompt -d 'Do not ask for missing options'
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand completion" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand help" -l endpoint-url -d 'Send requests to this URL instead of the service\'s own endpoint' -r -f
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand help" -l output -d 'How data is printed' -r -f -a "json\t''
text\t''
table\t''
yaml\t''
yaml-stream\t''
off\t''"
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand help" -l query -d 'Choose and reshape what is printed, in JMESPath' -r
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand help" -l profile -d 'Use this profile of the config and credentials files' -r
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand help" -l region -d 'Use this region; login takes its region from the SSO configuration instead' -r
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand help" -l color -d 'When tables are coloured; auto is on a terminal' -r -f -a "on\t''
off\t''
auto\t''"
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand help" -l ca-bundle -d 'Trust the certificates of this PEM file or folder instead of the built-in ones' -r -F
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand help" -l cli-read-timeout -d 'Seconds to wait for data; 0 is for ever' -r
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand help" -l cli-connect-timeout -d 'Seconds to wait for a connection; 0 is for ever' -r
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand help" -l cli-binary-format -d 'Accepted for compatibility; no operation has binary members' -r -f -a "base64\t''
raw-in-base64-out\t''"
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand help" -l cli-error-format -d 'How errors are printed; enhanced is the default' -r -f -a "legacy\t''
json\t''
yaml\t''
text\t''
table\t''
enhanced\t''"
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand help" -l debug -d 'Log what happens to standard error; secrets are redacted'
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand help" -l no-verify-ssl -d 'Do not verify TLS certificates'
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand help" -l no-paginate -d 'Accepted for compatibility; no operation paginates'
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand help" -l no-sign-request -d 'Do not sign requests and do not look for credentials'
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand help" -l no-cli-pager -d 'Do not send output through a pager'
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand help" -l cli-auto-prompt -d 'Ask for missing options on the terminal'
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand help" -l no-cli-auto-prompt -d 'Do not ask for missing options'
complete -c sso-oidc -n "__fish_sso_oidc_using_subcommand help" -s h -l help -d 'Print help'
