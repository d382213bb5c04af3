//! The input members of the four operations, a thin view of the service model.

/// An operation.
#[derive(Debug)]
pub struct Operation {
    /// AWS's name of it.
    pub name: &'static str,
    /// Members of its input.
    pub input: &'static [Member],
}

/// A member of an input.
#[derive(Debug)]
pub struct Member {
    /// In camelCase.
    pub name: &'static str,
    /// Must be given.
    pub required: bool,
    /// A list of strings, not a string.
    pub list: bool,
    /// Never shown.
    pub secret: bool,
}

const fn m(name: &'static str, required: bool, list: bool, secret: bool) -> Member {
    Member { name, required, list, secret }
}

impl Operation {
    pub const CREATE_TOKEN: Self = Self {
        name: "CreateToken",
        input: &[
            m("clientId", true, false, false),
            m("clientSecret", true, false, true),
            m("grantType", true, false, false),
            m("deviceCode", false, false, true),
            m("code", false, false, true),
            m("refreshToken", false, false, true),
            m("scope", false, true, false),
            m("redirectUri", false, false, false),
            m("codeVerifier", false, false, true),
        ],
    };
    pub const REGISTER_CLIENT: Self = Self {
        name: "RegisterClient",
        input: &[
            m("clientName", true, false, false),
            m("clientType", true, false, false),
            m("scopes", false, true, false),
            m("redirectUris", false, true, false),
            m("grantTypes", false, true, false),
            m("issuerUrl", false, false, false),
            m("entitledApplicationArn", false, false, false),
        ],
    };
    pub const START_DEVICE_AUTHORIZATION: Self = Self {
        name: "StartDeviceAuthorization",
        input: &[
            m("clientId", true, false, false),
            m("clientSecret", true, false, true),
            m("startUrl", true, false, false),
        ],
    };
}
