//! TLS, with a certificate made for the test.

use std::io::{BufReader, Read, Write};
use std::sync::Arc;

use flagkit_server::Server;
use flagkit_server::config::Config;
use rcgen::{CertifiedKey, generate_simple_self_signed};
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

use crate::client::{connect, read_head};
use crate::server::TestServer;

#[test]
fn a_server_with_a_certificate_speaks_tls_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let CertifiedKey { cert, signing_key } =
        generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    let (certificate, key) = (folder.path().join("cert.pem"), folder.path().join("key.pem"));
    std::fs::write(&certificate, cert.pem()).unwrap();
    std::fs::write(&key, signing_key.serialize_pem()).unwrap();
    let database = folder.path().join("flags.db");
    let options = [
        ("listen", "127.0.0.1:0".to_owned()),
        ("database", database.display().to_string()),
        ("tls-certificate", certificate.display().to_string()),
        ("tls-key", key.display().to_string()),
        ("request-timeout", "1s".to_owned()),
    ];
    let options = options.map(|(name, value)| (name.to_owned(), value));
    let server = Server::start(Config::read(options, []).unwrap()).unwrap();
    assert!(server.url().starts_with("https://"));

    let mut roots = RootCertStore::empty();
    roots.add(cert.der().clone()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = ServerName::try_from("localhost").unwrap();
    let session = ClientConnection::new(Arc::new(config), name).unwrap();
    let mut stream = StreamOwned::new(session, connect(server.address()));
    stream
        .write_all(b"GET /healthz HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n")
        .unwrap();
    let mut stream = BufReader::new(stream);
    assert_eq!(read_head(&mut stream).unwrap().0, 200);
    let mut body = String::new();
    stream.read_to_string(&mut body).unwrap();
    assert_eq!(body, "ok\n");

    let mut plain = connect(server.address());
    plain.write_all(b"GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n").unwrap();
    let mut answer = Vec::new();
    let _ = plain.read_to_end(&mut answer);
    assert!(!answer.starts_with(b"HTTP"));

    // Whoever says nothing is not waited for.
    let mut silent = connect(server.address());
    assert_eq!(silent.read(&mut [0; 8]).unwrap_or_default(), 0);
}

#[test]
fn a_certificate_that_is_none_is_told_at_the_start() {
    let folder = tempfile::tempdir().unwrap();
    let (certificate, key) = (folder.path().join("cert.pem"), folder.path().join("key.pem"));
    std::fs::write(&certificate, "no certificate").unwrap();
    std::fs::write(&key, "no key").unwrap();
    let options = [
        ("listen", "127.0.0.1:0".to_owned()),
        ("database", folder.path().join("flags.db").display().to_string()),
        ("tls-certificate", certificate.display().to_string()),
        ("tls-key", key.display().to_string()),
    ];
    let options = options.map(|(name, value)| (name.to_owned(), value));
    let error = Server::start(Config::read(options, []).unwrap()).unwrap_err();
    assert!(error.to_string().contains("cert.pem"), "{error}");
    let server = TestServer::start();
    let taken = server.admin.address.to_string();
    let options =
        [("listen", taken), ("database", folder.path().join("b.db").display().to_string())];
    let options = options.map(|(name, value)| (name.to_owned(), value));
    let error = Server::start(Config::read(options, []).unwrap()).unwrap_err();
    assert!(error.to_string().contains("cannot listen at 127.0.0.1:"), "{error}");
}
