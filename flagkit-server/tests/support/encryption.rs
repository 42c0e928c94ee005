//! A cluster that speaks TLS and nothing else.

use std::path::PathBuf;

use flagkit_testkit::postgres::Cluster;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};

/// Starts it again so that it refuses to speak in the clear, and gives the file of the authority
/// that vouches for it.
pub(crate) fn require_tls(cluster: &Cluster) -> PathBuf {
    let key = KeyPair::generate().unwrap();
    let authority = new_authority();
    let names = vec!["127.0.0.1".to_owned()];
    let certificate = CertificateParams::new(names).unwrap().signed_by(&key, &authority).unwrap();
    cluster.edit("server.crt", |_| certificate.pem());
    cluster.edit("server.key", |_| key.serialize_pem());
    cluster.edit("postgresql.conf", |text| format!("{text}\nssl = on\n"));
    cluster.edit("pg_hba.conf", |text| text.replace("\nhost ", "\nhostssl "));
    let file = cluster.edit("authority.pem", |_| authority.pem());
    cluster.kill();
    cluster.run();
    file
}

/// Someone who vouches for servers.
pub(crate) fn new_authority() -> CertifiedIssuer<'static, KeyPair> {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}
