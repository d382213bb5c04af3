//! A company's own certificate authority: trusted when the operating system or a CA bundle does. A bundle in another
//! format and a refused certificate are named, with a hint that fits.
//!
//! `SSL_CERT_FILE` replaces the system's store, as for OpenSSL.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;

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
    let server = ScriptedServer::tls(vec![good(); 4], &identity);
    let env = fixture(&identity, &server.url());
    let home = |name: &str| env.home().join(name);
    let debug = REGISTER.into_iter().chain(["--debug"]);
    let run = env.command(debug).env("SSL_CERT_FILE", home("company.pem")).run().ok();
    assert_eq!(run.json()["clientId"], "c");
    assert!(run.stderr.contains("the system has 1 roots"), "{}", run.snapshot());
    let mark = |text: String| format!("\u{feff}{text}");
    env.write("marked.pem", mark(env.read("other.pem") + &mark(env.read("company.pem"))));
    env.command(REGISTER).env("SSL_CERT_FILE", home("marked.pem")).run().ok();
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
            "issued by \"Company CA\"); the issuer is in neither the built-in nor the system's root certificates",
            "hint: if a proxy intercepts TLS, install the certificate of its CA in the system, or pass it with \
             --ca-bundle, AWS_CA_BUNDLE or ca_bundle",
            &format!("the system has {roots} roots"),
        ] {
            assert!(run.stderr.contains(words), "{file}: {words}: {}", run.snapshot());
        }
        assert!(server.requests().is_empty());
    }
}

#[test]
fn a_ca_bundle_may_have_byte_order_marks() {
    let identity = Identity::issued_by("Company CA", ["127.0.0.1"], 4096);
    let server = ScriptedServer::tls(vec![good(); 3], &identity);
    let env = fixture(&identity, &server.url());
    let other = Identity::issued_by("Other", ["x"], 4096).authority;
    env.write("marked.pem", format!("\u{feff}{}", identity.authority));
    env.write("joined.pem", format!("\u{feff}{other}\u{feff}{}", identity.authority));
    env.write("folder/marked.pem", format!("\u{feff}{}", identity.authority));
    for bundle in ["marked.pem", "joined.pem", "folder"] {
        env.command(REGISTER).env("AWS_CA_BUNDLE", env.home().join(bundle)).run().ok();
    }
}

#[test]
fn a_ca_bundle_in_another_format_is_named() {
    let identity = Identity::issued_by("Company CA", ["127.0.0.1"], 4096);
    let server = ScriptedServer::tls(vec![good()], &identity);
    let env = fixture(&identity, &server.url());
    let pem = rcgen::CertificateParams::default().self_signed(&rcgen::KeyPair::generate().unwrap()).unwrap();
    let utf16 = |mark: u16| std::iter::once(mark).chain(identity.authority.encode_utf16());
    env.write("little.pem", utf16(0xfeff).flat_map(u16::to_le_bytes).collect::<Vec<_>>());
    env.write("big.pem", utf16(0xfeff).flat_map(u16::to_be_bytes).collect::<Vec<_>>());
    env.write("binary.crt", pem.der()).write("binary/binary.crt", pem.der());
    env.write("other.p7b", "-----BEGIN PKCS7-----\nMAA=\n-----END PKCS7-----\n");
    env.write("damaged.pem", "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n");
    for (bundle, problem) in [
        ("little.pem", "the CA bundle is UTF-16; save it as UTF-8"),
        ("big.pem", "the CA bundle is UTF-16; save it as UTF-8"),
        ("binary.crt", "the CA bundle is binary (DER), not PEM; convert a certificate with: openssl x509 -inform der"),
        ("binary", "the CA bundle contains no PEM certificates"),
        ("other.p7b", "the CA bundle contains no `BEGIN CERTIFICATE`, but `BEGIN PKCS7`"),
        ("damaged.pem", "none of the 1 certificates in the CA bundle has a supported format"),
    ] {
        let path = env.home().join(bundle);
        let run = env.command(REGISTER).env("AWS_CA_BUNDLE", &path).run().expect(255);
        let place = format!("the CA bundle {} comes from the environment variable AWS_CA_BUNDLE", path.display());
        assert!(run.stderr.contains(problem) && run.stderr.contains(&place), "{bundle}: {}", run.snapshot());
    }
    assert_eq!(server.connections(), 0);
}

#[test]
fn the_hint_fits_the_refused_certificate() {
    let clock = "hint: check the clock of this machine; if it is right, 127.0.0.1, or a proxy in between, needs another \
                 certificate";
    let another = "hint: 127.0.0.1, or a proxy in between, needs another certificate";
    for (identity, message, hint) in [
        (Identity::issued_by("Company CA", ["127.0.0.1"], 2001), "certificate has expired", clock),
        (Identity::new(["other.example"]), "certificate is not valid for 127.0.0.1 but for", another),
        (Identity::new([""; 0]), "certificate is not valid for 127.0.0.1: it has no subject alternative name", another),
        (Identity::of_an_authority(["127.0.0.1"]), "certificate is for a CA, not for a server", another),
    ] {
        let server = ScriptedServer::tls(vec![good()], &identity);
        let mut env = fixture(&identity, &server.url());
        env.set("AWS_CA_BUNDLE", env.home().join("company.pem"));
        let run = env.run(REGISTER).expect(255);
        assert!(run.stderr.contains(message) && run.stderr.contains(hint), "{}", run.snapshot());
    }
    // The issuer is missing in a bundle that was passed: no hint to pass one.
    let identity = Identity::issued_by("Company CA", ["127.0.0.1"], 4096);
    let server = ScriptedServer::tls(vec![good()], &identity);
    let env = fixture(&identity, &server.url());
    env.write(
        "other.pem",
        format!(
            "{}-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n",
            Identity::issued_by("Other", ["x"], 4096).authority
        ),
    );
    let path = env.home().join("other.pem");
    let run = env.command(REGISTER).env("AWS_CA_BUNDLE", &path).run().expect(255);
    let message = "the issuer is not in the CA bundle (1 of its certificates have an unsupported format)";
    let hint = format!(
        "hint: add the issuer's certificate to the CA bundle {} (the environment variable AWS_CA_BUNDLE), which replaces \
         all other root certificates, or set no CA bundle",
        path.display()
    );
    assert!(run.stderr.contains(message) && run.stderr.contains(&hint), "{}", run.snapshot());
    assert!(!run.stderr.contains("--ca-bundle"), "{}", run.snapshot());
}

#[test]
fn a_server_without_tls_is_named() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("https://{}", listener.local_addr().unwrap());
    let server = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").unwrap();
        let _ = stream.read_to_end(&mut Vec::new());
    });
    let run = fixture(&Identity::new(["127.0.0.1"]), &url).run(REGISTER).expect(255);
    assert!(run.stderr.contains("the response is not TLS\nhint: check the endpoint URL"), "{}", run.snapshot());
    server.join().unwrap();
}
