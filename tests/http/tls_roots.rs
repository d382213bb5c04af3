//! A company's own certificate authority: trusted when the operating system trusts it, not when a CA bundle lacks it.
//!
//! `SSL_CERT_FILE` replaces the system's store, as for OpenSSL.

use serde_json::json;

use crate::support::TestEnv;
use crate::support::identity_center::Identity;
use crate::support::scripted_flow::reply;
use crate::support::scripted_server::{ScriptedServer, Step};

const REGISTER: [&str; 5] = ["register-client", "--client-name", "n", "--client-type", "public"];

fn good() -> Step {
    reply(200, &["Content-Type: application/json"], &json!({"clientId": "c"}).to_string())
}

fn fixture(identity: &Identity, url: &str) -> TestEnv {
    let mut env = TestEnv::new();
    env.write("company.pem", &identity.authority)
        .write("other.pem", Identity::issued_by("Other", ["x"], 4096).authority);
    env.write("empty.pem", "");
    env.set("AWS_ENDPOINT_URL_SSO_OIDC", url).set("AWS_REGION", "us-east-1").set("AWS_MAX_ATTEMPTS", "1");
    env
}

#[test]
fn system_roots_are_trusted() {
    let identity = Identity::issued_by("Company CA", ["127.0.0.1"], 4096);
    let server = ScriptedServer::tls(vec![good(); 3], &identity);
    let env = fixture(&identity, &server.url());
    let home = |name: &str| env.home().join(name);
    let debug = REGISTER.into_iter().chain(["--debug"]);
    let run = env.command(debug).env("SSL_CERT_FILE", home("company.pem")).run().ok();
    assert_eq!(run.json()["clientId"], "c");
    assert!(run.stderr.contains("the system has 1 roots"), "{}", run.snapshot());
    // A bundle replaces all other roots, as in the AWS CLI: the system's are not read or mentioned.
    let run = env
        .command(REGISTER)
        .env("SSL_CERT_FILE", home("company.pem"))
        .env("AWS_CA_BUNDLE", home("other.pem"))
        .run()
        .expect(255);
    let words = "(certificate of \"Test Server\", issued by \"Company CA\"); the issuer is not in the CA bundle";
    assert!(run.stderr.contains(words), "{}", run.snapshot());
    let run = env
        .command(REGISTER.into_iter().chain(["--debug"]))
        .env("SSL_CERT_FILE", home("other.pem"))
        .env("AWS_CA_BUNDLE", home("company.pem"))
        .run()
        .ok();
    assert!(!run.stderr.contains("the system has"), "{}", run.snapshot());
}

#[test]
fn untrusted_authority_is_rejected_with_a_hint() {
    let identity = Identity::issued_by("Company CA", ["127.0.0.1"], 4096);
    for (file, roots) in [("other.pem", 1), ("empty.pem", 0), ("missing.pem", 0)] {
        let server = ScriptedServer::tls(vec![good()], &identity);
        let env = fixture(&identity, &server.url());
        let debug = REGISTER.into_iter().chain(["--debug"]);
        let run = env.command(debug).env("SSL_CERT_FILE", env.home().join(file)).run().expect(255);
        for words in [
            "certificate verify failed: unable to get local issuer certificate",
            "issued by \"Company CA\"); the issuer is neither in the built-in roots nor in the system's",
            "hint: if a proxy or company CA is in between, install its certificate in the system, or pass it with \
             --ca-bundle, AWS_CA_BUNDLE or ca_bundle",
            &format!("the system has {roots} roots"),
        ] {
            assert!(run.stderr.contains(words), "{file}: {words}: {}", run.snapshot());
        }
        assert!(server.requests().is_empty());
    }
}
