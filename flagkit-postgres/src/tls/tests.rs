use std::path::{Path, PathBuf};

use super::{Tls, url_and_authorities};

#[test]
fn the_file_of_authorities_is_taken_out_of_the_url() {
    let cases = [
        ("postgres://h/d", "postgres://h/d", None),
        ("postgres://h/d?sslmode=require", "postgres://h/d?sslmode=require", None),
        ("postgres://h/d?sslmode=verify-full", "postgres://h/d?sslmode=require", None),
        ("postgres://h/d?sslrootcert=/etc/ca.pem", "postgres://h/d", Some("/etc/ca.pem")),
        (
            "postgres://h/d?sslmode=require&sslrootcert=ca.pem&user=u",
            "postgres://h/d?sslmode=require&user=u",
            Some("ca.pem"),
        ),
    ];
    for (url, rest, file) in cases {
        assert_eq!(url_and_authorities(url), (rest.to_owned(), file.map(PathBuf::from)));
    }
}

#[test]
fn a_file_without_certificates_is_named() {
    for (file, problem) in [("/no/such/ca.pem", "cannot be read"), ("/dev/null", "no certificate")]
    {
        let error = Tls::checked_by(Some(Path::new(file))).err().unwrap();
        assert!(error.to_string().contains(file) && error.to_string().contains(problem), "{error}");
    }
}
