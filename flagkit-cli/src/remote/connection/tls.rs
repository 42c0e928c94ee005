//! TLS, by rustls with ring, and the certificates of the system.

use std::fs;
use std::path::Path;

use reqwest::{Certificate, ClientBuilder};
use rustls::crypto::ring;
use rustls::{ClientConfig, RootCertStore};

use crate::failure::Failure;

/// Whom to trust besides those whom the system trusts.
pub(super) fn prepared(
    builder: ClientBuilder,
    scheme: &str,
    ca_file: Option<&Path>,
) -> Result<ClientBuilder, Failure> {
    // Another part of the program may have done the same before.
    let _ = ring::default_provider().install_default();
    if scheme == "http" {
        // A machine without any certificates can still speak with servers that need none.
        let config = ClientConfig::builder().with_root_certificates(RootCertStore::empty());
        return Ok(builder.tls_backend_preconfigured(config.with_no_client_auth()));
    }
    let Some(path) = ca_file else {
        return Ok(builder);
    };
    let shown = path.display();
    let text = fs::read(path)
        .map_err(|error| Failure::input(format_args!("{shown}: cannot be read: {error}")))?;
    match Certificate::from_pem_bundle(&text) {
        Ok(certificates) if !certificates.is_empty() => Ok(builder.tls_certs_merge(certificates)),
        _ => Err(Failure::input(format_args!("{shown}: holds no certificate in PEM"))),
    }
}
