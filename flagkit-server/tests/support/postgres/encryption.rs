//! A cluster that speaks TLS and nothing else.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};

use super::Cluster;

impl Cluster {
    /// Starts it again so that it refuses to speak in the clear, and gives the file of the authority
    /// that vouches for it.
    pub(crate) fn require_tls(&self) -> PathBuf {
        let key = KeyPair::generate().unwrap();
        let authority = new_authority();
        let names = vec!["127.0.0.1".to_owned()];
        let certificate =
            CertificateParams::new(names).unwrap().signed_by(&key, &authority).unwrap();
        let files = [
            ("authority.pem", authority.pem()),
            ("server.crt", certificate.pem()),
            ("server.key", key.serialize_pem()),
        ];
        for (name, text) in files {
            let path = self.data().join(name);
            fs::write(&path, text).unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
            self.give(&path);
        }
        self.edit("postgresql.conf", |text| format!("{text}\nssl = on\n"));
        self.edit("pg_hba.conf", |text| text.replace("\nhost ", "\nhostssl "));
        self.kill();
        self.run();
        self.data().join("authority.pem")
    }

    fn edit(&self, name: &str, change: impl Fn(&str) -> String) {
        let path = self.data().join(name);
        fs::write(&path, change(&fs::read_to_string(&path).unwrap())).unwrap();
    }
}

/// Someone who vouches for servers.
pub(crate) fn new_authority() -> CertifiedIssuer<'static, KeyPair> {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}
