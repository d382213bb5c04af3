//! Two files of AWS's older tools, which botocore still reads: that of the EC2 tools and that of boto 2.
//!
//! `AWS_CREDENTIAL_FILE` names lines of `AWSAccessKeyId=` and `AWSSecretKey=`. Boto's is `BOTO_CONFIG`, else
//! `/etc/boto.cfg` and `~/.boto`, with a section `[Credentials]`. Imports `config` and `context`.

use std::fs;

use aws_credential_types::Credentials;

use super::CredentialsError;
use crate::config::{self, SectionOfFile};
use crate::context::Context;

/// The keys, if one of the files has some.
pub(super) fn keys(context: &Context) -> Result<Option<Credentials>, CredentialsError> {
    match of_ec2_tools(context)? {
        None => of_boto(context),
        found => Ok(found),
    }
}

fn of_ec2_tools(context: &Context) -> Result<Option<Credentials>, CredentialsError> {
    let Some(path) = context.var("AWS_CREDENTIAL_FILE") else { return Ok(None) };
    let path = config::expand_path(&path, context);
    let text = fs::read_to_string(&path).map_err(|error| {
        CredentialsError::Config(format!("cannot read AWS_CREDENTIAL_FILE `{}`: {error}", path.display()))
    })?;
    let value = |wanted: &str| {
        let mut lines = text.lines().rev().filter_map(|line| line.split_once('='));
        lines.find(|(key, _)| key.trim() == wanted).map(|(_, value)| value.trim().to_owned())
    };
    let Some(access_key) = value("AWSAccessKeyId") else { return Ok(None) };
    let secret_key =
        value("AWSSecretKey").ok_or_else(|| CredentialsError::partial("ec2-credentials-file", "AWSSecretKey"))?;
    Ok(Some(Credentials::new(access_key, secret_key, None, None, "ec2-credentials-file")))
}

fn of_boto(context: &Context) -> Result<Option<Credentials>, CredentialsError> {
    let places = match context.var("BOTO_CONFIG") {
        Some(path) => vec![path],
        None => vec!["/etc/boto.cfg".to_owned(), "~/.boto".to_owned()],
    };
    for place in places {
        let path = config::expand_path(&place, context);
        let file =
            SectionOfFile::read(&path, "Credentials").map_err(|error| CredentialsError::Config(error.to_string()))?;
        if let Some(found) = super::static_keys(file.section(), "boto-config")? {
            return Ok(Some(found));
        }
    }
    Ok(None)
}
