//! TLS on the way to the database.
//!
//! `sslmode=require` or `sslrootcert=FILE` in the URL ask for it, and then the certificate is
//! checked, too, against the authorities of the system or of the file: who can pretend to be the
//! database could read everything otherwise. Without them nothing is encrypted.

use std::fmt;
use std::future::Future;
use std::io;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_postgres::Socket;
use tokio_postgres::tls::{ChannelBinding, MakeTlsConnect, TlsConnect, TlsStream};
use tokio_rustls::TlsConnector;

use crate::Unusable;
use crate::url::take_parameter;

/// How to speak TLS, where the URL asks for it.
#[derive(Clone)]
pub struct Tls(Option<TlsConnector>);

impl Tls {
    /// For URLs that do not ask for it.
    pub(crate) fn none() -> Self {
        Self(None)
    }

    /// With the authorities of a file in PEM, or those of the system.
    ///
    /// # Errors
    ///
    /// A file that cannot be read or has no certificate in it; a system without authorities.
    pub(crate) fn checked_by(authorities: Option<&Path>) -> Result<Self, Unusable> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let builder = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(unusable)?;
        let roots = match authorities {
            Some(file) => read(file)?,
            None => of_system()?,
        };
        let config = builder.with_root_certificates(roots).with_no_client_auth();
        Ok(Self(Some(TlsConnector::from(Arc::new(config)))))
    }
}

/// The certificates of a file.
fn read(file: &Path) -> Result<RootCertStore, Unusable> {
    let wrong = |why: String| {
        let message = format!("sslrootcert: {} {why}", file.display());
        Unusable::new(message)
    };
    let mut roots = RootCertStore::empty();
    let certificates = CertificateDer::pem_file_iter(file);
    for certificate in certificates.map_err(|error| wrong(format!("cannot be read: {error}")))? {
        let certificate = certificate.map_err(|error| wrong(format!("is no PEM: {error}")))?;
        let added = roots.add(certificate);
        added.map_err(|error| wrong(format!("has a broken certificate: {error}")))?;
    }
    if roots.is_empty() {
        return Err(wrong("has no certificate in it".to_owned()));
    }
    Ok(roots)
}

/// The certificates of the system; those that are broken there are left out.
fn of_system() -> Result<RootCertStore, Unusable> {
    let found = rustls_native_certs::load_native_certs();
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(found.certs);
    if roots.is_empty() {
        let message = "the system has no certificates to check the database's with; name a file: \
                       `sslrootcert=FILE` in its URL";
        return Err(Unusable::new(message));
    }
    Ok(roots)
}

#[cold]
fn unusable(error: rustls::Error) -> Unusable {
    Unusable::new("TLS cannot be used for the database").caused_by(error)
}

/// A URL as the driver knows it, and the file of `sslrootcert`. The modes that ask for a check are
/// `require` here, which checks.
pub(crate) fn url_and_authorities(url: &str) -> (String, Option<PathBuf>) {
    let (url, authorities) = take_parameter(url, "sslrootcert");
    let (rest, mode) = take_parameter(&url, "sslmode");
    let url = match mode.as_deref() {
        Some("verify-ca" | "verify-full") => {
            let separator = if rest.contains('?') { '&' } else { '?' };
            format!("{rest}{separator}sslmode=require")
        }
        _ => url,
    };
    (url, authorities.map(PathBuf::from))
}

impl fmt::Debug for Tls {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("Tls").field(&self.0.is_some()).finish()
    }
}

impl MakeTlsConnect<Socket> for Tls {
    type Stream = Encrypted;
    type TlsConnect = Handshake;
    type Error = io::Error;

    fn make_tls_connect(&mut self, domain: &str) -> io::Result<Handshake> {
        Ok(Handshake { connector: self.0.clone(), domain: domain.to_owned() })
    }
}

/// A connection before it is encrypted.
#[expect(missing_debug_implementations, reason = "tokio-rustls has none for a connector")]
pub struct Handshake {
    connector: Option<TlsConnector>,
    domain: String,
}

impl TlsConnect<Socket> for Handshake {
    type Stream = Encrypted;
    type Error = io::Error;
    type Future = Pin<Box<dyn Future<Output = io::Result<Encrypted>> + Send>>;

    fn connect(self, socket: Socket) -> Self::Future {
        Box::pin(async move {
            let wrong = |error| io::Error::new(io::ErrorKind::InvalidInput, error);
            let name = ServerName::try_from(self.domain).map_err(wrong)?;
            // Without a connector the driver was told not to ask for TLS.
            let connector = self.connector.ok_or(io::ErrorKind::Unsupported)?;
            Ok(Encrypted(connector.connect(name, socket).await?))
        })
    }
}

/// An encrypted connection, as the driver wants it.
#[derive(Debug)]
pub struct Encrypted(tokio_rustls::client::TlsStream<Socket>);

impl TlsStream for Encrypted {
    fn channel_binding(&self) -> ChannelBinding {
        // The certificate was checked.
        ChannelBinding::none()
    }
}

impl AsyncRead for Encrypted {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(context, buffer)
    }
}

impl AsyncWrite for Encrypted {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests;
