use std::path::PathBuf;
use std::time::Duration;

use super::*;

fn target(url: Option<&str>) -> Target {
    Target {
        url: url.map(str::to_owned),
        key: None,
        key_file: None,
        ca_file: None,
        project: "default".to_owned(),
        environment: "production".to_owned(),
        timeout: Duration::from_secs(1),
        json: false,
    }
}

#[test]
fn an_address_is_a_web_address() {
    for good in ["http://127.0.0.1:4290", " https://flags.example.com/below/ "] {
        assert!(Session::open(&target(Some(good))).is_ok(), "{good}");
    }
    for (bad, meant) in [
        ("localhost:4290", "`http://localhost:4290`"),
        ("flags.example.com", "`http://flags.example.com`"),
        ("file:///flags.yaml", "`http://127.0.0.1:4290`"),
        ("http://", "`http://127.0.0.1:4290`"),
    ] {
        let failure = format!("{:?}", Session::open(&target(Some(bad))).unwrap_err());
        assert!(failure.contains(meant), "{bad}: {failure}");
    }
    for none in [None, Some(""), Some(" ")] {
        let failure = format!("{:?}", Session::open(&target(none)).unwrap_err());
        assert!(failure.contains("where is the server?"), "{failure}");
    }
}

#[test]
fn paths_name_project_and_environment() {
    let session = Session::open(&target(Some("http://127.0.0.1:4290"))).unwrap();
    let expected = "api/v1/projects/default/environments/production/flags/a/b";
    assert_eq!(session.flag("a/b").join("/"), expected);
    let expected = "api/v1/projects/default/environments/staging/history";
    assert_eq!(session.path_of("staging", ["history"]).join("/"), expected);
}

#[test]
fn the_first_line_of_a_file_is_the_key() {
    let path = env::temp_dir().join(format!("flagkit-key-{}", std::process::id()));
    fs::write(&path, "  fk_admin_secret \nsecond line\n").unwrap();
    assert_eq!(key_in(&path).unwrap().reveal(), "fk_admin_secret");
    fs::remove_file(&path).unwrap();
    assert!(key_in(&PathBuf::from("does-not-exist")).is_err());
}

#[test]
fn a_mistyped_variable_is_an_error() {
    let check = |name: &str| check_variables([name.to_owned(), "PATH".to_owned()].into_iter());
    for good in ["FLAGKIT_URL", "FLAGKIT_FILE", "FLAGKIT_SERVER_LISTEN", "FLAGKIT_LOG", "HOME"] {
        assert!(check(good).is_ok(), "{good}");
    }
    for (bad, meant) in [("FLAGKIT_URI", "`FLAGKIT_URL`"), ("FLAGKIT_ENVIROMENT", "`FLAGKIT_ENV")] {
        assert!(format!("{:?}", check(bad).unwrap_err()).contains(meant), "{bad}");
    }
}
