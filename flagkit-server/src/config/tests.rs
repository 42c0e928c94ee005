use std::time::Duration;

use super::{Config, ConfigError, Database, LogFormat, SETTINGS};

type Pairs<'a> = &'a [(&'a str, &'a str)];

fn read(options: Pairs<'_>, environment: Pairs<'_>) -> Result<Config, ConfigError> {
    let own = |pairs: Pairs<'_>| -> Vec<(String, String)> {
        pairs.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect()
    };
    Config::read(own(options), own(environment))
}

#[test]
fn nothing_needs_to_be_said() {
    let config = read(&[], &[("PATH", "/bin"), ("FLAGKIT_URL", "http://localhost")]).unwrap();
    assert_eq!(config.listen.to_string(), "127.0.0.1:4290");
    assert_eq!(config.admin_listen, None);
    assert_eq!(config.database, Database::Sqlite("flagkit.db".into()));
    assert_eq!(config.streams.heartbeat, Duration::from_secs(15));
    assert_eq!(config.tls, None);
    assert!(!config.dev);
}

#[test]
fn the_command_line_wins_over_the_environment() {
    let environment = [("FLAGKIT_SERVER_HEARTBEAT", "5s"), ("FLAGKIT_SERVER_LOG", "json")];
    let config = read(&[("heartbeat", "7s")], &environment).unwrap();
    assert_eq!(config.streams.heartbeat, Duration::from_secs(7));
    assert_eq!(config.log, LogFormat::Json);
}

#[test]
fn every_setting_can_be_given_both_ways() {
    for setting in SETTINGS.iter().filter(|setting| !setting.default.is_empty()) {
        assert!(read(&[(setting.name, setting.default)], &[]).is_ok(), "{}", setting.name);
        assert!(read(&[], &[(&setting.variable(), setting.default)]).is_ok(), "{}", setting.name);
    }
}

#[test]
fn a_message_names_the_setting_as_it_was_written() {
    let cases: [(Pairs<'_>, Pairs<'_>, &str); 6] = [
        (&[("hartbeat", "1s")], &[], "there is no setting `hartbeat`; did you mean `heartbeat`?"),
        (
            &[],
            &[("FLAGKIT_SERVER_DATABSE", "x")],
            "there is no variable `FLAGKIT_SERVER_DATABSE`; did you mean `FLAGKIT_SERVER_DATABASE`?",
        ),
        (
            &[],
            &[("FLAGKIT_SERVER_LISTEN", "80")],
            "FLAGKIT_SERVER_LISTEN: `80` is no address; an address is an IP and a port, for \
             example `0.0.0.0:4290`",
        ),
        (&[("log", "xml")], &[], "--log: `xml` is none of `text`, `json` and `off`"),
        (
            &[("tls-key", "key.pem")],
            &[],
            "tls-key without tls-certificate: a key is of no use without its certificate",
        ),
        (
            &[("admin-listen", "127.0.0.1:4290")],
            &[],
            "admin-listen is the same as listen; leave it out to serve both at one address",
        ),
    ];
    for (options, environment, message) in cases {
        assert_eq!(read(options, environment).unwrap_err().to_string(), message);
    }
}
