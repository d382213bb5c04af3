//! Where members come from and what is wrong with them, held to recorded runs of AWS CLI 2.36.7.

use std::path::PathBuf;

use serde_json::{Value, json};

use super::{Document, Files, Input, Words, require_options, skeleton};
use crate::model::{Member, Operation};

fn one(text: &str) -> Words {
    Words::One(text.to_owned())
}

fn many(words: &[&str]) -> Words {
    Words::Many(words.iter().map(|word| (*word).to_owned()).collect())
}

fn no_stdin() -> std::io::Result<Vec<u8>> {
    Err(std::io::ErrorKind::Unsupported.into())
}

fn files_in(folder: PathBuf) -> impl Fn(&str) -> PathBuf {
    move |path| folder.join(path)
}

fn given(operation: Operation, named: Vec<(&str, Words)>) -> Vec<(&'static Member, Words)> {
    let member = |name: &str| operation.input().iter().find(|member| member.name == name).unwrap();
    named.into_iter().map(|(name, words)| (member(name), words)).collect()
}

fn read(operation: Operation, named: Vec<(&str, Words)>, document: Option<&Document>) -> Result<Value, String> {
    let expand = files_in(PathBuf::new());
    let files = Files { expand: &expand, encoding: None, stdin: &no_stdin };
    Input::load(given(operation, named), document, &files)
        .and_then(|input| input.checked(operation))
        .map(Value::Object)
        .map_err(|error| error.to_string())
}

fn scopes(words: &[&str]) -> Result<Value, String> {
    let given = vec![("clientName", one("n")), ("clientType", one("t")), ("scopes", many(words))];
    read(Operation::RegisterClient, given, None).map(|input| input["scopes"].clone())
}

fn create_token(document: &Document) -> Result<Value, String> {
    read(Operation::CreateToken, Vec::new(), Some(document))
}

#[test]
fn lists_are_words_or_one_json_array() {
    assert_eq!(scopes(&["a", "b c"]), Ok(json!(["a", "b c"])));
    assert_eq!(scopes(&["a,b"]), Ok(json!(["a,b"])));
    assert_eq!(scopes(&[]), Ok(json!([])));
    assert_eq!(scopes(&[""]), Ok(json!([""])));
    assert_eq!(scopes(&[" [\"a\",\"b c\"]"]), Ok(json!(["a", "b c"])));
    assert_eq!(scopes(&["[]"]), Ok(json!([])));
    assert_eq!(scopes(&["[\"a\"]", "[\"b\"]"]), Ok(json!(["[\"a\"]", "[\"b\"]"])));
    let error = scopes(&["[a"]).unwrap_err();
    assert!(error.starts_with("Error parsing parameter '--scopes': Invalid JSON: "), "{error}");
    assert!(error.ends_with("\nJSON received: [a"), "{error}");
}

#[test]
fn each_bad_element_has_a_line() {
    let error = scopes(&["[1,true,null,\"ok\",{\"a\":\"it's\"}]"]).unwrap_err();
    let lines: Vec<&str> = error.lines().collect();
    assert_eq!(
        lines,
        [
            "Parameter validation failed:",
            "Invalid type for parameter scopes[0], value: 1, type: <class 'int'>, valid types: <class 'str'>",
            "Invalid type for parameter scopes[1], value: True, type: <class 'bool'>, valid types: <class 'str'>",
            "Invalid type for parameter scopes[2], value: None, type: <class 'NoneType'>, valid types: <class 'str'>",
            "Invalid type for parameter scopes[4], value: {'a': \"it's\"}, type: <class 'dict'>, valid types: <class 'str'>",
        ]
    );
}

#[test]
fn values_are_shown_as_python_shows_them() {
    for (list, shown) in [
        ("[1e-7]", "value: 1e-07, type: <class 'float'>"),
        ("[-0]", "value: 0, type: <class 'int'>"),
        ("[123456789012345678901]", "value: 123456789012345678901, type: <class 'int'>"),
        (r#"[{"a":"\u0001"}]"#, r"value: {'a': '\x01'}, type: <class 'dict'>"),
    ] {
        let error = scopes(&[list]).unwrap_err();
        assert!(error.contains(shown), "{error}");
    }
}

#[test]
fn a_document_gives_what_the_options_do_not() {
    let document = Document::Json(r#"{"scope":["x"],"grantType":"jg","clientSecret":"js","clientId":"jc"}"#);
    let text = |input: Result<Value, String>| input.unwrap().to_string();
    assert_eq!(
        text(create_token(&document)),
        r#"{"scope":["x"],"grantType":"jg","clientSecret":"js","clientId":"jc"}"#
    );
    let given = vec![("clientId", one("cli")), ("scope", many(&["y", "z"]))];
    assert_eq!(
        text(read(Operation::CreateToken, given, Some(&document))),
        r#"{"clientId":"cli","scope":["y","z"],"grantType":"jg","clientSecret":"js"}"#
    );
}

#[test]
fn yaml_is_one_point_two() {
    let input = create_token(&Document::Yaml("clientId: yes\nclientSecret: \"js\"\ngrantType: jg\nscope: [x, y]\n"));
    assert_eq!(input.unwrap(), json!({"clientId":"yes","clientSecret":"js","grantType":"jg","scope":["x","y"]}));
    let error = create_token(&Document::Yaml("clientId: 012\nclientSecret: a\ngrantType: b")).unwrap_err();
    assert!(error.contains("parameter clientId, value: 12"), "{error}");
    for (text, place) in [("a: [canary\n", "--cli-input-yaml"), ("a: 1\na: 2\n", "--cli-input-yaml")] {
        let error = create_token(&Document::Yaml(text)).unwrap_err();
        assert!(error.starts_with(&format!("Error parsing parameter '{place}': Invalid YAML received")), "{error}");
        assert!(!error.contains("canary"));
    }
}

#[test]
fn a_document_must_be_a_map() {
    let wrong = |document: Document| create_token(&document).unwrap_err();
    let expecting = "Invalid type: expecting map, received <class";
    assert_eq!(
        wrong(Document::Json("[1]")),
        format!("Error parsing parameter '--cli-input-json': {expecting} 'list'>")
    );
    assert_eq!(wrong(Document::Yaml("a b")), format!("Error parsing parameter '--cli-input-yaml': {expecting} 'str'>"));
    assert_eq!(
        wrong(Document::Yaml("")),
        format!("Error parsing parameter '--cli-input-yaml': {expecting} 'NoneType'>")
    );
    assert!(wrong(Document::Json("{bad")).contains("Invalid JSON received"));
    let two = Document::of(Some("{}"), Some("{}")).unwrap_err();
    assert_eq!(two.to_string(), "Only one --cli-input- parameter may be specified.");
}

#[test]
fn validation_lists_missing_then_unknown_then_wrong() {
    let document = Document::Json(r#"{"bogus":1,"scope":"x","code":null,"grantType":["canary"]}"#);
    let names = "clientId, clientSecret, grantType, deviceCode, code, refreshToken, scope, redirectUri, codeVerifier";
    assert_eq!(
        create_token(&document).unwrap_err().lines().collect::<Vec<_>>(),
        [
            "Parameter validation failed:",
            "Missing required parameter in input: \"clientId\"",
            "Missing required parameter in input: \"clientSecret\"",
            &format!("Unknown parameter in input: \"bogus\", must be one of: {names}"),
            "Invalid type for parameter grantType, value: ['canary'], type: <class 'list'>, valid types: <class 'str'>",
            "Invalid type for parameter code, value: [redacted], type: <class 'NoneType'>, valid types: <class 'str'>",
            "Invalid type for parameter scope, value: x, type: <class 'str'>, valid types: <class 'list'>, <class 'tuple'>",
        ]
    );
}

#[test]
fn files_are_loaded_as_text() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, bytes: &[u8]| std::fs::write(folder.path().join(name), bytes).unwrap();
    write("a.txt", b"v1\r\nv2\rv3\n");
    write("a.bin", b"\xff\x00>");
    write("s.json", b"[\"a\", \"b\"]\n");
    write("s.txt", b"ab");
    write("i.json", b"\xef\xbb\xbf{\"clientId\":\"j\"}");
    let expand = files_in(folder.path().to_owned());
    let load = |words: Words, encoding: Option<&str>| {
        let files = Files { expand: &expand, encoding: encoding.map(str::to_owned), stdin: &no_stdin };
        let name = if matches!(words, Words::One(_)) { "clientName" } else { "scopes" };
        let required = [("clientName", one("n")), ("clientType", one("t"))];
        let named = std::iter::once((name, words)).chain(required.into_iter().filter(|(other, _)| *other != name));
        Input::load(given(Operation::RegisterClient, named.collect()), None, &files)
            .and_then(|input| input.checked(Operation::RegisterClient))
            .map(|input| input[name].clone())
            .map_err(|error| error.to_string())
    };
    assert_eq!(load(one("file://a.txt"), None), Ok(json!("v1\nv2\nv3\n")));
    assert_eq!(
        load(one("file://a.bin"), Some("klingon")),
        Err("Error parsing parameter '--client-name': AWS_CLI_FILE_ENCODING: unknown encoding 'klingon'".into())
    );
    for latin in ["latin_1", "latin-1", "ISO8859-1", "iso8859_15", "cp1252"] {
        assert_eq!(load(one("file://a.bin"), Some(latin)), Ok(json!("ÿ\0>")), "{latin}");
    }
    assert!(load(one("file://a.bin"), None).unwrap_err().contains("text contents could not be decoded"));
    assert!(
        load(one("fileb://a.txt"), None).unwrap_err().ends_with("type: <class 'bytes'>, valid types: <class 'str'>")
    );
    assert_eq!(load(many(&["file://s.json"]), None), Ok(json!(["a", "b"])));
    assert!(load(many(&["file://s.txt"]), None).unwrap_err().contains("must contain a JSON array"));
    let bytes = load(many(&["fileb://s.json"]), None).unwrap_err();
    assert!(bytes.contains("parameter scopes[0], value: 91, type: <class 'int'>"), "{bytes}");
    assert!(bytes.ends_with("and 1 more"), "{bytes}");
    assert_eq!(load(many(&["file://s.json", "x"]), None), Ok(json!(["file://s.json", "x"])));
    let missing = load(one("file://nope"), None).unwrap_err();
    assert!(
        missing.starts_with("Error parsing parameter '--client-name': Unable to load paramfile file://nope: "),
        "{missing}"
    );
    let document = Document::Json("fileb://i.json");
    let files = Files { expand: &expand, encoding: None, stdin: &no_stdin };
    let given = given(Operation::CreateToken, vec![("clientSecret", one("s")), ("grantType", one("g"))]);
    let input = Input::load(given, Some(&document), &files).unwrap().checked(Operation::CreateToken).unwrap();
    assert_eq!(Value::Object(input).to_string(), r#"{"clientSecret":"s","grantType":"g","clientId":"j"}"#);
}

#[test]
fn required_options_are_named_in_model_order() {
    let missing =
        require_options(Operation::CreateToken, &given(Operation::CreateToken, vec![("grantType", one("g"))]))
            .unwrap_err();
    assert_eq!(missing.to_string(), "the following arguments are required: --client-id, --client-secret");
}

#[test]
fn skeletons_have_every_member() {
    assert_eq!(
        skeleton::input(Operation::StartDeviceAuthorization).to_string(),
        r#"{"clientId":"","clientSecret":"","startUrl":""}"#
    );
    assert_eq!(skeleton::input(Operation::RegisterClient)["scopes"], json!([""]));
    assert_eq!(
        Value::Object(skeleton::output(Operation::CreateTokenWithIam)).to_string(),
        r#"{"accessToken":"accessToken","tokenType":"tokenType","expiresIn":0,"refreshToken":"refreshToken","idToken":"idToken","issuedTokenType":"issuedTokenType","scope":["Scope"],"awsAdditionalDetails":{"identityContext":"identityContext"}}"#
    );
    let yaml = skeleton::yaml_input(Operation::RegisterClient);
    let shape = yaml.lines().map(|line| line.split_inclusive('#').next().unwrap()).collect::<Vec<_>>();
    assert_eq!(shape[..5], ["clientName: ''  #", "clientType: '' #", "scopes: #", "- ''", "redirectUris: #"]);
    assert!(yaml.starts_with("clientName: ''  # [REQUIRED] Human-readable"), "{yaml}");
}
