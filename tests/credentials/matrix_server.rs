//! Every service of the matrix, without state: what it returns names the credentials or the token of the request.
//!
//! All secret keys are `secret`, and each signature is checked. A role that STS assumes is named after the key that signed.

use serde_json::{Value, json};

use crate::support::identity_center::http::{HttpAnswer, HttpRequest};
use crate::support::identity_center::sigv4::{Arrived, Signed};

/// Credentials with this access key, as a container, an instance and a credential process have them.
pub(super) fn keys(id: &str) -> Value {
    json!({"Version": 1, "Code": "Success", "AccessKeyId": id, "SecretAccessKey": "secret", "Token": "t",
        "SessionToken": "t", "Expiration": "2100-01-01T00:00:00Z"})
}

pub(super) fn answer(request: &HttpRequest) -> HttpAnswer {
    let text = |text: &str| HttpAnswer::new(200, "text/plain", text);
    let json = |document: &Value| HttpAnswer::new(200, "application/json", document.to_string());
    match (&*request.method, &*request.target) {
        ("POST", "/") => assumed_role(request),
        ("POST", "/token?aws_iam=t") => match signer(request) {
            Some(key) => json(&json!({"accessToken": key})),
            None => HttpAnswer::new(403, "application/json", "{}"),
        },
        ("POST", "/client/register") => {
            json(&json!({"clientId": "c", "clientSecret": "s", "clientSecretExpiresAt": 4_102_444_800_u64}))
        }
        ("POST", "/device_authorization") => json(&json!({"deviceCode": "d", "userCode": "ABCD-EFGH",
            "verificationUri": "https://device.example/", "verificationUriComplete": "https://device.example/?code=A",
            "expiresIn": 600, "interval": 1})),
        ("POST", "/token") => json(&json!({"accessToken": "NEW", "expiresIn": 28800, "tokenType": "Bearer"})),
        ("GET", target) if target.starts_with("/federation/credentials") => {
            let token = request.header("x-amz-sso_bearer_token").unwrap_or_default();
            json(&json!({"roleCredentials": {"accessKeyId": token, "secretAccessKey": "secret", "sessionToken": "t",
                "expiration": 4_102_444_800_000_u64}}))
        }
        ("GET", "/container") => json(&keys("CONTAINER")),
        ("PUT", "/latest/api/token") => text("t"),
        ("GET", "/latest/meta-data/iam/security-credentials/") => text("role"),
        ("GET", "/latest/meta-data/iam/security-credentials/role") => json(&keys("INSTANCE")),
        _ => json(&json!({})),
    }
}

/// The key of a valid signature.
fn signer(request: &HttpRequest) -> Option<String> {
    let signed = Signed::parse(request.header("authorization")?)?;
    let arrived =
        Arrived { method: &request.method, target: &request.target, headers: &request.headers, body: &request.body };
    signed.fits(&arrived, "secret").then(|| signed.key_id.to_owned())
}

fn assumed_role(request: &HttpRequest) -> HttpAnswer {
    let form: Vec<_> = url::form_urlencoded::parse(&request.body).into_owned().collect();
    let action = form.iter().find(|(name, _)| name == "Action").map_or("", |(_, value)| value);
    let key = match (action, signer(request)) {
        ("AssumeRoleWithWebIdentity", _) => "WEB".to_owned(),
        (_, Some(key)) => format!("ROLE-{key}"),
        _ => return HttpAnswer::new(403, "text/xml", "<Error/>"),
    };
    let text = format!(
        "<{action}Response xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><{action}Result><AssumedRoleUser>\
         <AssumedRoleId>AROA:s</AssumedRoleId><Arn>arn:aws:sts::111122223333:assumed-role/x/s</Arn></AssumedRoleUser>\
         <Credentials><AccessKeyId>{key}</AccessKeyId><SecretAccessKey>secret</SecretAccessKey>\
         <SessionToken>t</SessionToken><Expiration>2100-01-01T00:00:00Z</Expiration></Credentials>\
         </{action}Result><ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></{action}Response>"
    );
    HttpAnswer::new(200, "text/xml", text)
}
