//! `Services`: the URL of each AWS service in a region, and clients for two of them.
//!
//! The only place where an endpoint is decided: the configured URL if there is one, else the one of the region. Host
//! names by region are in `endpoint`, where a configured URL comes from is in `config`.

use std::rc::Rc;

use crate::config::{ClientSettings, Located, Origin};
use crate::endpoint::{self, Service, Variant};
use crate::error::Error;
use crate::http::{HttpClient, HttpOptions};
use crate::oidc::OidcClient;
use crate::portal::PortalClient;

/// The services that a command may call, over one transport. Creating it sends no request.
pub struct Services {
    /// The transport, also for requests to anything that is not one of the services.
    pub http: Rc<HttpClient>,
    settings: ClientSettings,
    /// Whether a config file may send tokens to another machine over plain http.
    allows_plain_http: bool,
}

/// The endpoint of a service.
pub struct Endpoint {
    /// The base URL.
    pub url: String,
    /// The region that requests are signed for.
    pub region: String,
}

impl Services {
    /// Creates the services over this transport. Any configured URL is allowed, as in the AWS CLI.
    pub fn new(http: HttpOptions, settings: ClientSettings) -> Self {
        Self { http: Rc::new(HttpClient::new(http)), settings, allows_plain_http: true }
    }

    /// Refuses plain http to another machine if the URL comes from a config file, which may belong to a project; an
    /// option or environment variable may still choose it.
    pub fn without_plain_http(self) -> Self {
        Self { allows_plain_http: false, ..self }
    }

    /// The region from the option, the environment or the profile; not the region of an Identity Center instance.
    pub fn region(&self) -> Option<&str> {
        self.settings.region.as_ref().map(|region| region.value.as_str())
    }

    /// A client for the `OpenID` Connect service of a start URL. Unless a setting says otherwise, a dual-stack start URL
    /// selects the dual-stack endpoint: the page of a device code signs in only at the endpoint of its own kind.
    ///
    /// # Errors
    /// As [`Services::endpoint`].
    pub fn oidc(&self, region: &str, start_url: &str) -> Result<OidcClient, Error> {
        let dualstack = self.settings.dualstack.unwrap_or_else(|| endpoint::is_dualstack(start_url));
        Ok(OidcClient::new(self.http.clone(), self.endpoint_of(Service::Oidc, region, dualstack)?.url))
    }

    /// A client for the access portal.
    ///
    /// # Errors
    /// As [`Services::endpoint`].
    pub fn portal(&self, region: &str) -> Result<PortalClient, Error> {
        Ok(PortalClient::new(self.http.clone(), self.endpoint(Service::Portal, region)?.url))
    }

    /// Checks the endpoints of both Identity Center services, before a login is approved or a token is sent.
    ///
    /// # Errors
    /// As [`Services::endpoint`].
    pub fn check(&self, region: &Located<String>) -> Result<(), Error> {
        self.endpoint_in(Service::Oidc, region)?;
        self.endpoint_in(Service::Portal, region).map(drop)
    }

    /// The endpoint of a service, with an error that names the origin of the region.
    ///
    /// # Errors
    /// As [`Services::endpoint`].
    pub fn endpoint_in(&self, service: Service, region: &Located<String>) -> Result<Endpoint, Error> {
        let located = |error: Error| if error.advice().is_some() { error } else { error.value_from(&region.source()) };
        self.endpoint(service, &region.value).map_err(located)
    }

    /// The endpoint of a service: the configured URL, else that of the region.
    ///
    /// # Errors
    /// The region is not a host label or does not support the combination of FIPS and dual-stack, the configured URL
    /// has no valid host or uses plain http, or the profile's `services` section does not exist.
    pub fn endpoint(&self, service: Service, region: &str) -> Result<Endpoint, Error> {
        self.endpoint_of(service, region, self.settings.dualstack.unwrap_or_default())
    }

    fn endpoint_of(&self, service: Service, region: &str, dualstack: bool) -> Result<Endpoint, Error> {
        let variant = Variant { fips: self.settings.fips, dualstack };
        let (mut region, variant) = endpoint::normalized_region(region, variant).map_err(|error| {
            let set = self.settings.region.as_ref().filter(|set| set.value == region);
            set.map_or(error.clone(), |set| error.value_from(&set.source()))
        })?;
        let url = match self.settings.endpoint_url(service)? {
            Some(url) => self.checked(url)?,
            None => endpoint::resolve(service, &region, variant)?,
        };
        if service == Service::Sts && region == "aws-global" {
            "us-east-1".clone_into(&mut region);
        }
        Ok(Endpoint { url, region })
    }

    /// The configured URLs that send tokens unencrypted to another machine, and the origin of each.
    pub fn plain_http(&self) -> Vec<&Located<String>> {
        let services = [Service::Oidc, Service::Portal].into_iter();
        let configured = services.filter_map(|service| self.settings.endpoint_url(service).ok()?);
        let mut urls: Vec<_> = configured.filter(|url| is_exposed(&url.value)).collect();
        urls.dedup();
        urls
    }

    fn checked(&self, configured: &Located<String>) -> Result<String, Error> {
        let Located { value: url, origin } = configured;
        if !endpoint::valid_endpoint(url) {
            return Err(Error::other(format!("Invalid endpoint: {url}")).value_from(&configured.source()));
        }
        if !self.allows_plain_http && matches!(origin, Origin::File(_)) && is_exposed(url) {
            let hint =
                format!("the value comes from {origin}; use https, or pass the URL with --endpoint-url to allow it");
            return Err(Error::other(format!("Refusing to send tokens over plain http to {url}")).hint(hint));
        }
        Ok(url.clone())
    }
}

/// Whether requests leave this machine unencrypted.
fn is_exposed(url: &str) -> bool {
    url.get(..7).is_some_and(|scheme| scheme.eq_ignore_ascii_case("http://")) && !endpoint::is_loopback(url)
}
