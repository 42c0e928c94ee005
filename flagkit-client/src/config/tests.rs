use super::*;

fn config(options: Options, variables: &[(&str, &str)]) -> Result<Config, String> {
    let variables = variables.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned()));
    Config::new(options, variables).map_err(|error| error.to_string())
}

const SERVER: [(&str, &str); 2] =
    [("FLAGKIT_URL", "https://flags.example.com"), ("FLAGKIT_KEY", "secret")];

#[test]
fn code_wins_over_the_environment_and_that_over_defaults() {
    let all = [
        &SERVER[..],
        &[("FLAGKIT_START_WAIT", "500ms"), ("FLAGKIT_CACHE_DIR", "/a"), ("FLAGKIT_LOG", "off")],
        &[("FLAGKIT_EVENTS", "off"), ("FLAGKIT_ENVIRONMENT", "staging"), ("PATH", "/bin")],
        &[("FLAGKIT_SERVER_LISTEN", "what it says is the server's business")],
        &[("FLAGKIT_PROJECT", "that of the command line")],
    ];
    let found = config(Options::new(), &all.concat()).unwrap();
    assert_eq!(found.start_wait, Duration::from_millis(500));
    assert_eq!((found.voice.log, found.counts_usage), (Log::Off, false));
    assert_eq!(found.reading.settings.environment.as_deref(), Some("staging"));
    let code = Options::new().start_wait(Duration::ZERO).cache_dir("/b").environment("test");
    let found = config(code, &all.concat()).unwrap();
    assert_eq!((found.start_wait, found.cache_dir), (Duration::ZERO, Some("/b".into())));
    assert_eq!(found.environment.as_deref(), Some("test"));
    let found = config(Options::new(), &SERVER).unwrap();
    assert_eq!((found.start_wait, found.cache_dir), (START_WAIT, None));
    assert_eq!((found.voice.log, found.counts_usage), (Log::Warn, true));
}

#[test]
fn flags_come_from_where_it_is_said() {
    let place = |options, variables: &[(&str, &str)]| {
        let config = config(options, variables).unwrap();
        let place = match &config.source {
            None => "nowhere".to_owned(),
            Some(source) => match source.file_path() {
                Some(path) => format!("file {}", path.display()),
                None => source.to_machine().unwrap().origin().to_owned(),
            },
        };
        if config.is_offline { format!("offline, {place}") } else { place }
    };
    let file = ("FLAGKIT_FILE", "flags.yaml");
    let mode = |mode| ("FLAGKIT_MODE", mode);
    let other = || Options::new().server("http://other:80/", "k");
    assert_eq!(place(Options::new(), &SERVER), "https://flags.example.com");
    assert_eq!(place(other(), &SERVER), "http://other:80");
    assert_eq!(place(other(), &[file]), "http://other:80");
    assert_eq!(place(other(), &[file, mode("file")]), "file flags.yaml");
    assert_eq!(place(other(), &[mode("offline")]), "offline, http://other:80");
    assert_eq!(place(Options::new(), &[file]), "file flags.yaml");
    assert_eq!(place(Options::new(), &[SERVER[0], SERVER[1], file, mode("poll")]), SERVER[0].1);
    assert_eq!(
        place(Options::new(), &[("FLAGKIT_URL", "file:///etc/flags.yaml")]),
        "file /etc/flags.yaml"
    );
    assert_eq!(place(Options::new(), &[("FLAGKIT_URL", "file:flags.yaml")]), "file flags.yaml");
    assert_eq!(place(Options::new(), &[mode("offline")]), "offline, nowhere");
    assert_eq!(place(Options::new().bootstrap("{}"), &[]), "nowhere");
    let socket = config(Options::new().server("unix:/run/flags.sock", "k"), &[]).unwrap();
    assert_eq!(socket.source.unwrap().socket(), Some(&PathBuf::from("/run/flags.sock")));
}

#[test]
fn mistakes_are_told_at_the_start() {
    let url = |url| vec![("FLAGKIT_URL", url), SERVER[1]];
    let with = |name, text| vec![SERVER[0], SERVER[1], (name, text)];
    let cases = [
        (vec![], "nothing says where flags come from; set FLAGKIT_URL and FLAGKIT_KEY"),
        (vec![SERVER[0]], "a server needs a key; set FLAGKIT_KEY or FLAGKIT_KEY_FILE"),
        (url("flags.example.com"), "the URL of the source is no URL; for example"),
        (url("https://secret@flags"), "the URL of the source has a user or key before the host"),
        (
            with("FLAGKIT_URI", "x"),
            "there is no variable `FLAGKIT_URI`; did you mean `FLAGKIT_URL`?",
        ),
        (
            with("FLAGKIT_STARTWAIT", "1s"),
            "there is no variable `FLAGKIT_STARTWAIT`; did you mean `FLAGKIT_START_WAIT`?",
        ),
        (with("FLAGKIT_START_WAIT", "soon"), "FLAGKIT_START_WAIT: `soon` is no time; a time is"),
        (
            with("FLAGKIT_MODE", "push"),
            "FLAGKIT_MODE: `push` is none of `stream`, `poll`, `file` and `offline`",
        ),
        (with("FLAGKIT_MODE", "file"), "FLAGKIT_MODE is `file`, and there is no file"),
        (
            with("FLAGKIT_FILE", "a"),
            "both FLAGKIT_URL and FLAGKIT_FILE are set; remove one, or set FLAGKIT_MODE",
        ),
        (
            with("FLAGKIT_KEY_FILE", "a"),
            "both FLAGKIT_KEY and FLAGKIT_KEY_FILE are set; remove one",
        ),
        (
            with("FLAGKIT_CLIENT_CERT", "a"),
            "FLAGKIT_CLIENT_CERT and FLAGKIT_CLIENT_KEY belong together",
        ),
        (with("FLAGKIT_PROXY", "proxy:80"), "FLAGKIT_PROXY is no URL; for example"),
        (with("FLAGKIT_EVENTS", "some"), "FLAGKIT_EVENTS: `some` is neither `on` nor `off`"),
        (with("FLAGKIT_OVERRIDES", "a"), "FLAGKIT_OVERRIDES: `a` is no override"),
        (vec![SERVER[0], ("FLAGKIT_KEY", "two words")], "FLAGKIT_KEY: a key is at most"),
    ];
    for (variables, expected) in cases {
        let error = config(Options::new(), &variables).unwrap_err();
        assert!(error.starts_with(expected), "{variables:?}: {error}");
    }
    let empty = [SERVER[0], SERVER[1], ("FLAGKIT_FILE", ""), ("FLAGKIT_MODE", " ")];
    assert!(config(Options::new(), &empty).is_ok(), "empty variables say nothing");
}

#[test]
fn keys_are_never_shown() {
    let proxy = ("FLAGKIT_PROXY", "http://user:hunter2@proxy");
    let options = Options::new().server("https://a", "topsecret").proxy(proxy.1);
    let shown = format!("{options:?} {:?}", config(options.clone(), &[proxy]).unwrap());
    assert!(!shown.contains("topsecret") && !shown.contains("hunter2"), "{shown}");
    let header = source::http("https://a/flags?token=topsecret").header("x-key", "hunter2");
    let shown = format!("{:?} {:?}", header, Options::new().source(header.clone()));
    assert!(!shown.contains("topsecret") && !shown.contains("hunter2"), "{shown}");
}
