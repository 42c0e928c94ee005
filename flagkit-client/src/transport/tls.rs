//! TLS: one of two libraries, chosen by a feature; `rustls` if there are both.

use reqwest::ClientBuilder;

use crate::config::Network;
use crate::error::Error;

/// Certificates that are trusted, and those that are shown.
///
/// # Errors
///
/// Files that cannot be read, and builds without TLS for addresses that need it.
#[cfg(feature = "rustls")]
pub(super) fn prepared(
    builder: ClientBuilder,
    network: &Network,
    is_encrypted: bool,
) -> Result<ClientBuilder, Error> {
    Ok(builder.tls_backend_preconfigured(with_rustls::config(network, is_encrypted)?))
}

#[cfg(all(feature = "native-tls", not(feature = "rustls")))]
pub(super) fn prepared(
    builder: ClientBuilder,
    network: &Network,
    is_encrypted: bool,
) -> Result<ClientBuilder, Error> {
    if is_encrypted { with_native::prepared(builder, network) } else { Ok(builder) }
}

#[cfg(not(any(feature = "native-tls", feature = "rustls")))]
pub(super) fn prepared(
    builder: ClientBuilder,
    _network: &Network,
    is_encrypted: bool,
) -> Result<ClientBuilder, Error> {
    if !is_encrypted {
        return Ok(builder);
    }
    Err(Error::configuration(
        "this build has no TLS; it needs the feature `rustls` or `native-tls`",
    ))
}

#[cfg(feature = "rustls")]
mod with_rustls {
    use std::path::Path;
    use std::sync::Arc;

    use rustls::crypto::{CryptoProvider, ring};
    use rustls::pki_types::pem::{self, PemObject};
    use rustls::pki_types::{CertificateDer, PrivateKeyDer};
    use rustls::{ClientConfig, RootCertStore};
    use rustls_platform_verifier::Verifier;

    use crate::config::Network;
    use crate::error::Error;

    /// Ours alone: whatever else the application does with TLS stays as it is.
    pub(super) fn config(network: &Network, is_encrypted: bool) -> Result<ClientConfig, Error> {
        let provider = Arc::new(ring::default_provider());
        let builder = ClientConfig::builder_with_provider(provider.clone())
            .with_safe_default_protocol_versions()
            .map_err(|error| unusable(&error))?;
        // A machine without any certificates can still speak with servers that need none.
        if !is_encrypted {
            let builder = builder.with_root_certificates(RootCertStore::empty());
            return Ok(builder.with_no_client_auth());
        }
        let verifier = Arc::new(verifier(network, provider)?);
        let builder = builder.dangerous().with_custom_certificate_verifier(verifier);
        let Some((certificate, key)) = &network.identity else {
            return Ok(builder.with_no_client_auth());
        };
        let chain = certificates(certificate)?;
        let key_der = PrivateKeyDer::from_pem_file(key).map_err(|error| unreadable(key, &error))?;
        builder.with_client_auth_cert(chain, key_der).map_err(|error| unusable(&error))
    }

    fn verifier(network: &Network, provider: Arc<CryptoProvider>) -> Result<Verifier, Error> {
        match &network.ca_file {
            None => Verifier::new(provider).map_err(|error| unusable(&error)),
            #[cfg(not(target_os = "android"))]
            Some(path) => {
                let roots = certificates(path)?;
                Verifier::new_with_extra_roots(roots, provider).map_err(|error| unusable(&error))
            }
            #[cfg(target_os = "android")]
            Some(_) => Err(Error::configuration("this system takes no certificates from files")),
        }
    }

    fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, Error> {
        let all = CertificateDer::pem_file_iter(path).and_then(Iterator::collect);
        let all: Vec<_> = all.map_err(|error| unreadable(path, &error))?;
        if all.is_empty() {
            return Err(unreadable(path, &pem::Error::NoItemsFound));
        }
        Ok(all)
    }

    fn unreadable(path: &Path, error: &pem::Error) -> Error {
        let text = format!("`{}` holds no PEM that can be used: {error}", path.display());
        Error::configuration(text)
    }

    fn unusable(error: &rustls::Error) -> Error {
        Error::configuration(format!("TLS cannot be used as it is set up: {error}"))
    }
}

#[cfg(all(feature = "native-tls", not(feature = "rustls")))]
mod with_native {
    use std::path::Path;

    use reqwest::{Certificate, ClientBuilder, Identity};

    use crate::config::Network;
    use crate::error::Error;

    pub(super) fn prepared(
        mut builder: ClientBuilder,
        network: &Network,
    ) -> Result<ClientBuilder, Error> {
        if let Some(path) = &network.ca_file {
            let all = Certificate::from_pem_bundle(&read(path)?).map_err(|_| unusable(path))?;
            builder = builder.tls_certs_merge(all);
        }
        if let Some((certificate, key)) = &network.identity {
            let identity = Identity::from_pkcs8_pem(&read(certificate)?, &read(key)?);
            builder = builder.identity(identity.map_err(|_| unusable(certificate))?);
        }
        Ok(builder)
    }

    fn read(path: &Path) -> Result<Vec<u8>, Error> {
        std::fs::read(path).map_err(|error| Error::read(path, error))
    }

    fn unusable(path: &Path) -> Error {
        Error::configuration(format!("`{}` holds no PEM that can be used", path.display()))
    }
}
