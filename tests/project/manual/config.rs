//! The text of `sso-oidc-config(5)`: files, sections and keys of the configuration.
//!
//! A paragraph has one or more lines, a list item begins with `* `, an example is indented by two spaces.

/// Heading and text of each section.
pub(super) const SECTIONS: [(&str, &str); 6] = [
    ("FILES", FILES),
    ("EXAMPLE", EXAMPLE),
    ("WHICH SESSION", WHICH_SESSION),
    ("SSO-SESSION", SSO_SESSION),
    ("PROFILE", PROFILE),
    ("CERTIFICATES", CERTIFICATES),
];

const FILES: &str = "\
The files of the AWS CLI, `~/.aws/config` and `~/.aws/credentials` (`AWS_CONFIG_FILE`, `AWS_SHARED_CREDENTIALS_FILE`), are \
read by its rules. An option takes precedence over an environment variable, and a variable over the profile (--profile, \
`AWS_PROFILE`). An error about a value shows where the value came from.";

const WHICH_SESSION: &str = "\
If no option or variable selects a session and neither does the profile, the only sso-session is used, or without \
sso-sessions the only legacy profile. If there are several, `login` on a terminal offers a choice; other commands fail and \
list them. A profile that --profile or `AWS_PROFILE` names must have a session. If no credentials are found and no profile \
is named, `export-credentials` uses the only profile with an account and a role.

`SSO_OIDC_START_URL` and `SSO_OIDC_REGION`, like --start-url and --sso-region, are a session without a config file. They take \
precedence over the profile that `AWS_PROFILE` names, but are ignored with --sso-session or --profile. An empty variable \
counts as unset.

A profile that is named, with --profile or `AWS_PROFILE`, takes precedence over credentials in the environment in \
`export-credentials`; credentials in the environment take precedence over a [default] profile that is not named. \
In `create-token-with-iam`, as in the AWS CLI, only --profile takes precedence over the environment.

--sso-region is not needed with a --start-url whose host contains the region: `https://ID.portal.REGION.app.aws`, \
`https://ID.REGION.portal.amazonaws.com`, in GovCloud `https://start.REGION.us-gov-home.awsapps.com/directory/NAME`, \
in China `https://start.REGION.home.awsapps.cn/directory/NAME`, `https://ID.REGION.portal.amazonaws.com.cn` and \
`https://ID.portal.REGION.app.amazonwebservices.com.cn`, and in the European Sovereign Cloud \
`https://ID.REGION.portal.amazonaws.eu` and `https://ID.portal.REGION.api.amazonwebservices.eu`. A start URL whose host \
contains `.portal.REGION.` selects the dual-stack endpoint of the service, unless `AWS_USE_DUALSTACK_ENDPOINT` or \
`use_dualstack_endpoint` is set.";

const EXAMPLE: &str = "\
  [profile dev]
  sso_session = my-company
  sso_account_id = 111122223333
  sso_role_name = Developer
  region = eu-central-1

  [sso-session my-company]
  sso_start_url = https://my-company.awsapps.com/start
  sso_region = us-east-1
  sso_registration_scopes = sso:account:access";

const SSO_SESSION: &str = "\
Keys of an [sso-session NAME] section:

* `sso_start_url`: the start URL of the access portal, or its issuer URL

* `sso_region`: the region of Identity Center; `login` and `logout` use no other

* `sso_registration_scopes`: scopes, separated by commas; with sso:account:access a token can be refreshed

Keys that only sso-oidc reads:

* `sso_login_flow`: auto, authorization-code or device-code; also `SSO_OIDC_FLOW`, --flow

* `sso_redirect_port`: the port of the redirect; also --redirect-port

* `sso_browser_command`: the command that opens the URL; also `BROWSER`, --browser-command";

const PROFILE: &str = "\
Keys of a [profile NAME] or [default] section:

* `sso_session`: the name of the sso-session

* `sso_account_id`, `sso_role_name`: account and role of `export-credentials`; also `SSO_OIDC_ACCOUNT_ID` and \
`SSO_OIDC_ROLE_NAME`, --account-id and --role-name, of which the variables are ignored with --profile

* `sso_start_url`, `sso_region`: of a legacy profile, which has no `sso_session`; its token cannot be refreshed

* `source_profile`, `role_arn`: the role to assume with the credentials of another profile

* `region`, `output`, `endpoint_url`, `ca_bundle`, `cli_pager` and the others of the AWS CLI have their usual meaning";

const CERTIFICATES: &str = "\
Certificates are verified against Mozilla's root certificates, which are built in. If they do not contain the issuer, the \
operating system's are used (on Linux also `SSL_CERT_FILE` and `SSL_CERT_DIR`). --ca-bundle, `AWS_CA_BUNDLE` and \
`ca_bundle` replace both.";
